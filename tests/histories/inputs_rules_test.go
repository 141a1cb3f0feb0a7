package histories_test

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// ruleInputs each hold one rule that no other input depends on.
var ruleInputs = []input{
	{"60 a reference assigned without being read", []any{lock60{}, key60{}, card60{}}, input60},
	{"61 one seat for two", []any{seat61{}, guest61{}}, input61},
	{"62 removal along a reference that was moved", []any{engine62{}, car62{}}, input62},
	{"63 a plan makes no values", []any{note63{}}, input63},
	{"64 an inner scope rolled back, the outer one committed", []any{album64{}, label64{}}, input64},
	{"65 links of a new row, rolled back", []any{album64{}, label64{}}, input65},
}

type lock60 struct {
	ID   int64
	Name string
	Key  rel.Ref[key60] `orm:",oneToOne,mappedBy=Lock"`
	Card *card60        `orm:",oneToOne,mappedBy=Lock"`
}

type key60 struct {
	ID   int64
	Lock rel.Ref[lock60] `orm:",oneToOne"`
}

type card60 struct {
	ID   int64
	Lock *lock60 `orm:",oneToOne"`
}

// 60: what was not read can be assigned all the same, also where the row has no column for it.
func input60(w *world) {
	l, k, c := &lock60{Name: "l"}, &key60{}, &card60{}
	w.store(l, k, c)
	em := w.em()
	key, card := get[key60](w, em, k.ID), get[card60](w, em, c.ID)
	part := get[lock60](w, em, l.ID, orm.Fields("name"))
	part.Key, part.Card = orm.To(key), card
	w.flush(em)
	got := get[lock60](w, w.em(), l.ID, orm.Populate("key", "card"))
	w.is("key and card", got.Key.Get() != nil && got.Card != nil, true)
}

type seat61 struct {
	ID    int64
	Guest rel.Ref[guest61] `orm:",oneToOne,mappedBy=Seat"`
}

type guest61 struct {
	ID   int64
	Name string
	Seat rel.Ref[seat61] `orm:",oneToOne"`
}

// 61: two rows that are made the one of a relation contradict each other, which is found
// before anything is sent.
func input61(w *world) {
	s := &seat61{}
	one, two := &guest61{Name: "one"}, &guest61{Name: "two"}
	w.store(s, one, two)
	em := w.em()
	seat := get[seat61](w, em, s.ID)
	x, y := get[guest61](w, em, one.ID), get[guest61](w, em, two.ID)
	x.Seat, y.Seat = orm.To(seat), orm.To(seat)
	w.fails(em.Flush(w.ctx), orm.ErrConflict, "seat", "guest61")
	y.Seat = orm.To[seat61](nil)
	w.flush(em)
	w.is("guest", get[seat61](w, w.em(), s.ID, orm.Populate("guest")).Guest.Get().Name, "one")
}

type engine62 struct {
	ID   int64
	Name string
}

type car62 struct {
	ID     int64
	Engine rel.Ref[engine62] `orm:",cascade=remove"`
}

// 62: a removal takes what the reference leads to in the end, not what it led to before.
func input62(w *world) {
	old, next := &engine62{Name: "old"}, &engine62{Name: "next"}
	c := &car62{Engine: orm.To(old)}
	w.store(old, next, c)
	em := w.em()
	car, to := get[car62](w, em, c.ID, orm.Populate("engine")), get[engine62](w, em, next.ID)
	car.Engine = orm.To(to)
	em.Remove(car)
	w.flush(em)
	left, err := orm.Find[engine62](w.ctx, w.em(), nil)
	w.ok(err)
	if len(left) != 1 || left[0].Name != "old" {
		w.Errorf("%d engines are left, want the old one", len(left))
	}
}

type note63 struct {
	ID   [16]byte `orm:",pk,type=uuid,onCreate=uuid"`
	Text string
}

// 63: a plan is only looked at; keys are made by the flush.
func input63(w *world) {
	em := w.em()
	n := &note63{Text: "a"}
	em.Persist(n)
	text, err := em.Plan(w.ctx)
	w.ok(err)
	if text == "" || n.ID != [16]byte{} {
		w.Errorf("the plan is %q, the key %v", text, n.ID)
	}
	w.flush(em)
	w.is("text", get[note63](w, w.em(), n.ID).Text, "a")
}

type (
	album64 struct {
		ID     int64
		Name   string
		Labels rel.Collection[label64]
	}
	label64 struct {
		ID     int64
		Name   string
		Albums rel.Collection[album64] `orm:",mappedBy=Labels"`
	}
)

// 64: what an inner scope has flushed and rolled back is a change for the flush of the outer one.
func input64(w *world) {
	if !w.caps.Savepoints {
		w.Skip("no savepoints")
	}
	w.store(&album64{Name: "a"})
	em := w.em()
	x := named[album64](w, em, "a")
	w.ok(em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
		err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			x.Name = "b"
			w.ok(em.Flush(ctx))
			return errBack
		})
		w.is("the inner scope came back", errors.Is(err, errBack), true)
		return nil
	}))
	stored[album64](w, "Name", "b")
}

// 65: a link that was written with a new row and rolled back is written again, from either side.
func input65(w *world) {
	if !w.caps.Transactions {
		w.Skip("no transactions")
	}
	w.store(&label64{Name: "l"})
	for name, link := range map[string]func(*album64, *label64){
		"owning":  func(a *album64, l *label64) { a.Labels.Add(l) },
		"inverse": func(a *album64, l *label64) { l.Albums.Add(a) },
	} {
		em := w.em()
		l, a := named[label64](w, em, "l"), &album64{Name: name}
		em.Persist(a)
		link(a, l)
		w.ok(em.Begin(w.ctx))
		w.ok(em.Flush(w.ctx))
		w.ok(em.Rollback(w.ctx))
		w.flush(em)
		count[album64](w, orm.M{"name": name, "labels.name": "l"}, 1)
	}
}
