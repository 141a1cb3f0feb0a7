package schema_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type (
	// ticket is strict about its values, looseTicket is the same collection without limits.
	ticket struct {
		_     struct{} `orm:"table=tickets"`
		ID    int64
		State string   `orm:",enum=open|closed"`
		Prior *int     `orm:",enum=1|2"`
		Tags  []string `orm:",enum=a|b"`
		Code  string   `orm:",length=3"`
	}
	looseTicket struct {
		_     struct{} `orm:"table=tickets"`
		ID    int64
		State string
		Prior *int
		Tags  []string
		Code  string
	}
)

// TestValuesOnMongo sees that the server refuses what the mapping does not allow, also
// from programs that do not know it.
func TestValuesOnMongo(t *testing.T) {
	uri, name := testdb.Mongo(t)
	strict, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(ticket{}))
	must(t, err)
	defer func() { must(t, strict.Close()) }()
	must(t, schema.Create(t.Context(), strict))
	must(t, schema.Ensure(t.Context(), strict))
	loose, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(looseTicket{}))
	must(t, err)
	defer func() { must(t, loose.Close()) }()
	three := 3
	good := looseTicket{State: "open", Tags: []string{"a"}, Code: "äöü"}
	for name, change := range map[string]func(*looseTicket){
		"":      func(*looseTicket) {},
		"state": func(x *looseTicket) { x.State = "ajar" },
		"prior": func(x *looseTicket) { x.Prior = &three },
		"tags":  func(x *looseTicket) { x.Tags = []string{"a", "z"} },
		"code":  func(x *looseTicket) { x.Code = "abcd" },
	} {
		x := good
		change(&x)
		em := loose.Fork()
		em.Persist(&x)
		class := driver.ErrCheckViolation
		if name == "code" {
			class = driver.ErrOutOfRange // as where columns have a length
		}
		err := em.Flush(t.Context())
		var e *driver.Error
		if (name == "") != (err == nil) || err != nil && (!errors.Is(err, class) || !errors.As(err, &e) || !slices.Contains(e.Columns, name)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestViewsOnMongo sees that what an entity is only read from is neither made nor dropped.
func TestViewsOnMongo(t *testing.T) {
	uri, name := testdb.Mongo(t)
	seen := func(view bool) *orm.DB {
		db, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(ticket{},
			mapper.Define(func(e *mapper.Builder[looseTicket]) {
				e.Name("Seen")
				if e.Table("seen"); view {
					e.View("seen")
				}
			})))
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		return db
	}
	table, view := seen(false), seen(true)
	em := table.Fork()
	em.Persist(&looseTicket{Code: "x"})
	must(t, em.Flush(t.Context()))
	must(t, schema.Create(t.Context(), view))
	must(t, schema.Drop(t.Context(), view))
	if n, err := orm.Count[looseTicket](t.Context(), view.Fork(), nil); err != nil || n != 1 {
		t.Errorf("%d documents are left, error %v", n, err)
	}
}

// TestValuesInMemory sees that the engine in memory holds what the mapping allows.
func TestValuesInMemory(t *testing.T) {
	db, err := orm.Open(t.Context(), memory.New(), orm.Entities(ticket{}))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	for code, class := range map[string]error{"äöü": nil, "abcd": mapper.ErrValue} {
		_, err := orm.NativeInsert[ticket](t.Context(), db.Fork(), orm.M{"state": "open", "code": code, "tags": []string{}})
		if !errors.Is(err, class) {
			t.Errorf("%s: got %v", code, err)
		}
	}
}
