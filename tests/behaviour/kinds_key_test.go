package behaviour_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	// Auto is numbered by the database, Small in a smaller type.
	Auto struct {
		ID   int64
		Name string
	}
	Small struct {
		ID   anInt16
		Name string
	}
	// The following make their keys on insert.
	ByUUID struct {
		ID   uuid.UUID
		Name string
	}
	ByUUID4 struct {
		ID   string `orm:",uuid4"`
		Name string
	}
	ByULID struct {
		ID   ulid.ULID
		Name string
	}
	ByOID struct {
		ID   bson.ObjectID
		Name string
	}
	ByOIDTxt struct {
		ID   string `orm:",objectid"`
		Name string
	}
	ByOwn struct {
		ID   string `orm:",length=20"`
		Name string
	}
	// The following have natural keys.
	ByText struct {
		ID   string `orm:",length=20"`
		Name string
	}
	ByNamed struct {
		ID   aString `orm:",length=20"`
		Name string
	}
	ByUint struct {
		ID   uint32 `orm:",assigned"`
		Name string
	}
	ByBool struct {
		ID   bool
		Name string
	}
	ByTime struct {
		ID   time.Time `orm:",precision=3"`
		Name string
	}
	ByDay struct {
		ID   time.Time `orm:",type=date"`
		Name string
	}
	ByCost struct {
		ID   decimal.Decimal `orm:",precision=10,scale=2"`
		Name string
	}
	ByHue struct {
		ID   hue
		Name string
	}
	ByMoney struct {
		ID   money
		Name string
	}
)

// TestKeys writes, finds, changes and removes by keys of every kind.
func TestKeys(t *testing.T) {
	own := 0
	byOwn := mapper.Define(func(e *mapper.Builder[ByOwn]) {
		mapper.Field(e, func(b *ByOwn) *string { return &b.ID }).OnCreate(func() any { own++; return fmt.Sprintf("own-%d", own) })
	})
	entities := []any{Auto{}, Small{}, ByUUID{}, ByUUID4{}, ByULID{}, ByOID{}, ByOIDTxt{}, byOwn, ByText{}, ByNamed{}, ByUint{}, ByBool{}, ByTime{}, ByDay{}, ByCost{}, ByHue{}, ByMoney{}}
	options := []orm.Option{orm.CustomType[money](moneyType{})}
	enginesWith(t, options, entities, func(t *testing.T, e engine) {
		own = 0
		keys(t, e, &Auto{}, &Auto{})
		keys(t, e, &Small{}, &Small{})
		keys(t, e, &ByUUID{}, &ByUUID{ID: uuid.MustParse("f47ac10b-58cc-4372-a567-0e02b2c3d479")})
		keys(t, e, &ByUUID4{}, &ByUUID4{ID: "f47ac10b-58cc-4372-a567-0e02b2c3d479"})
		keys(t, e, &ByULID{}, &ByULID{ID: ulid.MustParse("01ARZ3NDEKTSV4RRFFQ69G5FAV")})
		keys(t, e, &ByOID{}, &ByOID{ID: bson.ObjectID{1}})
		keys(t, e, &ByOIDTxt{}, &ByOIDTxt{ID: bson.ObjectID{1}.Hex()})
		keys(t, e, &ByOwn{}, &ByOwn{})
		keys(t, e, &ByText{ID: "é'"}, &ByText{ID: "a"})
		keys(t, e, &ByNamed{ID: "B"}, &ByNamed{ID: "b"})
		keys(t, e, &ByUint{ID: 7}, &ByUint{ID: 4_000_000_000})
		keys(t, e, &ByBool{ID: true}, &ByBool{})
		keys(t, e, &ByTime{ID: time.Date(2024, 2, 29, 1, 2, 3, 4_000_000, time.UTC)}, &ByTime{ID: utc(2024, 2, 29)})
		keys(t, e, &ByDay{ID: utc(2024, 2, 29)}, &ByDay{ID: utc(1969, 12, 31)})
		keys(t, e, &ByCost{ID: decimal.RequireFromString("1.50")}, &ByCost{ID: decimal.RequireFromString("-1.5")})
		keys(t, e, &ByHue{ID: 7}, &ByHue{})
		keys(t, e, &ByMoney{ID: money{250, "EUR"}}, &ByMoney{ID: money{0, "EUR"}})
	})
}

func keys[T any](t *testing.T, e engine, rows ...*T) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%T: "+format, append([]any{rows[0]}, args...)...)
	}
	em := e.db.Fork()
	for _, row := range rows {
		em.Persist(row)
	}
	if err := em.Flush(t.Context()); err != nil {
		fail("%v", err)
		return
	}
	id := func(row *T) any { return reflect.ValueOf(row).Elem().Field(0).Interface() }
	var ids []any
	for i, row := range rows {
		ids = append(ids, id(row))
		for name, where := range map[string]any{"key": id(row), "property": orm.M{"id": id(row)}, "list": orm.M{"id:in": []any{id(row)}}, "entity": row} {
			em := e.db.Fork()
			got, err := orm.FindOne[T](t.Context(), em, where)
			switch {
			case err != nil:
				fail("row %d by %s: %v", i, name, err)
			case got == nil:
				fail("row %d by %s: not found", i, name)
			case encode(t, got) != encode(t, row):
				fail("row %d by %s: %s, want %s", i, name, encode(t, got), encode(t, row))
			default:
				idle(t, em)
			}
		}
	}
	em = e.db.Fork()
	found, err := orm.Find[T](t.Context(), em, ids)
	if err != nil || len(found) != len(rows) {
		fail("by a list of keys: %d rows, %v", len(found), err)
		return
	}
	reflect.ValueOf(found[0]).Elem().Field(1).SetString("changed")
	em.Remove(found[1])
	ok(t, em.Flush(t.Context()))
	left, err := orm.Find[T](t.Context(), e.db.Fork(), nil)
	if err != nil || len(left) != len(rows)-1 || encode(t, left[0]) != encode(t, found[0]) {
		fail("after a change and a removal: %d rows, %v", len(left), err)
	}
}

// Route has a composite key, Stop one that is also a reference, and Sign and
// Ticket refer to them.
type Route struct {
	Line   string `orm:",pk,length=10"`
	Number int    `orm:",pk"`
	Name   string
	Stops  rel.Collection[Stop] `orm:",mappedBy=Route,orderBy=order"`
}

type Stop struct {
	Route rel.Ref[Route] `orm:",pk"`
	Order int16          `orm:",pk"`
	At    rel.Ref[Sign]
}

// Sign shares the key of its detail.
type Sign struct {
	ID     int64 `orm:",assigned"`
	Text   string
	Detail rel.Ref[SignDetail] `orm:",mappedBy=Sign"`
}

type SignDetail struct {
	Sign  rel.Ref[Sign] `orm:",pk,oneToOne"`
	Color string
}

func TestCompositeAndSharedKeys(t *testing.T) {
	engines(t, []any{Route{}, Stop{}, Sign{}, SignDetail{}}, func(t *testing.T, e engine) {
		if e.refused != nil {
			if !e.caps.KeyArrays || !strings.Contains(e.refused.Error(), "a composite reference inside the primary key has no field of its own") {
				t.Error(e.refused)
			}
			return
		}
		em := e.db.Fork()
		sign := &Sign{ID: 5, Text: "here"}
		route := &Route{Line: "a", Number: 1, Name: "first"}
		for i := range 3 {
			s := &Stop{Order: int16(3 - i)}
			if i == 1 {
				s.At = rel.To(sign)
			}
			route.Stops.Add(s)
		}
		em.Persist(route)
		em.Persist(&Route{Line: "a", Number: 2})
		em.Persist(&SignDetail{Sign: rel.To(sign), Color: "red"})
		ok(t, em.Flush(t.Context()))
		idle(t, em)

		em = e.db.Fork()
		r, err := orm.FindOneOrFail[Route](t.Context(), em, orm.M{"line": "a", "number": 1}, orm.Populate("stops.at.detail"))
		ok(t, err)
		if r.Stops.Len() != 3 || r.Stops.Items()[0].Order != 1 || r.Stops.Items()[1].At.Get().Detail.Get().Color != "red" {
			t.Errorf("got %s", encode(t, r))
		}
		idle(t, em)
		r.Stops.Items()[1].At = rel.Ref[Sign]{}
		r.Name = "changed"
		em.Remove(r.Stops.Items()[0])
		ok(t, em.Flush(t.Context()))

		em = e.db.Fork()
		key := []any{"a", 1}
		stop, err := orm.FindOneOrFail[Stop](t.Context(), em, []any{"a", 1, 2}, orm.Populate("route"))
		ok(t, err)
		if stop.Route.Get().Name != "changed" || !stop.At.IsNil() {
			t.Errorf("got %s", encode(t, stop))
		}
		for _, where := range []any{orm.M{"route": key}, orm.M{"route": r}, orm.M{"route.line": "a", "route.number": 1}, orm.M{"route.name": "changed"}} {
			n, err := orm.Count[Stop](t.Context(), em, where)
			if err != nil || n != 2 {
				t.Errorf("%v: %d stops, %v", where, n, err)
			}
		}
		both, err := orm.Find[Route](t.Context(), em, [][]any{{"a", 2}, key}, orm.OrderBy("-number"))
		ok(t, err)
		if len(both) != 2 || both[1] != stop.Route.Get() {
			t.Errorf("%d routes", len(both))
		}
		d, err := orm.FindOneOrFail[SignDetail](t.Context(), em, 5, orm.Populate("sign"))
		ok(t, err)
		if d.Sign.Get().Text != "here" || d.Sign.Get().Detail.Get() != d {
			t.Errorf("got %s", encode(t, d))
		}
		em.Remove(d)
		ok(t, em.Flush(t.Context()))
		sign, err = orm.FindOneOrFail[Sign](t.Context(), e.db.Fork(), 5, orm.Populate("detail"))
		ok(t, err)
		if !sign.Detail.IsNil() {
			t.Error("the detail is still there")
		}
	})
}
