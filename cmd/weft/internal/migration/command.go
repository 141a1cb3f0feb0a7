package migration

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

// group is what the commands share.
type group struct {
	*env.Env
	env.MigrationSettings
	dir         string
	schemas     []string
	schemaQuery string
	// state is the mapping that the files lead to now, nil when that is not known.
	state *schema.Snapshot
}

// Command makes the command migrate with its sub-commands.
func Command(e *env.Env) *cobra.Command {
	g := &group{Env: e}
	cmd := &cobra.Command{
		Use: "migrate", Short: "Plan and run versioned migrations",
		Long: "migrate keeps databases up to date by versioned files of SQL with both ways, in\nthe format of goose. docs/migrations.md has the story.",
	}
	cmd.PersistentFlags().StringVar(&g.dir, "dir", "", "folder of the files (else migrations.dir of weft.yaml, else migrations)")
	cmd.AddCommand(g.diff(), g.new(), g.up(), g.down(), g.status(), g.check(), g.squash(), g.snapshot(), g.baseline(), g.log(), g.unlog())
	return cmd
}

// set loads the files, and the steps in Go of the mounting program.
func (g *group) set() (set *migrate.Set, err error) {
	g.MigrationSettings, set, err = g.Migrations(g.dir)
	return set, err
}

func versionOf(text string) (int64, error) {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v <= 0 {
		return 0, env.Mistakef("%q is no version: a version is the number a file begins with", text)
	}
	return v, nil
}

// table prints columns.
func table(w io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.TrimRight(strings.Join(row, "\t"), "\t "))
	}
	return t.Flush()
}
