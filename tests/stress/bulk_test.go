package stress_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
)

// reading is a row without relations, as one loads it by the thousand.
type reading struct {
	ID     int64
	Sensor string
	Value  float64
	Count  int
	Note   *string
}

// loaded are the engines of TestBulk, those without contention included.
func loaded() map[string]func(t *testing.T) driver.Connector {
	all := map[string]func(t *testing.T) driver.Connector{
		"mongo":  func(t *testing.T) driver.Connector { return mongo.URI(testdb.Mongo(t)) },
		"memory": func(*testing.T) driver.Connector { return memory.New() },
	}
	for _, e := range engines {
		all[e.name] = e.open
	}
	return all
}

// TestBulk compares the ways to write many rows.
func TestBulk(t *testing.T) {
	for name, connector := range loaded() {
		t.Run(name, func(t *testing.T) {
			db := open(t, connector(t), reading{})
			entities := func(from int) []*reading {
				list := make([]*reading, *stressRows)
				for i := range list {
					list[i] = &reading{Sensor: fmt.Sprintf("sensor %d", i%100), Value: float64(i) / 3, Count: from + i}
				}
				return list
			}
			maps := make([]orm.M, *stressRows)
			for i, r := range entities(0) {
				maps[i] = orm.M{"sensor": r.Sensor, "value": r.Value, "count": r.Count, "note": nil}
			}
			measured(t, "NativeInsert", func(ctx context.Context) error {
				_, err := orm.NativeInsert[reading](ctx, db.Fork(), maps...)
				return err
			})
			measured(t, "Flush", func(ctx context.Context) error {
				em := db.Fork()
				for _, r := range entities(1) {
					em.Persist(r)
				}
				return em.Flush(ctx)
			})
			list := entities(2)
			measured(t, "BulkInsert", func(ctx context.Context) error { return orm.BulkInsert(ctx, db.Fork(), list) })
			measured(t, "without keys", func(ctx context.Context) error {
				return orm.BulkInsert(ctx, db.Fork(), entities(3), orm.DiscardGenerated())
			})
			for _, r := range list {
				r.Count = -r.Count
			}
			measured(t, "BulkUpsert", func(ctx context.Context) error { return orm.BulkUpsert(ctx, db.Fork(), list) })
			n, err := orm.Count[reading](t.Context(), db.Fork(), orm.M{"count <": 0})
			ok(t, err)
			if all, err := orm.Count[reading](t.Context(), db.Fork(), nil); err != nil || n != int64(*stressRows) || all != int64(4**stressRows) {
				t.Errorf("%d rows, %d of them merged, %v", all, n, err)
			}
		})
	}
}
