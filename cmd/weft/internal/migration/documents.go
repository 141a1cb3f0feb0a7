package migration

import (
	"context"
	"errors"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/migrate"
)

// documents reports that the database is one of documents: its migrations are commands,
// which need no scratch database to be planned.
func (g *group) documents() (bool, error) {
	if g.Own != nil && g.Own.Connector != nil {
		l, ok := g.Own.Connector.(driver.Limiter)
		return ok && l.Limits().Name == mongo.URI("", "").(driver.Limiter).Limits().Name && l.Limits().Marks == "$", nil
	}
	a, err := g.Address()
	if err != nil {
		return false, err
	}
	return a.Kind == "mongo", nil
}

// collections are those that the mapping needs.
func (g *group) collections(ctx context.Context) ([]driver.Collection, error) {
	reg, err := g.Registry(ctx)
	if err != nil {
		return nil, err
	}
	return mongo.Collections(reg)
}

// draftDocuments plans the next file of commands.
func (g *group) draftDocuments(ctx context.Context, set *migrate.Set, name string) (*migrate.Draft, error) {
	want, err := g.collections(ctx)
	if err != nil {
		return nil, err
	}
	return migrate.PlanDocuments(set, want, name, time.Now())
}

// checkDocuments is check for a database of documents.
func (g *group) checkDocuments(ctx context.Context, set *migrate.Set, drift bool) error {
	want, err := g.collections(ctx)
	if err != nil {
		return err
	}
	script, err := migrate.DocumentDifference(set, want)
	if err == nil && !script.Up.IsEmpty() {
		err = unled(script.Up)
	}
	return errors.Join(err, g.each(ctx, nil, func(_ string, m *migrate.Migrator) error {
		if err := m.Verify(ctx); err != nil {
			return found(err)
		}
		if err := g.lookAhead(ctx, "", m); err != nil || !drift {
			return err
		}
		plan, err := m.DocumentDrift(ctx, want)
		return drifted(plan, err)
	}))
}
