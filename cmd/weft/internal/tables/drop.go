package tables

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/internal/address"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

// dropped is what drop prints.
type dropped struct {
	// Entities is of how many the tables were dropped.
	Entities int `json:"entities"`
	// History reports that the history of migrations went with them.
	History bool `json:"history"`
	// Database is the database that was dropped, "" when it was not.
	Database string `json:"database,omitempty"`
}

func (g *group) drop() *cobra.Command {
	var whole, keep bool
	cmd := &cobra.Command{
		Use: "drop", Short: "Drop the entities' tables", Args: cobra.NoArgs,
		Long: "drop removes the tables, views, triggers and routines of the entities, and the history\nof migrations, which would say of tables that are gone that they were made. Other\ntables stay; --whole-database drops those too.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if whole {
				return g.dropDatabase(cmd.Context())
			}
			return g.with(cmd.Context(), func(t *env.Target, opts []schema.Option) error {
				n := len(t.Registry().Entities())
				if err := g.Confirm("Drop the tables of %d entities with all their rows?", n); err != nil {
					return err
				}
				if err := schema.Drop(cmd.Context(), t, opts...); err != nil {
					return err
				}
				out := dropped{Entities: n}
				if !keep {
					var err error
					if out.History, err = g.forget(cmd.Context(), t); err != nil {
						return err
					}
				}
				return g.Print(out, func(w io.Writer) error {
					fmt.Fprintf(w, "dropped the tables of %d entities\n", n)
					if out.History {
						fmt.Fprintln(w, "dropped the history of migrations: weft migrate up begins with the first file")
					}
					return nil
				})
			})
		},
	}
	cmd.Flags().BoolVar(&whole, "whole-database", false, "drop the database itself, with all it holds")
	cmd.Flags().BoolVar(&keep, "keep-history", false, "leave the history of migrations as it is")
	return cmd
}

// forget drops the history of migrations, where there is one.
func (g *group) forget(ctx context.Context, t *env.Target) (bool, error) {
	s, set, err := g.Migrations("")
	if err != nil {
		return false, err
	}
	m, err := migrate.New(t, set, migrate.Table(s.Table))
	if err != nil {
		return false, err
	}
	status, err := m.Status(ctx)
	if err != nil {
		return false, err
	}
	if !slices.ContainsFunc(status, func(s migrate.Status) bool { return s.Condition != migrate.Pending }) {
		return false, nil
	}
	return true, m.Forget(ctx)
}

func (g *group) create() *cobra.Command {
	return &cobra.Command{
		Use: "create-database", Short: "Make the database itself, empty", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := g.Address()
			if err != nil {
				return err
			}
			switch a.Kind {
			case "sqlite", "mongo":
				return env.Mistakef("on %s a database comes into being when it is used first", a.Kind)
			}
			err = g.onServer(cmd.Context(), a, func(t schema.Target) error {
				return schema.CreateDatabase(cmd.Context(), t, a.Name)
			})
			if err != nil {
				return err
			}
			return g.Print(map[string]string{"created": a.Name}, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "created %s\n", a.Name)
				return err
			})
		},
	}
}

// dropDatabase drops the database that the address names.
func (g *group) dropDatabase(ctx context.Context) error {
	a, err := g.Address()
	if err != nil {
		return err
	}
	if err := g.Confirm("Drop the database %s with all it holds?", a.Name); err != nil {
		return err
	}
	err = g.dropNamed(ctx, a)
	if err != nil {
		return err
	}
	return g.Print(dropped{History: true, Database: a.Name}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "dropped %s\n", a.Name)
		return err
	})
}

func (g *group) dropNamed(ctx context.Context, a *address.Address) error {
	switch a.Kind {
	case "sqlite":
		var all error
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			if err := os.Remove(a.Name + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				all = errors.Join(all, err)
			}
		}
		return all
	case "mongo":
		return env.Mistakef("weft drops no database of MongoDB; weft schema drop removes the collections of the entities")
	}
	return g.onServer(ctx, a, func(t schema.Target) error { return schema.DropDatabase(ctx, t, a.Name) })
}

// onServer connects to the database that every server of a kind has.
func (g *group) onServer(ctx context.Context, a *address.Address, fn func(schema.Target) error) error {
	name := map[string]string{"postgres": "postgres", "mysql": "information_schema"}[a.Kind]
	engine, err := a.In(name).Connector().Connect(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(env.NewTarget(nil, engine)), engine.Close())
}
