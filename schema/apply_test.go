package schema_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// TestEnsureAtOnce starts several programs on an empty database.
func TestEnsureAtOnce(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			db := target{registry(t, model.Library()...), server.open(t)}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if err := schema.Ensure(t.Context(), db); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			noDifference(t, db)
		})
	}
}

// Two versions of one table, the second with a foreign key.
type (
	placeV1 struct {
		_    struct{} `orm:"table=places,name=Place"`
		ID   int64
		Near *int64
	}
	placeV2 struct {
		_    struct{} `orm:"table=places,name=Place"`
		ID   int64
		Near rel.Ref[placeV2] `orm:"near"`
	}
)

// TestDangling adds a foreign key that a row does not satisfy: nothing may change.
func TestDangling(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			must(t, schema.Create(t.Context(), target{registry(t, placeV1{}), engine}))
			exec(t, engine, "insert into places (id, near) values (1, 7)")
			after := target{registry(t, placeV2{}), engine}
			err := schema.Update(t.Context(), after)
			if err == nil {
				t.Fatal("the foreign key was added")
			}
			if server.name == "sqlite" && !errors.Is(err, driver.ErrForeignKeyViolation) {
				t.Errorf("got %v", err)
			}
			exec(t, engine, "update places set near = 1")
			must(t, schema.Update(t.Context(), after))
			noDifference(t, after)
		})
	}
}

// TestMongo sees that engines without SQL are asked to do it themselves.
func TestMongo(t *testing.T) {
	uri, name := testdb.Mongo(t)
	engine, err := mongo.URI(uri, name).Connect(t.Context())
	must(t, err)
	defer func() { must(t, engine.Close()) }()
	db := target{registry(t, model.Library()...), engine}
	must(t, schema.Create(t.Context(), db))
	must(t, schema.Ensure(t.Context(), db))
	must(t, schema.Update(t.Context(), db))
	must(t, schema.Drop(t.Context(), db))
	if _, err := schema.Diff(t.Context(), db); !errors.Is(err, schema.ErrNoSchema) {
		t.Errorf("Diff: %v, want ErrNoSchema", err)
	}
}
