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

// TestWithoutC builds weft without cgo and with this module, and runs the behaviour of SQLite on it:
// who imports driver/sqlite alone gets it by SQLite in Go.
func TestWithoutC(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds everything anew")
	}
	out, err := withoutC(t, "tests/behaviour", `package behaviour_test

import _ "github.com/weft-orm/weft/driver/sqlite/purego"
`, "test", "-run", "/^sqlite$", "-count=1", "./tests/behaviour")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestWithout says what is missing where nothing is imported.
func TestWithout(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds everything anew")
	}
	out, err := withoutC(t, "driver/sqlite", `package sqlite_test

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
`, "test", "-run", "TestNothing", "-count=1", "-v", "./driver/sqlite")
	want := `true sqlite: unsupported: this program was built without cgo, which the package driver/sqlite needs; import _ "github.com/weft-orm/weft/driver/sqlite/purego", which does without`
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v\n%s", err, out)
	}
}

// withoutC runs the go command on weft without cgo, together with this module, with one more
// file of tests in a folder.
func withoutC(t *testing.T, folder, file string, args ...string) ([]byte, error) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, tmp := filepath.Join(here, "../../.."), t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(tmp, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(root, folder, "purego_test.go"): write("purego_test.go", []byte(file)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	work := write("go.work", fmt.Appendf(nil, "go 1.26.0\n\nuse (\n\t%s\n\t%s\n)\n", root, here))
	cmd := exec.CommandContext(t.Context(), "go", append([]string{args[0], "-overlay", write("overlay.json", overlay)}, args[1:]...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0", "GOWORK="+work, "GOFLAGS=")
	return cmd.CombinedOutput()
}
