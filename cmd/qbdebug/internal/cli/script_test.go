package cli_test

import (
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/mattn/go-sqlite3"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/weft-orm/weft/cmd/qbdebug/internal/cli"
	_ "github.com/weft-orm/weft/internal/golden" // the flag -update
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"qbdebug": func() { os.Exit(cli.Main(os.Args[1:], cli.Standard())) },
	})
}

// TestScripts runs the programs in testdata/script. With -update the expected
// output in them is rewritten.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

func runScripts(t *testing.T, dir string) {
	t.Helper()
	weft, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	update := flag.Lookup("update").Value.(flag.Getter).Get().(bool)
	testscript.Run(t, testscript.Params{
		Dir:           dir,
		UpdateScripts: update,
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"sqlite": runSQL},
		Setup: func(env *testscript.Env) error {
			env.Setenv("WEFT", weft)
			env.Setenv("MODEL", filepath.Join(weft, "tests", "model"))
			env.Setenv("GOFLAGS", "-mod=mod")
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GORACE", "HOME"} {
				if v := os.Getenv(name); v != "" {
					env.Setenv(name, v)
				}
			}
			return nil
		},
	})
}

// runSQL is the command "sqlite DATABASE FILE": it runs the statements of a file.
func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(ts.ReadFile(args[1]))
	ts.Check(err)
}
