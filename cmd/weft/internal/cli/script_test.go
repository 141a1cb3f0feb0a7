package cli_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/weft-orm/weft/cmd/weft/internal/cli"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
	_ "github.com/weft-orm/weft/internal/golden" // the flag -update
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"weft": func() { os.Exit(cli.Main(os.Args[1:], env.Standard())) },
	})
}

// TestScripts runs the programs in testdata/script. With -update the expected
// output in them is rewritten.
func TestScripts(t *testing.T) { testscript.Run(t, params(t, "testdata/script")) }

func params(t *testing.T, dir string) testscript.Params {
	t.Helper()
	weft, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
		Dir:           dir,
		UpdateScripts: flag.Lookup("update").Value.(flag.Getter).Get().(bool),
		Setup: func(env *testscript.Env) error {
			env.Setenv("WEFT", weft)
			env.Setenv("GOFLAGS", "-mod=mod -ldflags=-s")
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GORACE", "HOME"} {
				if v := os.Getenv(name); v != "" {
					env.Setenv(name, v)
				}
			}
			return nil
		},
	}
}
