package migration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

// snapshot makes the snapshot anew.
func (g *group) snapshot() *cobra.Command {
	unchanged := false
	cmd := &cobra.Command{
		Use: "snapshot", Short: "Write the state that the files lead to down, for diff --snapshot", Args: cobra.NoArgs,
		Long: "snapshot runs the files on a scratch database, sees that they lead to the mapping, and\nwrites weft.snapshot.json beside them. From then on diff and squash keep it in step.\nWith --unchanged nothing is run: the files that came are taken to change no table of\nthe mapping.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			set, err := g.set()
			if err != nil {
				return err
			}
			documents, err := g.documents()
			if documents {
				return env.Mistakef("files of commands are planned without a database: there is no need for a snapshot")
			}
			if err != nil && !(unchanged && errors.Is(err, env.ErrNoDatabase)) {
				return err
			}
			if unchanged {
				kept, err := g.kept()
				if err != nil {
					return err
				}
				g.state = kept.State
			} else if err := g.stateOfFiles(cmd.Context(), set); err != nil {
				return err
			}
			g.Snapshot = true
			file, err := g.keepState()
			if err != nil {
				return err
			}
			text := "wrote " + file
			if file == "" {
				text = g.snapshotPath() + " is up to date"
			}
			return g.Print(map[string]any{"snapshot": g.snapshotPath(), "written": file != ""}, func(w io.Writer) error {
				_, err := fmt.Fprintln(w, text)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&unchanged, "unchanged", false, "take the files that came to change no table of the mapping, and run nothing")
	return cmd
}

// stateOfFiles learns the state on a scratch database. It is that of the mapping, or there
// is none that could be written down.
func (g *group) stateOfFiles(ctx context.Context, set *migrate.Set) error {
	return g.filesAgainstMapping(ctx, set, func(t *env.Target, left *schema.Plan, opts []schema.Option) error {
		if !left.IsEmpty() {
			return env.Difference(fmt.Errorf("the files do not lead to the mapping, which is what a snapshot keeps; plan the next file on a scratch database first (weft migrate diff NAME --snapshot=false):\n%s", left))
		}
		var err error
		g.state, err = stateOf(t, opts)
		return err
	})
}

// stateOf is what the mapping needs of the kind of database that a target is.
func stateOf(t *env.Target, opts []schema.Option) (*schema.Snapshot, error) {
	for _, d := range sql.Dialects() {
		if d.Name() == t.Engine().Caps().Name {
			return schema.TakeSnapshot(t.Registry(), d, opts...)
		}
	}
	return nil, env.Mistakef("%s has no dialect of SQL", t.Engine().Caps().Name)
}

func (g *group) snapshotPath() string { return filepath.Join(g.Dir, migrate.SnapshotFile) }

// kept reads the snapshot, which must be there.
func (g *group) kept() (*migrate.Snapshot, error) {
	s, err := migrate.LoadSnapshot(os.DirFS(g.Dir))
	if err == nil && s == nil {
		err = env.Mistakef("there is no %s; weft migrate snapshot makes it on a scratch database", g.snapshotPath())
	}
	return s, err
}

// keepState writes the snapshot where there is one, or should be, and returns its name. What
// the files lead to must have been learnt.
func (g *group) keepState() (string, error) {
	if g.state == nil {
		return "", nil
	}
	old, err := os.ReadFile(g.snapshotPath())
	if errors.Is(err, fs.ErrNotExist) && !g.Snapshot {
		return "", nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	_, set, err := g.Migrations(g.dir)
	if err != nil {
		return "", err
	}
	text, err := migrate.NewSnapshot(g.state, set).Text()
	if err != nil || string(text) == string(old) {
		return "", err
	}
	return g.snapshotPath(), env.WriteFile(g.snapshotPath(), text)
}

// fittingState takes over what the snapshot says, when it is of the files that are there.
func (g *group) fittingState(set *migrate.Set) error {
	s, err := migrate.LoadSnapshot(os.DirFS(g.Dir))
	if err != nil || s == nil {
		return err
	}
	if s.Fits(set) == nil {
		g.state = s.State
	}
	return nil
}

// draftFromSnapshot plans without a database.
func (g *group) draftFromSnapshot(ctx context.Context, set *migrate.Set, name, dialect string) (*migrate.Draft, error) {
	before, d, err := g.begin(ctx, set, dialect)
	if err != nil {
		return nil, err
	}
	reg, err := g.Registry(ctx)
	if err != nil {
		return nil, err
	}
	objects, err := g.Objects(d.Name())
	if err != nil {
		return nil, err
	}
	return g.asking(func(opts []schema.Option) (*migrate.Draft, error) {
		opts = append(opts, objects...)
		if g.state, err = schema.TakeSnapshot(reg, d, opts...); err != nil {
			return nil, err
		}
		return migrate.PlanFrom(before, g.state, set, name, time.Now(), opts...)
	})
}

// begin finds the state to plan from: that of the snapshot, or nothing where there is no file yet.
func (g *group) begin(ctx context.Context, set *migrate.Set, dialect string) (*migrate.Snapshot, *sql.Dialect, error) {
	if set.Last() == nil {
		d, err := g.Dialect(ctx, dialect)
		if err != nil {
			return nil, nil, err
		}
		return migrate.NewSnapshot(schema.EmptySnapshot(d), set), d, nil
	}
	before, err := g.kept()
	if err != nil {
		return nil, nil, err
	}
	kept := before.State.Dialect()
	if dialect != "" && dialect != kept {
		return nil, nil, env.Mistakef("%s is for %s, not for %s", g.snapshotPath(), kept, dialect)
	}
	if a, err := g.Address(); err == nil && a.Kind != kept && !(a.Kind == "mysql" && strings.HasPrefix(kept, "maria")) {
		return nil, nil, env.Mistakef("%s is for %s, and the database is %s", g.snapshotPath(), kept, a.Kind)
	}
	d, err := g.Dialect(ctx, kept)
	return before, d, err
}
