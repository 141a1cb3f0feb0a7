package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Invoice has values that no field holds.
type Invoice struct {
	ID    int64 `orm:",assigned"`
	Total int64
	Note  string `orm:",virtual"`
	rel.Shadows
}

func invoice(e *mapper.Builder[Invoice]) {
	e.Shadow("createdBy").Length(20).Index()
	e.Shadow("priority").Type("int").Default("3").Required()
	e.Shadow("paidAt").Type("time").Precision(3)
	e.Shadow("touched").Type("time").Precision(3).OnUpdate(func() any { return time.Now() })
	e.Shadow("secret").Lazy()
}

func shadow[V any](t *testing.T, em *orm.EntityManager, entity any, property string) V {
	t.Helper()
	v, err := orm.Shadow[V](em, entity, property)
	ok(t, err)
	return v
}

func TestShadowProperties(t *testing.T) {
	engines(t, []any{mapper.Define(invoice)}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		paid := time.Date(2024, 2, 29, 1, 2, 3, 4_000_000, time.UTC)
		a, b := &Invoice{ID: 1, Total: 10, Note: "lost"}, &Invoice{ID: 2, Total: 20}
		ok(t, orm.SetShadow(em, a, "createdBy", "ada"))
		ok(t, orm.SetShadow(em, a, "paidAt", paid))
		ok(t, orm.SetShadow(em, a, "priority", 7))
		ok(t, orm.SetShadow(em, a, "secret", "s"))
		em.Persist(a)
		em.Persist(b)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		if n := shadow[int](t, em, b, "priority"); n != 3 {
			t.Errorf("the default was read back as %d", n)
		}

		em = e.db.Fork()
		a, err := orm.FindOneOrFail[Invoice](t.Context(), em, orm.M{"createdBy": "ada", "priority >": 3, "paidAt": paid})
		ok(t, err)
		if shadow[string](t, em, a, "createdBy") != "ada" || shadow[int16](t, em, a, "priority") != 7 || !shadow[time.Time](t, em, a, "paidAt").Equal(paid) || a.Note != "" {
			t.Errorf("got %+v", a)
		}
		if _, err := orm.Shadow[string](em, a, "secret"); !errors.Is(err, orm.ErrNotLoaded) {
			t.Errorf("a lazy shadow gives %v", err)
		}
		ok(t, orm.Load(t.Context(), em, a, "secret"))
		if s := shadow[*string](t, em, a, "secret"); s == nil || *s != "s" {
			t.Errorf("loaded %v", s)
		}
		dto, err := orm.ToDTO(em, a)
		ok(t, err)
		if dto["createdBy"] != "ada" || dto["priority"] != int64(7) {
			t.Errorf("dto %v", dto)
		}
		idle(t, em)
		if got := encode(t, a); got != `{"ID":1,"Total":10,"Note":""}` {
			t.Errorf("JSON %s", got)
		}

		ok(t, orm.SetShadow(em, a, "createdBy", "bob"))
		ok(t, orm.SetShadow(em, a, "paidAt", nil))
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		em = e.db.Fork()
		list, err := orm.Find[Invoice](t.Context(), em, orm.M{"paidAt": nil}, orm.OrderBy("-priority"))
		ok(t, err)
		if len(list) != 2 || list[0].ID != 1 || shadow[string](t, em, list[0], "createdBy") != "bob" || shadow[*string](t, em, list[1], "createdBy") != nil {
			t.Errorf("got %d invoices", len(list))
		}
		if at := shadow[*time.Time](t, em, list[0], "touched"); at == nil || time.Since(*at) > time.Minute {
			t.Errorf("touched %v", at)
		}
	})
}

func TestShadowMistakes(t *testing.T) {
	engines(t, []any{mapper.Define(invoice)}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		i := &Invoice{ID: 1}
		for _, tt := range []struct {
			err   error
			class error
			want  string
		}{
			{orm.SetShadow(em, i, "createdby", "x"), orm.ErrUnknownProperty, `orm: set shadow: Invoice.createdby: unknown property: did you mean createdBy?`},
			{orm.SetShadow(em, i, "total", 1), orm.ErrUnknownProperty, `orm: set shadow: Invoice.total: unknown property`},
			{orm.SetShadow(em, i, "priority", "high"), mapper.ErrValue, `orm: set shadow: Invoice.priority: invalid value: mapper: cannot use string as int: must be an integer`},
			{orm.SetShadow(em, i, "priority", nil), mapper.ErrValue, `orm: set shadow: Invoice.priority: invalid value: mapper: cannot use NULL as int: the property is not nullable`},
			{orm.SetShadow(em, i, "createdBy", "longer than twenty letters"), mapper.ErrValue, `orm: set shadow: Invoice.createdBy: invalid value: mapper: the value is longer than 20 characters`},
		} {
			if !errors.Is(tt.err, tt.class) || tt.err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", tt.err, tt.want)
			}
		}
		if _, err := orm.Shadow[chan int](em, i, "priority"); !errors.Is(err, mapper.ErrValue) {
			t.Errorf("a channel gives %v", err)
		}
	})
}

// TestFailedFlushKeepsShadows repairs a flush that failed.
func TestFailedFlushKeepsShadows(t *testing.T) {
	engines(t, []any{mapper.Define(invoice)}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&Invoice{ID: 1})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		taken := &Invoice{ID: 1}
		ok(t, orm.SetShadow(em, taken, "createdBy", "eve"))
		em.Persist(taken)
		if err := em.Flush(t.Context()); err == nil {
			t.Fatal("the key is taken")
		}
		taken.ID = 2
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		em = e.db.Fork()
		got, err := orm.FindOneOrFail[Invoice](t.Context(), em, orm.M{"createdBy": "eve"})
		ok(t, err)
		if got.ID != 2 || shadow[int](t, em, got, "priority") != 3 {
			t.Errorf("got %+v", got)
		}
	})
}

// Receipt has values that must be there, and that a default makes: behind a pointer, and in no field.
type Receipt struct {
	ID   int64
	Copy *int `orm:",required,default=2"`
	rel.Shadows
}

// TestDefaultsTakenBack: what a default has made of nothing is nothing again after a rollback, though nothing could
// be assigned, and the database is asked again.
func TestDefaultsTakenBack(t *testing.T) {
	receipt := mapper.Define(func(e *mapper.Builder[Receipt]) { e.Shadow("priority").Type("int").Default("3").Required() })
	engines(t, []any{receipt}, func(t *testing.T, e engine) {
		ctx, em, r := t.Context(), e.db.Fork(), &Receipt{}
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		em.Persist(r)
		ok(t, em.Begin(ctx))
		ok(t, em.Flush(ctx))
		if n := shadow[int](t, em, r, "priority"); n != 3 || r.Copy == nil || *r.Copy != 2 {
			t.Errorf("the defaults are %d and %v", n, r.Copy)
		}
		ok(t, em.Rollback(ctx))
		if v := shadow[any](t, em, r, "priority"); v != nil || r.Copy != nil || r.ID != 0 {
			t.Errorf("after the rollback there is %v, %v, %d", v, r.Copy, r.ID)
		}
		clone, err := orm.Clone(ctx, em, r)
		ok(t, err)
		if v := shadow[any](t, em, clone, "priority"); v != nil || clone.Copy != nil {
			t.Errorf("a clone has %v, %v", v, clone.Copy)
		}
		ok(t, em.Flush(ctx))
		if n := shadow[int](t, em, r, "priority"); n != 3 || *r.Copy != 2 {
			t.Errorf("the defaults are %d and %v", n, r.Copy)
		}
		idle(t, em)
	})
}
