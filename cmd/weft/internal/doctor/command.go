package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

// Finding is what one look has found.
type Finding struct {
	// Topic is what was looked at, State "ok", "warning", "failed" or "skipped".
	Topic string `json:"topic"`
	State string `json:"state"`
	// Text says what was found, Remedy what to do about it.
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// Command makes the command doctor.
func Command(e *env.Env) *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look at configuration, entities and database", Args: cobra.NoArgs,
		Long: "doctor reads the entities, connects to the database, and looks at its version, the\nrights of the user, the migrations, the tables, foreign keys without an index, and,\nwith --queries, conditions without one.\nIt changes nothing. The exit code is 1 when something failed, 3 with warnings.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var s settings
			if err := e.Section("doctor", &s); err != nil {
				return err
			}
			list, err := readQueries(append(s.Queries, files...))
			if err != nil {
				return err
			}
			x := &examination{Env: e, finds: list}
			x.run(cmd.Context())
			err = e.Print(x.findings, func(w io.Writer) error {
				for _, f := range x.findings {
					fmt.Fprintf(w, "%-8s %-13s %s\n", f.State, f.Topic, f.Text)
					if f.Remedy != "" {
						fmt.Fprintf(w, "%22s %s\n", "", f.Remedy)
					}
				}
				return nil
			})
			return errors.Join(err, x.verdict())
		},
	}
	cmd.Flags().StringSliceVar(&files, "queries", nil, `files with the finds of the application, {"entity": "Book", "where": {...}}, as qbdebug takes them`)
	return cmd
}

type examination struct {
	*env.Env
	finds    []query
	findings []Finding
}

func (x *examination) add(topic, state, text, remedy string) {
	x.findings = append(x.findings, Finding{topic, state, text, remedy})
}

func (x *examination) verdict() error {
	count := map[string]int{}
	for _, f := range x.findings {
		count[f.State]++
	}
	switch {
	case count["failed"] > 0:
		return fmt.Errorf("%d of %d looks failed", count["failed"], len(x.findings))
	case count["warning"] > 0:
		return env.Difference(fmt.Errorf("%d warnings", count["warning"]))
	}
	return nil
}

func (x *examination) run(ctx context.Context) {
	reg, err := x.Registry(ctx)
	if err != nil {
		x.add("entities", "failed", err.Error(), "")
	} else {
		x.add("entities", "ok", fmt.Sprintf("%d entities", len(reg.Entities())), "")
	}
	engine, err := x.Open(ctx)
	if err != nil {
		x.add("connection", "failed", err.Error(), "")
		return
	}
	defer engine.Close()
	x.add("connection", "ok", engine.Caps().Name, "")
	t := env.NewTarget(reg, engine)
	if handle, ok := driver.EngineAs[driver.SQLHandle](engine); ok {
		x.server(ctx, engine.Caps().Name, handle)
		x.migrations(ctx, t)
		x.indexes(ctx, t)
	} else if _, ok := driver.EngineAs[driver.Commander](engine); ok {
		x.migrations(ctx, t)
	}
	if reg != nil {
		x.tables(ctx, t)
		x.queries(ctx, t, x.finds)
	}
}

// questions ask each server for its version and for the rights of the user.
var questions = map[string]struct{ version, rights string }{
	"sqlite":   {"select sqlite_version()", "select 1 - query_only from pragma_query_only"},
	"postgres": {"show server_version", "select (has_schema_privilege(current_schema(), 'create') and has_database_privilege(current_database(), 'temp'))::int"},
	"mysql":    {"select version()", mysqlRights},
	"mariadb":  {"select version()", mysqlRights},
}

const mysqlRights = `select (select count(*) from information_schema.schema_privileges where privilege_type = 'CREATE' and database() like table_schema) +
	(select count(*) from information_schema.user_privileges where privilege_type = 'CREATE') > 0`

func (x *examination) server(ctx context.Context, name string, handle driver.SQLHandle) {
	q := questions[name]
	var version string
	if err := handle.DB().QueryRowContext(ctx, q.version).Scan(&version); err != nil {
		x.add("version", "failed", err.Error(), "")
		return
	}
	x.add("version", "ok", version, "")
	var may int
	switch err := handle.DB().QueryRowContext(ctx, q.rights).Scan(&may); {
	case err != nil:
		x.add("rights", "skipped", err.Error(), "")
	case may == 0:
		x.add("rights", "warning", "the user cannot create tables", "migrations need a user that can; the application does not")
	default:
		x.add("rights", "ok", "the user can create tables", "")
	}
}

func (x *examination) migrations(ctx context.Context, t *env.Target) {
	settings, set, err := x.Migrations("")
	if err != nil {
		x.add("migrations", "failed", err.Error(), "")
		return
	}
	if set.Last() == nil {
		x.add("migrations", "skipped", "there are none in "+settings.Dir, "weft migrate diff NAME makes the first")
		return
	}
	m, err := migrate.New(t, set, migrate.Table(settings.Table))
	if err == nil {
		err = m.Verify(ctx)
	}
	if err != nil {
		x.add("migrations", "failed", err.Error(), "")
		return
	}
	status, err := m.Status(ctx)
	if err != nil {
		x.add("migrations", "failed", err.Error(), "")
		return
	}
	pending := 0
	for _, s := range status {
		if s.Condition == migrate.Pending {
			pending++
		}
	}
	if pending > 0 {
		x.add("migrations", "warning", fmt.Sprintf("%d of %d are pending", pending, len(status)), "weft migrate up")
		return
	}
	x.add("migrations", "ok", fmt.Sprintf("all %d are applied", len(status)), "")
}

func (x *examination) indexes(ctx context.Context, t *env.Target) {
	list, err := schema.UnindexedForeignKeys(ctx, t)
	switch {
	case err != nil:
		x.add("indexes", "failed", err.Error(), "")
	case len(list) > 0:
		x.add("indexes", "warning", "foreign keys without an index: "+strings.Join(list, "; "), "weft makes them for relations of the mapping; add the others by hand")
	default:
		x.add("indexes", "ok", "every foreign key has an index", "")
	}
}

func (x *examination) tables(ctx context.Context, t *env.Target) {
	var p *schema.Plan
	objects, err := x.Objects(t.Engine().Caps().Name)
	if err == nil {
		p, err = schema.Diff(ctx, t, objects...)
	}
	switch {
	case errors.Is(err, schema.ErrNoSchema):
		x.add("tables", "skipped", "there is no comparison on "+t.Engine().Caps().Name, "")
	case err != nil:
		x.add("tables", "failed", err.Error(), "")
	case !p.IsEmpty():
		x.add("tables", "warning", fmt.Sprintf("they differ from the mapping by %d statements", len(p.Statements)), "weft schema diff prints them")
	default:
		x.add("tables", "ok", "they are what the mapping says", "")
	}
}
