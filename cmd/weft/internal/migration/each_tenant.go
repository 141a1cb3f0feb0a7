package migration

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/migrate"
)

// tenantFlags add the flags for one set of files in several schemas.
func (g *group) tenantFlags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&g.schemas, "schema", nil, "schemas (databases on MySQL) to do it in, each with its own history")
	cmd.Flags().StringVar(&g.schemaQuery, "schema-query", "", "query whose first column names them")
}

// each does something in the database, or in each of the schemas asked for.
func (g *group) each(ctx context.Context, opts []migrate.Option, fn func(schema string, m *migrate.Migrator) error) error {
	set, err := g.set()
	if err != nil {
		return err
	}
	names, err := g.tenants(ctx)
	if err != nil {
		return err
	}
	opts = append([]migrate.Option{migrate.Table(g.Table)}, opts...)
	var all error
	for _, name := range names {
		err := g.within(ctx, name, func(t *env.Target) error {
			m, err := migrate.New(t, set, opts...)
			if err != nil {
				return err
			}
			return fn(name, m)
		})
		if name != "" && err != nil {
			err = fmt.Errorf("%s: %w%s", name, err, unmadeSchema(err))
		}
		all = errors.Join(all, err)
	}
	return all
}

// unmadeSchema is the remedy for a schema that is not there, "" for other errors.
func unmadeSchema(err error) string {
	if e, ok := errors.AsType[*driver.Error](err); ok && (e.Code == "3F000" || e.Code == "1049") {
		return "; make the schema first: create schema NAME"
	}
	return ""
}

// within opens the database, in a schema when one is named.
func (g *group) within(ctx context.Context, schema string, fn func(*env.Target) error) error {
	var engine driver.Engine
	var err error
	if schema == "" {
		engine, err = g.Open(ctx)
	} else {
		a, addressErr := g.Address()
		if addressErr != nil {
			return addressErr
		}
		engine, err = a.Schema(schema).Connector().Connect(ctx)
	}
	if err != nil {
		return err
	}
	t := env.NewTarget(nil, engine)
	err = fn(t)
	return errors.Join(err, t.Close())
}

// tenants lists the schemas asked for; "" is the connection's own.
func (g *group) tenants(ctx context.Context) ([]string, error) {
	names := g.schemas
	if g.schemaQuery != "" {
		engine, err := g.Open(ctx)
		if err != nil {
			return nil, err
		}
		defer engine.Close()
		handle, ok := driver.EngineAs[driver.SQLHandle](engine)
		if !ok {
			return nil, env.Mistakef("--schema-query needs a database with SQL")
		}
		rows, err := handle.DB().QueryContext(ctx, g.schemaQuery)
		if err != nil {
			return nil, env.Mistakef("--schema-query: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return nil, env.Mistakef("--schema-query: %w", err)
			}
			names = append(names, name)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, env.Mistakef("--schema-query names no schema")
		}
	}
	if len(names) == 0 {
		names = []string{""}
	}
	return names, nil
}
