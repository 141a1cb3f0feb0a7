package purego_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBehaviour runs the behaviour of SQLite on this module: the package sqlite takes the binding that it
// offers, as without cgo, while everything else is built with cgo, as it is anyway.
func TestBehaviour(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds everything that SQLite is a part of anew")
	}
	nocgo, err := os.ReadFile("../nocgo.go")
	if err != nil {
		t.Fatal(err)
	}
	without := strings.Replace(string(nocgo), "//go:build !cgo", "", 1)
	out, err := goTest(t, nil, map[string]string{
		"driver/sqlite/cgo.go": "", "driver/sqlite/nocgo.go": without,
		"tests/behaviour/purego_test.go": "package behaviour_test\n\nimport _ \"github.com/weft-orm/weft/driver/sqlite/purego\"\n",
	}, "-run", "/^sqlite$", "./tests/behaviour")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestWithout says what is missing where nothing is imported.
func TestWithout(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds everything anew")
	}
	out, err := goTest(t, []string{"CGO_ENABLED=0"}, map[string]string{"driver/sqlite/purego_test.go": `package sqlite_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
)

func TestNothing(t *testing.T) {
	_, err := sqlite.Memory().Connect(t.Context())
	fmt.Println(errors.Is(err, driver.ErrUnsupported), err)
}
`}, "-run", "TestNothing", "-v", "./driver/sqlite")
	want := `true sqlite: not supported by this engine: this program was built without cgo, which the package driver/sqlite needs; import _ "github.com/weft-orm/weft/driver/sqlite/purego", which does without`
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v\n%s", err, out)
	}
}

// goTest runs go test on weft together with this module, with other texts in place of some of its
// files; one without text is not there.
func goTest(t *testing.T, env []string, files map[string]string, args ...string) ([]byte, error) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, tmp := filepath.Join(here, "../../.."), t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(tmp, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	replace := map[string]string{}
	for name, text := range files {
		replace[filepath.Join(root, name)] = ""
		if text != "" {
			replace[filepath.Join(root, name)] = write(strings.ReplaceAll(name, "/", "_"), text)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	work := write("go.work", fmt.Sprintf("go 1.26.0\n\nuse (\n\t%s\n\t%s\n)\n", root, here))
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"test", "-count=1", "-overlay", write("overlay.json", string(overlay))}, args...)...)
	cmd.Dir, cmd.Env = root, append(append(os.Environ(), "GOWORK="+work, "GOFLAGS="), env...)
	return cmd.CombinedOutput()
}
