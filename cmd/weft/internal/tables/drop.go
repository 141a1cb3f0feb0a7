package tables

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/internal/address"
	"github.com/weft-orm/weft/schema"
)

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
