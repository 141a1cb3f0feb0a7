package behaviour_test

import (
	"database/sql"
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
	S     rel.Opt[string] `orm:",default='it''s',length=20"`
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

// Written has defaults in every spelling, on every kind of field that can be left out.
type Written struct {
	ID     int64            `orm:",assigned"`
	Quoted *string          `orm:",default='m',length=20"`
	Comma  *string          `orm:",default='a, ''b''',length=20"`
	Empty  *string          `orm:",default='',length=20"`
	Digits *string          `orm:",default='007',length=20"`
	Word   *string          `orm:",default='null',length=20"`
	Nulled *string          `orm:",default=null,length=20"`
	None   *int             `orm:",default=NULL"`
	N      *int             `orm:",default=-3"`
	F      *float64         `orm:",default=0.25"`
	B      *bool            `orm:",default=false"`
	At     *time.Time       `orm:",default=current_timestamp,precision=3"`
	Cost   *string          `orm:",default=1.5,type=decimal,precision=10,scale=2"`
	Mood   *string          `orm:",enum=good|bad,default='bad'"`
	Must   *string          `orm:",required,default='there',length=20"`
	Opt    rel.Opt[string]  `orm:",default='o',length=20"`
	SQL    sql.Null[string] `orm:",default='s',length=20"`
	Home   struct {
		City *string `orm:",default='Bonn',length=20"`
	}
	Away *struct {
		City *string         `orm:",default='Oslo',length=20"`
		Zip  rel.Opt[string] `orm:",default='1',length=20"`
		Note *string
	}
}

// leftOut is what a new row has when nothing was assigned.
func leftOut(id int64) *Written {
	w := &Written{
		ID: id, Quoted: ptr("m"), Comma: ptr("a, 'b'"), Empty: ptr(""), Digits: ptr("007"), Word: ptr("null"), N: ptr(-3), F: ptr(0.25), B: ptr(false),
		Cost: ptr("1.50"), Mood: ptr("bad"), Must: ptr("there"), Opt: rel.Some("o"),
	}
	w.Home.City = ptr("Bonn")
	return w
}

// TestWrittenDefaults leaves nil pointers to the database and reads them back; NULL
// over a default is written where it was asked for.
func TestWrittenDefaults(t *testing.T) {
	engines(t, []any{Written{}}, func(t *testing.T, e engine) {
		check := func(what string, id int64, got *Written) {
			t.Helper()
			now := got.At
			if now == nil || time.Since(*now).Abs() > time.Hour {
				t.Errorf("%s: the time is %v", what, now)
			}
			want := leftOut(id)
			want.At = now
			if encode(t, got) != encode(t, want) {
				t.Errorf("%s: got %s, want %s", what, encode(t, got), encode(t, want))
			}
		}
		em := e.db.Fork()
		flushed, many := &Written{ID: 1}, &Written{ID: 2}
		em.Persist(flushed)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		check("flush", 1, flushed)
		ok(t, orm.BulkInsert(t.Context(), em, []*Written{many}))
		check("bulk insert", 2, many)
		ok(t, orm.BulkUpsert(t.Context(), em, []*Written{{ID: 3}}))
		for _, id := range []int64{1, 2, 3} {
			got, err := orm.FindOneOrFail[Written](t.Context(), e.db.Fork(), id)
			ok(t, err)
			check("read", id, got)
		}
		em.Persist(&Written{ID: 5, Opt: rel.Null[string]()})
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		_, err := orm.NativeInsert[Written](t.Context(), em, orm.M{"id": 6, "quoted": nil, "opt": nil})
		ok(t, err)
		n, err := orm.Count[Written](t.Context(), e.db.Fork(), orm.M{"opt": nil, "id": []int{5, 6}})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d rows have NULL over a default", n)
		}
		six, err := orm.FindOneOrFail[Written](t.Context(), e.db.Fork(), 6)
		ok(t, err)
		if six.Quoted != nil || six.SQL.V != "s" || six.Must == nil || *six.Must != "there" || *six.Away.City != "Oslo" {
			t.Errorf("a row given as a map: %s", encode(t, six))
		}
		flushed.Quoted = nil
		ok(t, em.Flush(t.Context()))
		if n, err = orm.Count[Written](t.Context(), e.db.Fork(), orm.M{"quoted": nil}); err != nil || n != 2 {
			t.Errorf("%d rows without the text, %v: an update to nil is NULL", n, err)
		}
	})
}

// TestAbsentStaysAbsent keeps made values out of embeddables that are not there.
func TestAbsentStaysAbsent(t *testing.T) {
	type Trip struct {
		ID   int64 `orm:",assigned"`
		Name string
		Back *struct {
			Made    time.Time `orm:",onCreate=now,precision=3"`
			Touched time.Time `orm:",onUpdate=now,precision=3"`
			Code    string    `orm:",default='x',optional,length=5"`
		}
	}
	engines(t, []any{Trip{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		trip := &Trip{ID: 1}
		em.Persist(trip)
		ok(t, em.Flush(t.Context()))
		trip.Name = "there"
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		got, err := orm.FindOneOrFail[Trip](t.Context(), e.db.Fork(), 1)
		ok(t, err)
		if trip.Back != nil || got.Back != nil {
			t.Errorf("an absent embeddable came into being: %+v, %+v", trip.Back, got.Back)
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
		_, err = orm.NativeInsert[Computed](t.Context(), em, orm.M{"id": 3, "price": 1, "count": 1, "total": 1})
		if !errors.Is(err, orm.ErrStep) {
			t.Errorf("a native insert of what is generated: %v", err)
		}
		_, err = orm.NativeUpdate[Computed](t.Context(), em, orm.M{"id": 1}, orm.M{"total": 1})
		if !errors.Is(err, orm.ErrStep) {
			t.Errorf("a native update of what is generated: %v", err)
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
