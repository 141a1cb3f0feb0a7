package mongo_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// venue has an index of every kind.
type venue struct {
	ID    int64
	Name  string `orm:",fulltext"`
	City  string
	State string
	Seen  *time.Time      `orm:",expires=24h"`
	Gone  *time.Time      `orm:",expires"`
	Place json.RawMessage `orm:",geo"`
	Extra map[string]any  `orm:",nullable"`
}

// expiring is refused where there are tables.
type expiring struct {
	ID   int64
	Seen *time.Time `orm:",expires=24h"`
}

var venues = mapper.Define(func(e *mapper.Builder[venue]) {
	e.Index(mapper.IndexDefinition{Name: "open", Properties: []string{"city"}, Unique: true, Document: mapper.DocumentIndex{Filter: map[string]any{"state": "open", "id >": 10}}})
	e.Index(mapper.IndexDefinition{Name: "some", Properties: []string{"extra"}, Document: mapper.DocumentIndex{Sparse: true}})
	e.Index(mapper.IndexDefinition{Name: "people", Properties: []string{"name", "city"}, Document: mapper.DocumentIndex{Locale: "de", Strength: 1}})
	e.Index(mapper.IndexDefinition{Name: "inside", Properties: []string{"extra"}, Document: mapper.DocumentIndex{Wildcard: true}})
	e.Index(mapper.IndexDefinition{Name: "all", Document: mapper.DocumentIndex{Wildcard: true}})
})

// TestIndexes makes indexes of all kinds, and finds that they are what the mapping says.
func TestIndexes(t *testing.T) {
	w := open(t, venues)
	cursor, err := w.raw.Collection("venues").Indexes().List(t.Context())
	ok(t, err)
	var specs []bson.D
	ok(t, cursor.All(t.Context(), &specs))
	var lines []string
	for _, spec := range specs {
		text, err := bson.MarshalExtJSON(spec[1:], false, false)
		ok(t, err)
		lines = append(lines, string(text))
	}
	same(t, "indexes", strings.Join(lines, "\n"), strings.TrimSpace(`
{"key":{"_id":1},"name":"_id_"}
{"key":{"name":"text"},"name":"venues_name_idx"}
{"key":{"seen":1},"name":"venues_seen_idx","expireAfterSeconds":86400}
{"key":{"gone":1},"name":"venues_gone_idx","expireAfterSeconds":0}
{"key":{"place":"2dsphere"},"name":"venues_place_idx"}
{"key":{"city":1},"name":"open","unique":true,"partialFilterExpression":{"_id":{"$gt":10},"state":"open"}}
{"key":{"extra":1},"name":"some","sparse":true}
{"key":{"name":1,"city":1},"name":"people","collation":{"locale":"de","strength":1}}
{"key":{"extra.$**":1},"name":"inside"}
{"key":{"$**":1},"name":"all"}`))
	want, err := mongo.Collections(w.Registry())
	ok(t, err)
	set, err := migrate.Load(fstest.MapFS{})
	ok(t, err)
	m, err := migrate.New(w.DB, set)
	ok(t, err)
	drift, err := m.DocumentDrift(t.Context(), want)
	ok(t, err)
	if !drift.IsEmpty() {
		t.Errorf("what was made differs from the mapping:\n%s", drift)
	}
}

// TestIndexesThatAreNone refuses indexes that no server makes, and documents' indexes where
// there are tables.
func TestIndexesThatAreNone(t *testing.T) {
	for want, x := range map[string]mapper.IndexDefinition{
		"about one time":              {Properties: []string{"city"}, Document: mapper.DocumentIndex{Expires: true}},
		"whole seconds":               {Properties: []string{"seen"}, Document: mapper.DocumentIndex{Expires: true, After: time.Millisecond}},
		"a wildcard covers":           {Properties: []string{"city"}, Document: mapper.DocumentIndex{Wildcard: true}},
		"neither unique nor for text": {Properties: []string{"place"}, Unique: true, Document: mapper.DocumentIndex{Geo: true}},
		"of a locale":                 {Properties: []string{"city"}, Document: mapper.DocumentIndex{Strength: 1}},
		"not both":                    {Properties: []string{"city"}, Document: mapper.DocumentIndex{Sparse: true, Filter: map[string]any{"id": 1}}},
	} {
		_, err := mapper.Build(mapper.Options{}, mapper.Define(func(e *mapper.Builder[venue]) { e.Index(x) }))
		if !errors.Is(err, mapper.ErrMapping) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	uri, name := testdb.Mongo(t)
	for _, filter := range []map[string]any{{"name:like": "a%"}, {"city !=": "x"}} {
		bad := mapper.Define(func(e *mapper.Builder[venue]) {
			e.Index(mapper.IndexDefinition{Name: "bad", Properties: []string{"city"}, Document: mapper.DocumentIndex{Filter: filter}})
		})
		db, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(bad))
		ok(t, err)
		err = schema.Create(t.Context(), db)
		if !errors.Is(err, driver.ErrUnsupported) || !strings.Contains(err.Error(), "in the filter of an index") {
			t.Errorf("%v: %v", filter, err)
		}
		ok(t, db.Close())
	}
	db, err := orm.Open(t.Context(), sqlite.Memory(), orm.Entities(expiring{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	if err := schema.Create(t.Context(), db); !errors.Is(err, driver.ErrUnsupported) || !strings.Contains(err.Error(), "an index of documents") {
		t.Errorf("tables: %v", err)
	}
}

// TestNamesThatNoDocumentHas refuses fields that a path would lead elsewhere.
func TestNamesThatNoDocumentHas(t *testing.T) {
	type Dotted struct {
		ID   int64
		City string `orm:"address.city"`
	}
	type Keyed struct {
		ID    int64
		Other string `orm:"_id"`
	}
	type Dollar struct {
		ID    int64
		Price int `orm:"$price"`
	}
	type System struct {
		_  struct{} `orm:"table=system.users"`
		ID int64
	}
	uri, name := testdb.Mongo(t)
	_, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(Dotted{}, Keyed{}, Dollar{}, System{}), orm.Naming(naming.Mongo{}))
	is(t, err, mapper.ErrMapping)
	for _, want := range []string{"the column name address.city holds '.', which separates the places of a path", "the column name _id is that of the key", "the column name $price holds '$'", "the table name system.users begins with system."} {
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}
