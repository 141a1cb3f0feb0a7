package migration

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/address"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

// onScratch does something with an empty scratch database of the kind that is
// configured, with the entities mapped onto it, and removes it.
func (g *group) onScratch(ctx context.Context, fn func(*env.Target) error) (err error) {
	reg, err := g.Registry(ctx)
	if err != nil {
		return err
	}
	connector, remove, err := g.scratch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove(context.WithoutCancel(ctx))) }()
	engine, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	t := env.NewTarget(reg, engine)
	return errors.Join(fn(t), t.Close())
}

// filesAgainstMapping runs the files on a scratch database, and calls fn with what is left to
// do to reach the mapping, and with the options it was compared by.
func (g *group) filesAgainstMapping(ctx context.Context, set *migrate.Set, fn func(t *env.Target, left *schema.Plan, opts []schema.Option) error) error {
	return g.onScratch(ctx, func(t *env.Target) error {
		opts, err := g.Objects(t.Engine().Caps().Name)
		if err != nil {
			return err
		}
		opts = append(opts, schema.Ignore(g.Ignore...))
		script, err := migrate.Difference(ctx, t, set, opts...)
		if err != nil {
			return err
		}
		return fn(t, script.Up, opts)
	})
}

// scratch makes an empty database; remove drops it.
func (g *group) scratch(ctx context.Context) (driver.Connector, func(context.Context) error, error) {
	if g.Own != nil && g.Own.Scratch != nil {
		return g.Own.Scratch, func(context.Context) error { return nil }, nil
	}
	var a *address.Address
	var err error
	if g.Scratch != "" {
		a, err = address.Parse(os.ExpandEnv(g.Scratch))
	} else {
		a, err = g.Address()
	}
	if err != nil {
		return nil, nil, err
	}
	switch a.Kind {
	case "sqlite":
		dir, err := os.MkdirTemp("", "weft-scratch-")
		if err != nil {
			return nil, nil, err
		}
		return sqlite.File(filepath.Join(dir, "scratch.db")), func(context.Context) error { return os.RemoveAll(dir) }, nil
	case "mongo":
		return nil, nil, env.Mistakef("MongoDB has no versioned migrations of SQL; weft schema apply makes its collections, indexes and validators")
	}
	var random [6]byte
	rand.Read(random[:])
	name := "weft_scratch_" + hex.EncodeToString(random[:])
	on := func(ctx context.Context, do func(context.Context, schema.Target, string) error) error {
		engine, err := a.Connector().Connect(ctx)
		if err != nil {
			return err
		}
		return errors.Join(do(ctx, env.NewTarget(nil, engine), name), engine.Close())
	}
	if err := on(ctx, schema.CreateDatabase); err != nil {
		return nil, nil, unmade(err)
	}
	return a.In(name).Connector(), func(ctx context.Context) error { return on(ctx, schema.DropDatabase) }, nil
}

// unmade is the error of a scratch database that was not made.
func unmade(err error) error {
	if !errors.As(err, new(*schema.StatementError)) {
		return err
	}
	return fmt.Errorf("a scratch database is needed, and could not be made: %w (nothing was written; give the user the right, name a server that it has the right on in migrations.scratch of weft.yaml, or plan from a snapshot)", err)
}
