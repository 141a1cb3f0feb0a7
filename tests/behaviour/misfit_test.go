package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Loose has columns that allow what Strictly, on the same table, does not.
type Loose struct {
	_     struct{} `orm:"table=strictly"`
	ID    int64    `orm:",assigned"`
	Name  *string
	Level *int64
	Big   *int64
	On    *bool
	Ratio *float64
	Owner *int64 `orm:"owner_id"`
}

// Strictly requires all its columns, and a small level.
type Strictly struct {
	_     struct{} `orm:"table=strictly"`
	ID    int64    `orm:",assigned"`
	Name  string
	Level int8
	Big   int64
	On    bool
	Ratio float64
	Owner rel.Ref[Owns] `orm:"owner_id,noConstraint"`
}

// Owner has the table of Owns.
type Owner struct {
	_  struct{} `orm:"table=owns"`
	ID int64    `orm:",assigned"`
}

// again connects to an engine that is there, and leaves it open.
type again struct{ driver.Engine }

func (a again) Connect(context.Context) (driver.Engine, error) { return a, nil }
func (a again) Unwrap() driver.Engine                          { return a.Engine }
func (a again) Close() error                                   { return nil }

// Owns leads to what does not fit.
type Owns struct {
	_     struct{}                 `orm:"table=owns"`
	ID    int64                    `orm:",assigned"`
	Items rel.Collection[Strictly] `orm:",mappedBy=Owner"`
}

// TestRowsThatDoNotFit reads rows of a table that allows more than the mapping: the
// error names the entity, its key and the property, by every way of loading.
func TestRowsThatDoNotFit(t *testing.T) {
	engines(t, []any{Loose{}, Owner{}}, func(t *testing.T, e engine) {
		_, tables := driver.EngineAs[driver.SQLHandle](e.db.Engine())
		if _, collections := driver.EngineAs[driver.SchemaEnsurer](e.db.Engine()); !tables && !collections {
			t.Skip("the engine has the columns of its one registry")
		}
		strict, err := orm.Open(t.Context(), again{e.db.Engine()}, orm.Entities(Strictly{}, Owns{}))
		ok(t, err)
		em := e.db.Fork()
		em.Persist(&Owner{ID: 9})
		ok(t, em.Flush(t.Context()))
		for path, change := range map[string]func(l *Loose){
			"name": func(l *Loose) { l.Name = nil }, "level": func(l *Loose) { l.Level = ptr[int64](300) }, "big": func(l *Loose) { l.Big = nil },
			"on": func(l *Loose) { l.On = nil }, "ratio": func(l *Loose) { l.Ratio = nil },
		} {
			row := &Loose{ID: 7, Name: ptr("a"), Level: ptr[int64](1), Big: ptr[int64](1), On: ptr(true), Ratio: ptr(0.5), Owner: ptr[int64](9)}
			change(row)
			em := e.db.Fork()
			em.Persist(row)
			ok(t, em.Flush(t.Context()))
			misfits(t, strict, path)
			em.Remove(row)
			ok(t, em.Flush(t.Context()))
		}
	})
}

func misfits(t *testing.T, db *orm.DB, path string) {
	want := "orm: find: Strictly 7." + path + ": invalid value: mapper: cannot use NULL as " + map[string]string{"name": "string", "big": "int64", "on": "bool", "ratio": "float64"}[path] +
		": the row has none, and the property is not nullable"
	if path == "level" {
		want = "orm: find: Strictly 7.level: invalid value: mapper: cannot use int64 as int8: is out of range"
	}
	ways := map[string]func(ctx context.Context, em *orm.EntityManager) error{
		"find": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.Find[Strictly](ctx, em, nil)
			return err
		},
		"find one": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.FindOne[Strictly](ctx, em, 7)
			return err
		},
		"stream": func(ctx context.Context, em *orm.EntityManager) error {
			for _, err := range orm.Stream[Strictly](ctx, em, nil, orm.ReadOnly()) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	for _, strategy := range []string{"select-in", "joined", "balanced"} {
		ways[strategy] = func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.Find[Owns](ctx, em, nil, orm.Populate("items"), orm.Strategy(strategy))
			return err
		}
	}
	for name, way := range ways {
		err := way(t.Context(), db.Fork())
		if !errors.Is(err, mapper.ErrValue) || fmt.Sprint(err) != want {
			t.Errorf("%s: %v\nwant %s", name, err, want)
		}
		var told *orm.Error
		if !errors.As(err, &told) || told.Entity != "Strictly" || told.Key != int64(7) || told.Path != path {
			t.Errorf("%s tells %+v", name, told)
		}
	}
}
