package commands_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/commands"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/migrate"
)

type note struct {
	ID    int64
	Title string
}

// TestMounted puts the commands on the tree of an application, with a migration in Go.
func TestMounted(t *testing.T) {
	t.Chdir(t.TempDir())
	ran := 0
	step := migrate.Step(29990101000000, "count", func(ctx context.Context, tx *sql.Tx) error { ran++; return nil }, nil)
	run := func(args ...string) (string, error) {
		app := &cobra.Command{Use: "app", SilenceErrors: true, SilenceUsage: true}
		tools := commands.New(commands.Options{
			Entities: []any{note{}}, Connector: sqlite.File("notes.db"), Scratch: sqlite.Memory(), Steps: []*migrate.File{step},
		})
		tools.Use = "db"
		app.AddCommand(tools)
		var out bytes.Buffer
		app.SetOut(&out)
		app.SetArgs(append([]string{"db"}, args...))
		err := app.ExecuteContext(t.Context())
		return out.String(), err
	}
	if err := os.MkdirAll("migrations", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := run("migrate", "check"); commands.ExitCode(err) != 3 {
		t.Errorf("the first check: %v", err)
	}
	first := "-- +goose Up\nCREATE TABLE notes (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, title text NOT NULL);\n-- +goose Down\nDROP TABLE notes;\n"
	if err := os.WriteFile(filepath.Join("migrations", "1_notes.sql"), []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"migrate up", "migrate check --drift", "migrate up"} {
		if out, err := run(strings.Fields(args)...); err != nil || out == "" {
			t.Errorf("%s: printed %q, %v", args, out, err)
		}
	}
	if ran != 3 { // on the scratch databases of two checks, and here
		t.Errorf("the step ran %d times", ran)
	}
	if _, err := run("migrate", "down"); commands.ExitCode(err) != 2 {
		t.Errorf("unasked: %v", err)
	}
	if _, err := run("migrate", "down", "--yes"); commands.ExitCode(err) != 1 {
		t.Errorf("a step without a way back: %v", err)
	}
	if _, err := run("migrate", "up", "--nonsense"); commands.ExitCode(err) != 2 {
		t.Errorf("an unknown flag: %v", err)
	}
}
