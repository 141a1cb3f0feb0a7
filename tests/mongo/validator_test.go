package mongo_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type (
	// animal keeps its types in one collection, each with what only it must have.
	animal struct {
		_    struct{} `orm:"inheritance=joined,abstract,discriminator=kind"`
		ID   int64
		Name string `orm:",length=10"`
	}
	dog struct {
		animal
		Barks int
	}
	fish struct {
		animal
		Depth *float64
	}
)

// TestValidators lets programs that do not know the mapping write what it forbids.
func TestValidators(t *testing.T) {
	w := open(t, animal{}, dog{}, fish{})
	em := w.Fork()
	em.Persist(&dog{animal: animal{Name: "Rex"}, Barks: 3}, &fish{animal: animal{Name: "Wanda"}})
	ok(t, em.Flush(t.Context()))
	for i, c := range []struct {
		doc     bson.D
		refused bool
	}{
		{bson.D{{Key: "name", Value: "Ann"}, {Key: "kind", Value: "dog"}, {Key: "barks", Value: 2}}, false},
		{bson.D{{Key: "name", Value: "Ann"}, {Key: "kind", Value: "dog"}}, true},
		{bson.D{{Key: "name", Value: "Ann"}, {Key: "kind", Value: "fish"}}, false},
		{bson.D{{Key: "name", Value: "Ann"}, {Key: "kind", Value: "fish"}, {Key: "depth", Value: "deep"}}, true},
		{bson.D{{Key: "name", Value: "Ann"}, {Key: "kind", Value: "of tomorrow"}, {Key: "wings", Value: 2}}, false},
		{bson.D{{Key: "kind", Value: "fish"}}, true},
		{bson.D{{Key: "name", Value: "a long name of a fish"}, {Key: "kind", Value: "fish"}}, true},
	} {
		_, err := w.raw.Collection("animals").InsertOne(t.Context(), append(bson.D{{Key: "_id", Value: int64(100 + i)}}, c.doc...))
		if (err != nil) != c.refused {
			t.Errorf("%v: %v", c.doc, err)
		}
	}
}

// TestValidatorErrors tells what the server refuses as other engines do, by columns: of a
// program whose mapping is an older one.
func TestValidatorErrors(t *testing.T) {
	type note struct {
		ID    int64
		Title string `orm:",length=5"`
		Stars int    `orm:",enum=1|2"`
	}
	type older struct {
		_     struct{} `orm:"table=notes"`
		ID    int64
		Title *string
		Stars int
	}
	uri, name := testdb.Mongo(t)
	openAt(t, uri, name, note{})
	loose, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(older{}), orm.Naming(naming.Mongo{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, loose.Close()) })
	short, long := "short", "too long"
	for _, c := range []struct {
		row    older
		class  error
		column string
	}{
		{older{Title: nil, Stars: 1}, driver.ErrNotNullViolation, "title"},
		{older{Title: &long, Stars: 1}, driver.ErrOutOfRange, "title"},
		{older{Title: &short, Stars: 3}, driver.ErrCheckViolation, "stars"},
	} {
		em := loose.Fork()
		em.Persist(&c.row)
		err := em.Flush(t.Context())
		is(t, err, c.class)
		var e *driver.Error
		if !errors.As(err, &e) || !slices.Equal(e.Columns, []string{c.column}) {
			t.Errorf("%v: %+v", c.column, e)
		}
	}
	em := loose.Fork()
	em.Persist(&older{ID: 1, Title: &short, Stars: 1})
	ok(t, em.Flush(t.Context()))
	_, err = orm.Exec(t.Context(), em, orm.QB[older](em, "n").Update(orm.M{"stars": 7}).Where(orm.M{"id": 1}))
	is(t, err, driver.ErrCheckViolation)
}

// TestChangedValidators plans what documents that are there may break, and tells it.
func TestChangedValidators(t *testing.T) {
	type wide struct {
		_    struct{} `orm:"table=notes"`
		ID   int64
		Text *string
	}
	type narrow struct {
		_    struct{} `orm:"table=notes"`
		ID   int64
		Text string `orm:",length=5"`
	}
	uri, name := testdb.Mongo(t)
	w := openAt(t, uri, name, wide{})
	em := w.Fork()
	em.Persist(&wide{ID: 1})
	ok(t, em.Flush(t.Context()))
	other, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(narrow{}), orm.Naming(naming.Mongo{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, other.Close()) })
	want, err := mongo.Collections(other.Registry())
	ok(t, err)
	set, err := migrate.Load(fstest.MapFS{})
	ok(t, err)
	m, err := migrate.New(other, set)
	ok(t, err)
	drift, err := m.DocumentDrift(t.Context(), want)
	ok(t, err)
	if text := drift.String(); !strings.Contains(text, `"collMod":"notes"`) || len(drift.Hazards()) != 1 || drift.Hazards()[0].Destroys {
		t.Errorf("planned %s with %v", text, drift.Hazards())
	}
	err = schema.Create(t.Context(), other)
	is(t, err, driver.ErrCheckViolation)
	if e, found := errors.AsType[*driver.Error](err); !found || e.Table != "notes" || !slices.Equal(e.Columns, []string{"text"}) || !strings.Contains(err.Error(), "notes.text: 1 document)") {
		t.Errorf("refused with %v", err)
	}
	for _, s := range drift.Statements {
		_, err = other.Engine().(driver.Commander).RunCommand(t.Context(), s.SQL)
		ok(t, err)
	}
	ok(t, schema.Create(t.Context(), other))
	if drift, err = m.DocumentDrift(t.Context(), want); err != nil || !drift.IsEmpty() {
		t.Errorf("%v, %v", drift, err)
	}
	// A document that broke the new rule stays, and is refused when it changes.
	_, err = w.raw.Collection("notes").UpdateOne(t.Context(), bson.D{{Key: "_id", Value: 1}}, bson.D{{Key: "$set", Value: bson.D{{Key: "text", Value: nil}, {Key: "seen", Value: true}}}})
	if err == nil {
		t.Error("a document that breaks the validator was changed")
	}
	_, err = w.raw.Collection("notes").UpdateOne(t.Context(), bson.D{{Key: "_id", Value: 1}}, bson.D{{Key: "$set", Value: bson.D{{Key: "text", Value: "short"}}}})
	ok(t, err)
}
