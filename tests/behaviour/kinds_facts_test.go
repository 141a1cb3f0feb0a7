package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// Defaults leaves values to the database.
type Defaults struct {
	ID    int64           `orm:",assigned"`
	N     rel.Opt[int32]  `orm:",default=5,required"`
	S     rel.Opt[string] `orm:",default='''it''''s''',length=20"`
	B     rel.Opt[bool]   `orm:",default=true"`
	F     *float64        `orm:",default=0.5,optional"`
	Plain int             `orm:",default=7,optional"`
	Free  rel.Opt[string] // no default: NULL
}

func TestDefaults(t *testing.T) {
	engines(t, []any{Defaults{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		zero := 0.0
		left := &Defaults{ID: 1}
		set := &Defaults{ID: 2, N: rel.Some[int32](0), S: rel.Some(""), B: rel.Some(false), F: &zero, Plain: 8, Free: rel.Some("x")}
		em.Persist(left)
		em.Persist(set)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		half := 0.5
		want := &Defaults{ID: 1, N: rel.Some[int32](5), S: rel.Some("it's"), B: rel.Some(true), F: &half, Plain: 7}
		if got := encode(t, left); got != encode(t, want) {
			t.Errorf("read back %s, want %s", got, encode(t, want))
		}
		em = e.db.Fork()
		for _, w := range []*Defaults{want, set} {
			got, err := orm.FindOneOrFail[Defaults](t.Context(), em, w.ID)
			ok(t, err)
			if encode(t, got) != encode(t, w) {
				t.Errorf("got %s, want %s", encode(t, got), encode(t, w))
			}
			got.Free.Clear()
			got.Plain++
		}
		ok(t, em.Flush(t.Context()))
		n, err := orm.Count[Defaults](t.Context(), e.db.Fork(), orm.M{"free": nil, "plain:in": []int{8, 9}})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

// Stamped has values made by functions.
type Stamped struct {
	ID      int64 `orm:",assigned"`
	Name    string
	Made    time.Time `orm:",precision=3,onCreate=now"`
	Changed time.Time `orm:",precision=3,onCreate=now,onUpdate=now"`
	Token   string    `orm:",onCreate=uuid,length=36"`
	Serial  int
}

var serial int

func stamped(e *mapper.Builder[Stamped]) {
	mapper.Field(e, func(s *Stamped) *int { return &s.Serial }).OnCreate(func() any { serial++; return serial })
}

func TestOnCreateOnUpdate(t *testing.T) {
	engines(t, []any{mapper.Define(stamped)}, func(t *testing.T, e engine) {
		serial = 0
		em := e.db.Fork()
		own := utc(2020, 1, 1)
		a, b := &Stamped{ID: 1}, &Stamped{ID: 2, Made: own, Token: "mine", Serial: 70}
		em.Persist(a)
		em.Persist(b)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		if time.Since(a.Made) > time.Minute || a.Made.Nanosecond()%1e6 != 0 || len(a.Token) != 36 || a.Serial != 1 {
			t.Errorf("made %+v", a)
		}
		if !b.Made.Equal(own) || b.Token != "mine" || b.Serial != 70 {
			t.Errorf("given values were replaced: %+v", b)
		}
		em = e.db.Fork()
		b, err := orm.FindOneOrFail[Stamped](t.Context(), em, 2)
		ok(t, err)
		before := b.Changed
		idle(t, em)
		time.Sleep(2 * time.Millisecond)
		b.Name = "changed"
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		if !b.Changed.After(before) || !b.Made.Equal(own) {
			t.Errorf("after an update: %+v", b)
		}
		found, err := orm.FindOneOrFail[Stamped](t.Context(), e.db.Fork(), orm.M{"changed": b.Changed, "made": own})
		ok(t, err)
		if encode(t, found) != encode(t, b) {
			t.Errorf("got %s, want %s", encode(t, found), encode(t, b))
		}
	})
}

// Computed has what SQL computes.
type Computed struct {
	ID    int64 `orm:",assigned"`
	Price int64
	Count int64
	Total int64 `orm:",generated=price * count"`
	Words int64 `orm:",formula='?.price + 1'"`
}

// TestComputed is about engines with SQL; the others say that they cannot.
func TestComputed(t *testing.T) {
	engines(t, []any{Computed{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		c := &Computed{ID: 1, Price: 3, Count: 4, Total: 99}
		em.Persist(c)
		em.Persist(&Computed{ID: 2, Price: 1})
		err := em.Flush(t.Context())
		if !e.caps.Checks { // no SQL expressions
			if !errors.Is(err, driver.ErrUnsupported) {
				t.Errorf("flush gives %v", err)
			}
			if _, err := orm.Find[Computed](t.Context(), e.db.Fork(), nil); !errors.Is(err, driver.ErrUnsupported) {
				t.Errorf("find gives %v", err)
			}
			return
		}
		ok(t, err)
		if c.Total != 12 {
			t.Errorf("read back %d", c.Total)
		}
		idle(t, em)
		c.Count = 5
		ok(t, em.Flush(t.Context()))
		ok(t, em.Refresh(t.Context(), c))
		if c.Total != 15 || c.Words != 4 {
			t.Errorf("refreshed %+v", c)
		}
		for _, where := range []orm.M{{"total": 15}, {"total:gt": 10}, {"words": 4}, {"words:gte": 3}} {
			got, err := orm.Find[Computed](t.Context(), e.db.Fork(), where)
			ok(t, err)
			if len(got) != 1 || got[0].Total != 15 || got[0].Words != 4 {
				t.Errorf("%v gives %+v", where, got)
			}
		}
		for _, order := range []string{"-total", "-words"} {
			em := e.db.Fork()
			got, err := orm.Find[Computed](t.Context(), em, nil, orm.OrderBy(order))
			ok(t, err)
			if len(got) != 2 || got[0].ID != 1 {
				t.Errorf("%s: %+v", order, got)
			}
			idle(t, em)
		}
	})
}

// Letters has a body that is not read unless asked for.
type Letters struct {
	ID   int64 `orm:",assigned"`
	To   string
	Body string `orm:",lazy"`
	Memo *place `orm:",lazy,json"`
}

func TestLazy(t *testing.T) {
	engines(t, []any{Letters{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&Letters{ID: 1, To: "a", Body: "long", Memo: &place{City: "Oslo"}})
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		em = e.db.Fork()
		l, err := orm.FindOneOrFail[Letters](t.Context(), em, orm.M{"body": "long"}, orm.OrderBy("body"))
		ok(t, err)
		if l.Body != "" || l.Memo != nil || loaded(t, em, l, "body") {
			t.Errorf("read unasked: %+v", l)
		}
		l.To = "b"
		ok(t, em.Flush(t.Context())) // the body is not written
		ok(t, orm.Load(t.Context(), em, l, "body"))
		if l.Body != "long" || l.Memo != nil || !loaded(t, em, l, "body") {
			t.Errorf("loaded %+v", l)
		}
		idle(t, em)
		l.Body = "longer"
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		l, err = orm.FindOneOrFail[Letters](t.Context(), em, 1, orm.Populate("body", "memo"))
		ok(t, err)
		if l.To != "b" || l.Body != "longer" || l.Memo == nil || l.Memo.City != "Oslo" {
			t.Errorf("read %+v", l)
		}
		idle(t, em)
	})
}

func loaded(t *testing.T, em *orm.EntityManager, owner any, property string) bool {
	t.Helper()
	yes, err := orm.IsLoaded(em, owner, property)
	ok(t, err)
	return yes
}

// base is a generic base with unexported fields.
type base[K comparable] struct {
	ID     K
	secret string    `orm:",length=20"`
	Made   time.Time `orm:",precision=3"`
}

// Based has what its base has, and unexported fields.
type Based struct {
	base[int32]
	Name  string
	rank  *int  `orm:"the_rank"`
	inner place `orm:",prefix=in_"`
}

func TestBasesAndUnexportedFields(t *testing.T) {
	two := 2
	rows := []*Based{
		{base: base[int32]{ID: 1, secret: "x", Made: utc(2024, 1, 1)}, Name: "a", rank: &two, inner: place{"Oslo", spot{1, 2}}},
		{base: base[int32]{ID: 2}, Name: "b"},
	}
	engines(t, []any{Based{}}, func(t *testing.T, e engine) {
		kinds(t, e, rows)
		got, err := orm.FindOneOrFail[Based](t.Context(), e.db.Fork(), orm.M{"secret": "x", "rank:gt": 1, "inner.city": "Oslo"})
		ok(t, err)
		if got.secret != "x" || *got.rank != 2 || got.inner.Spot.Y != 2 {
			t.Errorf("got %+v", got)
		}
	})
}

// Clocked has a time as the optimistic lock.
type Clocked struct {
	ID   int64 `orm:",assigned"`
	Name string
	At   time.Time `orm:",version,precision=3"`
}

func TestVersionByTime(t *testing.T) {
	engines(t, []any{Clocked{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		c := &Clocked{ID: 1, Name: "a"}
		em.Persist(c)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		if time.Since(c.At) > time.Minute {
			t.Errorf("version %v", c.At)
		}
		other := e.db.Fork()
		stale, err := orm.FindOneOrFail[Clocked](t.Context(), other, 1)
		ok(t, err)
		for range 3 {
			before := c.At
			c.Name += "x"
			ok(t, em.Flush(t.Context()))
			if !c.At.After(before) {
				t.Errorf("the version went from %v to %v", before, c.At)
			}
		}
		idle(t, em)
		stale.Name = "stale"
		if err := other.Flush(t.Context()); !errors.Is(err, orm.ErrOptimisticLock) {
			t.Errorf("a stale write gives %v", err)
		}
	})
}

// Envelopes leads to letters.
type Envelopes struct {
	ID     int64 `orm:",assigned"`
	Letter rel.Ref[Letters]
}

func TestLazyBehindARelation(t *testing.T) {
	engines(t, []any{Letters{}, Envelopes{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		letter := &Letters{ID: 1, To: "a", Body: "long"}
		em.Persist(&Envelopes{ID: 1, Letter: rel.To(letter)})
		ok(t, em.Flush(t.Context()))
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			em := e.db.Fork()
			got, err := orm.FindOneOrFail[Envelopes](t.Context(), em, 1, orm.Populate("letter.body"), orm.Strategy(strategy))
			ok(t, err)
			if l := got.Letter.Get(); l.Body != "long" || l.To != "a" || loaded(t, em, l, "memo") {
				t.Errorf("%s: %+v", strategy, l)
			}
			idle(t, em)
		}
		em = e.db.Fork()
		got, err := orm.FindOneOrFail[Envelopes](t.Context(), em, 1, orm.Populate("letter"))
		ok(t, err)
		l := got.Letter.Get()
		if loaded(t, em, l, "body") {
			t.Error("read unasked")
		}
		ctx, stats := orm.WithStats(t.Context())
		ok(t, orm.Load(ctx, em, got, "letter"))
		if n := stats.Statements(); n != 0 {
			t.Errorf("%d statements for a letter that is there", n)
		}
		ok(t, orm.Load(ctx, em, got, "letter.body"))
		ok(t, orm.Load(ctx, em, got, "letter.body"))
		if n := stats.Statements(); n != 1 || l.Body != "long" {
			t.Errorf("%d statements, %+v", n, l)
		}
		idle(t, em)
	})
}
