package migration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

func (g *group) check() *cobra.Command {
	drift := false
	cmd := &cobra.Command{
		Use: "check", Short: "See that mapping, files and database agree", Args: cobra.NoArgs,
		Long: "check fails with exit code 3 when the files do not lead to the mapping, when a file\nwas changed after the database had it, when one was run in part, or when the snapshot\nis not of the files. With --drift the database itself is compared too.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			set, err := g.set()
			if err != nil {
				return err
			}
			documents, err := g.documents()
			if err != nil {
				return err
			}
			if documents {
				return g.agreement(g.checkDocuments(ctx, set, drift))
			}
			if _, err := g.Registry(ctx); err != nil {
				return err
			}
			// What is wrong with the files does not keep what is wrong with the database from being told.
			return g.agreement(errors.Join(g.checkFiles(ctx, set), g.checkHistory(ctx, drift)))
		},
	}
	cmd.Flags().BoolVar(&drift, "drift", false, "compare the database with the mapping too")
	g.tenantFlags(cmd)
	return cmd
}

// checkFiles sees that the files lead to the mapping, and that the snapshot, where there is
// one, is of them.
func (g *group) checkFiles(ctx context.Context, set *migrate.Set) error {
	return g.filesAgainstMapping(ctx, set, func(t *env.Target, left *schema.Plan, opts []schema.Option) error {
		if !left.IsEmpty() {
			return errors.Join(unled(left), g.checkSnapshot(set, nil, opts))
		}
		now, err := stateOf(t, opts)
		if err != nil {
			return err
		}
		return g.checkSnapshot(set, now, opts)
	})
}

// unled tells what the files do not lead to.
func unled(plan *schema.Plan) error {
	return env.Difference(fmt.Errorf("the files do not lead to the mapping; weft migrate diff plans:\n%s", plan))
}

// checkSnapshot compares the snapshot with the files, and with the state they lead to where
// that is known.
func (g *group) checkSnapshot(set *migrate.Set, now *schema.Snapshot, opts []schema.Option) error {
	s, err := migrate.LoadSnapshot(os.DirFS(g.Dir))
	if err != nil || s == nil {
		return err
	}
	if err := s.Fits(set); err != nil {
		return env.Difference(err)
	}
	if now == nil {
		return nil
	}
	script, err := schema.Between(s.State, now, opts...)
	if err == nil && !script.Up.IsEmpty() {
		err = env.Difference(fmt.Errorf("%s is not what the files lead to; weft migrate snapshot makes it anew", g.snapshotPath()))
	}
	return err
}

// checkHistory sees that the database had the files as they are, and compares its tables
// with the mapping when asked.
func (g *group) checkHistory(ctx context.Context, drift bool) error {
	return g.each(ctx, nil, func(name string, m *migrate.Migrator) error {
		if err := m.Verify(ctx); err != nil {
			return found(err)
		}
		if err := g.lookAhead(ctx, name, m); err != nil || !drift {
			return err
		}
		return g.drift(ctx, name, m)
	})
}

// lookAhead tells of rows in the way of what is pending: that is no difference, and good to
// know before up refuses it.
func (g *group) lookAhead(ctx context.Context, name string, m *migrate.Migrator) error {
	list, err := m.Obstacles(ctx)
	for _, o := range list {
		where := ""
		if name != "" {
			where = name + ": "
		}
		g.Notice("%s%s: up is going to refuse it: %s", where, o.File, &o)
	}
	return err
}

// found makes a difference of what is wrong with a history; that it cannot be read is a failure.
func found(err error) error {
	if errors.As(err, new(*migrate.RunError)) {
		return err
	}
	return env.Difference(err)
}

// agreement prints what a check came to, and returns the error it was given: the program
// ends with it. What could not be checked is no result.
func (g *group) agreement(err error) error {
	if err != nil && (!g.JSON || env.ExitCode(err) != env.ExitDifference) {
		return err
	}
	list := differences(err)
	return errors.Join(g.Print(map[string]any{"agree": err == nil, "differences": list}, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, "mapping and files agree, and the files are as they were applied")
		return err
	}), err)
}

// differences lists the texts of joined errors.
func differences(err error) []string {
	list := []string{}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, differences(e)...)
		}
		return list
	}
	if err != nil {
		list = append(list, err.Error())
	}
	return list
}

// drift compares a database, or a schema of it, with the mapping.
func (g *group) drift(ctx context.Context, name string, m *migrate.Migrator) error {
	reg, err := g.Registry(ctx)
	if err != nil {
		return err
	}
	return g.within(ctx, name, func(t *env.Target) error {
		objects, err := g.Objects(t.Engine().Caps().Name)
		if err != nil {
			return err
		}
		plan, err := m.Drift(ctx, env.NewTarget(reg, t.Engine()), append(slices.Clip(objects), schema.Ignore(g.Ignore...))...)
		return drifted(plan, err)
	})
}

// drifted tells a difference between a database and its mapping.
func drifted(plan *schema.Plan, err error) error {
	switch {
	case errors.Is(err, migrate.ErrHistory):
		return env.Difference(err)
	case err != nil:
		return err
	case !plan.IsEmpty():
		return env.Difference(fmt.Errorf("the database differs from the mapping; this would bring it back:\n%s", plan))
	}
	return nil
}
