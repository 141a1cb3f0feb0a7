package reports_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// Room belongs to a tenant, if to any.
type Room struct {
	ID     int64
	Tenant *int64
	Name   string               `orm:",length=20"`
	Seats  rel.Collection[Seat] `orm:",mappedBy=Room"`
}

// Seat is in a room.
type Seat struct {
	ID   int64
	Row  int
	Gone bool
	Room rel.Ref[Room]
}

// rooms runs fn on each engine, with a room of tenant 1, one of tenant 2 and one of nobody.
func rooms(t *testing.T, fn func(t *testing.T, e testengine.Engine, db *orm.DB)) {
	t.Helper()
	room := mapper.Define[Room](func(b *mapper.Builder[Room]) {
		b.Filter(mapper.Filter{Name: "tenant", Params: []string{"id"}, Where: func(p mapper.Params) any { return orm.M{"tenant": p.Get("id")} }})
		b.Filter(mapper.Filter{Name: "floor", Where: func(p mapper.Params) any { return orm.M{"name": p.Get("floor")} }})
	})
	seat := mapper.Define[Seat](func(b *mapper.Builder[Seat]) {
		b.Filter(mapper.Filter{Name: "there", Default: true, Where: func(mapper.Params) any { return orm.M{"gone": false} }})
	})
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			db := e.Open(t, orm.Entities(room, seat))
			em := db.Fork()
			one, two := int64(1), int64(2)
			for i, tenant := range []*int64{&one, &two, nil} {
				r := &Room{Tenant: tenant, Name: "R" + string(rune('1'+i))}
				r.Seats.Add(&Seat{Row: 1}, &Seat{Row: 2, Gone: true})
				em.Persist(r)
			}
			done(t, em.Flush(t.Context()))
			fn(t, e, db)
		})
	}
}

// TestForgottenTenant: "a request without a tenant id saw the rows that belong to nobody".
func TestForgottenTenant(t *testing.T) {
	rooms(t, func(t *testing.T, _ testengine.Engine, db *orm.DB) {
		for _, c := range []struct {
			filter string
			params orm.M
		}{{"tenant", nil}, {"tenant", orm.M{"id": nil}}, {"tenant", orm.M{"Id": 1}}, {"floor", nil}} {
			em := db.Fork()
			em.SetFilter(c.filter, c.params)
			_, listed := orm.Find[Room](t.Context(), em, nil)
			_, counted := orm.Count[Room](t.Context(), em, nil)
			_, joined := orm.Find[Seat](t.Context(), em, orm.M{"room.name": "R3"})
			_, built := orm.All[Room](t.Context(), em, orm.QB[Room](em, "r"))
			_, written := orm.NativeUpdate[Room](t.Context(), em, orm.M{"name": "R3"}, orm.M{"name": "X"})
			for what, err := range map[string]error{"list": listed, "count": counted, "condition": joined, "query": built, "update": written} {
				if !errors.Is(err, orm.ErrParameter) || !strings.Contains(err.Error(), "filter "+c.filter+": the parameter ") {
					t.Errorf("%s with %v by %s: %v", c.filter, c.params, what, err)
				}
			}
		}
	})
}

// TestAdminSeesAll: "there is no way to switch the default scopes off for the admin page".
func TestAdminSeesAll(t *testing.T) {
	rooms(t, func(t *testing.T, _ testengine.Engine, db *orm.DB) {
		em := db.Fork()
		em.SetFilter("tenant", orm.M{"id": 2})
		list, err := orm.Find[Room](t.Context(), em, nil, orm.WithoutFilter(), orm.Populate("seats"))
		done(t, err)
		if len(list) != 3 || list[0].Seats.Len() != 2 {
			t.Errorf("%d rooms", len(list))
		}
		n, err := orm.Count[Room](t.Context(), em, nil)
		if done(t, err); n != 1 {
			t.Errorf("%d rooms with the filter", n)
		}
	})
}

// TestScopeOfASubquery: "the scope of the outer query is not applied to the sub-query, or the other way round".
func TestScopeOfASubquery(t *testing.T) {
	rooms(t, func(t *testing.T, e testengine.Engine, db *orm.DB) {
		if e.Name == "memory" { // which has no sub-queries
			return
		}
		em := db.Fork()
		rows := func(sub *orm.Query[Seat]) int {
			t.Helper()
			list, err := orm.All[Room](t.Context(), em, orm.QB[Room](em, "r").Where(orm.M{"id:in": sub.Select("room").Where(orm.M{"row": 2})}))
			done(t, err)
			return len(list)
		}
		if n := rows(orm.QB[Seat](em, "s")); n != 0 {
			t.Errorf("%d rooms have a hidden seat", n)
		}
		if n := rows(orm.QB[Seat](em, "s").WithoutFilter()); n != 3 {
			t.Errorf("%d rooms by a sub-query without filters, want 3", n)
		}
		inner := orm.QB[Room](em, "x").Filter("tenant", orm.M{"id": 2}).Select("id")
		list, err := orm.All[Room](t.Context(), em, orm.QB[Room](em, "r").Where(orm.M{"id:in": inner}))
		done(t, err)
		if len(list) != 1 || list[0].Name != "R2" {
			t.Errorf("%d rooms by a filtered sub-query", len(list))
		}
		list, err = orm.All[Room](t.Context(), em, orm.QB[Room](em, "r").Filter("tenant", orm.M{"id": 1}).From(orm.QB[Room](em, "x").Filter("tenant", orm.M{"id": 2})))
		done(t, err)
		if len(list) != 1 || list[0].Name != "R2" {
			t.Errorf("%d rooms from a filtered sub-query", len(list))
		}
		union, err := orm.Result[string](t.Context(), em, orm.QB[Room](em, "r").Filter("tenant", orm.M{"id": 1}).Select("name").
			Union(orm.QB[Room](em, "x").Filter("tenant", orm.M{"id": 2}).Select("name")).OrderBy("name"))
		done(t, err)
		if len(union) != 2 || union[0] != "R1" || union[1] != "R2" {
			t.Errorf("the union is %v", union)
		}
	})
}
