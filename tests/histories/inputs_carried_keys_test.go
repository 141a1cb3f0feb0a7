package histories_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var carriedKeyInputs = []input{
	{"66 natural key carried on into the keys of other rows", bills66, input66},
	{"67 natural keys exchanged and carried on", bills66, input67},
	{"68 natural key carried on into scalars, pointers and shared keys", users68, input68},
	{"69 natural key carried on, and rolled back", bills66, input69},
	{"70 natural key changed to which rows of its own table refer", []any{land70{}}, input70},
}

// Keys that hold keys which may change.
type (
	bill66 struct {
		Code  string                 `orm:",pk,length=8"`
		Lines rel.Collection[line66] `orm:",mappedBy=Bill"`
	}
	line66 struct {
		Bill rel.Ref[bill66] `orm:",pk,onUpdate=cascade"`
		No   int             `orm:",pk"`
		Text string
		Subs rel.Collection[sub66] `orm:",mappedBy=Line,cascade=persist|remove"`
	}
	sub66 struct {
		Line rel.Ref[line66] `orm:",pk,onUpdate=cascade"`
		Pos  int             `orm:",pk"`
		Text string
	}
	note66 struct {
		ID   int64
		Text string
		Line rel.Ref[line66]       `orm:",onUpdate=cascade"`
		Tags rel.Collection[sub66] `orm:",onUpdate=cascade"`
	}
)

var bills66 = []any{bill66{}, line66{}, sub66{}, note66{}}

// billsOf shows all rows of a database, in order.
func billsOf(w *world) string {
	w.Helper()
	em := w.em()
	var list []string
	lines, err := orm.Find[line66](w.ctx, em, nil)
	w.ok(err)
	for _, x := range lines {
		list = append(list, fmt.Sprintf("line %v/%d %s", x.Bill.Key(), x.No, x.Text))
	}
	subs, err := orm.Find[sub66](w.ctx, em, nil)
	w.ok(err)
	for _, x := range subs {
		list = append(list, fmt.Sprintf("sub %v/%d %s", x.Line.Key(), x.Pos, x.Text))
	}
	notes, err := orm.Find[note66](w.ctx, em, nil, orm.Populate("tags"))
	w.ok(err)
	for _, x := range notes {
		text := fmt.Sprintf("note %s of %v", x.Text, x.Line.Key())
		for _, tag := range x.Tags.Items() {
			text += fmt.Sprintf(" tag %v/%d", tag.Line.Key(), tag.Pos)
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// chain66 is one row of each type, each of which refers to the one before.
type chain66 struct {
	bill *bill66
	line *line66
	sub  *sub66
	note *note66
}

// chain stores and reads rows below a bill; populated, or each by itself.
func chain(w *world, populated bool) (*orm.EntityManager, *chain66) {
	w.Helper()
	b := &bill66{Code: "A"}
	l := &line66{Bill: orm.To(b), No: 1, Text: "l"}
	s := &sub66{Line: orm.To(l), Pos: 1, Text: "s"}
	n := &note66{Line: orm.To(l), Text: "n"}
	n.Tags.Add(s)
	w.store(b, l, s, n)
	em := w.em()
	em.SetFlushMode(orm.FlushCommit)
	c := &chain66{}
	if populated {
		c.bill = get[bill66](w, em, "A", orm.Populate("lines.subs"))
		c.line = c.bill.Lines.Items()[0]
		c.sub = c.line.Subs.Items()[0]
	} else {
		c.bill = get[bill66](w, em, "A")
	}
	var err error
	c.note, err = orm.FindOneOrFail[note66](w.ctx, em, orm.M{"text": "n"})
	w.ok(err)
	return em, c
}

// rest reads the rows of a chain that were not read.
func (c *chain66) rest(w *world, em *orm.EntityManager) {
	w.Helper()
	var err error
	c.line, err = orm.FindOneOrFail[line66](w.ctx, em, orm.M{"no": 1})
	w.ok(err)
	c.sub, err = orm.FindOneOrFail[sub66](w.ctx, em, orm.M{"pos": 1})
	w.ok(err)
}

// 66: what is written, deleted, referred to and linked by a key that another row's key has been
// carried on into is found by the key it has by then, in the same flush and in later ones.
func input66(w *world) {
	const line, sub, note = "line B/1 l; ", "sub {B 1}/1 s", "note n of {B 1} tag {B 1}/1; "
	for _, change := range []struct {
		name, want string
		do         func(em *orm.EntityManager, c *chain66)
	}{
		{"line written", "line B/1 x; " + note + sub, func(em *orm.EntityManager, c *chain66) { c.line.Text = "x" }},
		{"sub written", line + note + "sub {B 1}/1 x", func(em *orm.EntityManager, c *chain66) { c.sub.Text = "x" }},
		{"line renumbered", "line B/2 l; note n of {B 2} tag {B 2}/1; sub {B 2}/1 s", func(em *orm.EntityManager, c *chain66) { c.line.No = 2 }},
		{"both renumbered", "line B/2 l; note n of {B 2} tag {B 2}/3; sub {B 2}/3 s", func(em *orm.EntityManager, c *chain66) { c.line.No, c.sub.Pos = 2, 3 }},
		{"sub removed", line + "note n of {B 1}", func(em *orm.EntityManager, c *chain66) { em.Remove(c.sub) }},
		{"all removed", "", func(em *orm.EntityManager, c *chain66) { em.Remove(c.note, c.line, c.sub) }},
		{"new line", line + "line B/7 new; " + note + sub, func(em *orm.EntityManager, c *chain66) {
			em.Persist(&line66{Bill: orm.To(c.bill), No: 7, Text: "new"})
		}},
		{"new sub", line + note + sub + "; sub {B 1}/5 new", func(em *orm.EntityManager, c *chain66) {
			em.Persist(&sub66{Line: orm.To(c.line), Pos: 5, Text: "new"})
		}},
		{"new note", line + note + "note new of {B 1} tag {B 1}/1; " + sub, func(em *orm.EntityManager, c *chain66) {
			n := &note66{Line: orm.To(c.line), Text: "new"}
			n.Tags.Add(c.sub)
			em.Persist(n)
		}},
		{"unlinked", line + "note n of {B 1}; " + sub, func(em *orm.EntityManager, c *chain66) { c.note.Tags.Remove(c.sub) }},
		{"new line and sub", line + "line B/7 new; " + note + sub + "; sub {B 7}/1 new", func(em *orm.EntityManager, c *chain66) {
			l := &line66{Bill: orm.To(c.bill), No: 7, Text: "new"}
			em.Persist(l, &sub66{Line: orm.To(l), Pos: 1, Text: "new"})
		}},
	} {
		for _, way := range []string{"at once", "after", "after, in a transaction", "before", "once rolled back", "key rolled back"} {
			for _, populated := range []bool{true, false} {
				w.each(fmt.Sprintf("%s, %s, populated %v", change.name, way, populated), func(w *world) {
					em, c := chain(w, populated)
					rename := func() { c.bill.Code = "B" }
					alter := func() {
						c.rest(w, em)
						change.do(em, c)
					}
					var err error
					switch way {
					case "at once":
						c.rest(w, em)
						rename()
						change.do(em, c)
					case "after":
						rename()
						if err = em.Flush(w.ctx); err == nil {
							alter()
						}
					case "after, in a transaction":
						rename()
						err = em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
							err := em.Flush(ctx)
							if err == nil {
								alter()
							}
							return err
						})
					case "before":
						alter()
						if err = em.Flush(w.ctx); err == nil {
							rename()
						}
					case "once rolled back", "key rolled back":
						c.rest(w, em)
						rename()
						if way == "once rolled back" {
							change.do(em, c)
						}
						err = em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
							if err := em.Flush(ctx); err != nil {
								return err
							}
							return errBack
						})
						if errors.Is(err, errBack) {
							err = nil
						}
						if way == "key rolled back" && err == nil {
							change.do(em, c)
						}
					}
					if err == nil {
						err = em.Flush(w.ctx)
					}
					if unchangeable(w, err) {
						return
					}
					w.ok(err)
					w.idle(em)
					w.is("rows", billsOf(w), change.want)
					if change.name != "all removed" {
						if again, err := orm.FindOne[line66](w.ctx, em, orm.M{"text": c.line.Text}); err != nil || again != c.line && c.line != nil {
							w.Errorf("the row has another pointer: %v", err)
						}
					}
				})
			}
		}
	}
}

// 67: rows below keys that are exchanged, and rows that move from one of them to the other.
func input67(w *world) {
	for _, c := range []struct {
		name, want string
		do         func(em *orm.EntityManager, a, b *bill66, la, lb *line66, sa *sub66)
	}{
		{"written", "line A/2 y; line B/1 x; sub {B 1}/1 z", func(_ *orm.EntityManager, a, b *bill66, la, lb *line66, sa *sub66) {
			a.Code, b.Code = b.Code, a.Code
			la.Text, lb.Text, sa.Text = "x", "y", "z"
		}},
		{"numbers exchanged too", "line A/1 lb; line B/2 la; sub {B 2}/1 sa", func(_ *orm.EntityManager, a, b *bill66, la, lb *line66, _ *sub66) {
			a.Code, b.Code = b.Code, a.Code
			la.No, lb.No = lb.No, la.No
		}},
		{"moved along", "line A/1 la; line A/2 lb; sub {A 1}/1 sa", func(_ *orm.EntityManager, a, b *bill66, la, lb *line66, _ *sub66) {
			a.Code, b.Code = b.Code, a.Code
			la.Bill = orm.To(b)
		}},
		{"moved to a renamed one", "line A/2 lb; line C/5 la; sub {C 5}/1 sa", func(em *orm.EntityManager, a, b *bill66, la, lb *line66, _ *sub66) {
			la.Bill, lb.Bill = orm.To(b), orm.To(a)
			b.Code, la.No = "C", 5
		}},
		{"chain", "line B/1 la; line C/2 lb; sub {B 1}/1 x", func(_ *orm.EntityManager, a, b *bill66, la, lb *line66, sa *sub66) {
			a.Code, b.Code, sa.Text = "B", "C", "x"
		}},
		{"exchanged by all", "line A/2 la; line B/1 lb; sub {A 2}/1 x", func(_ *orm.EntityManager, a, b *bill66, la, lb *line66, sa *sub66) {
			a.Code, b.Code = b.Code, a.Code
			la.Bill, lb.Bill = lb.Bill, la.Bill
			la.No, lb.No = lb.No, la.No
			sa.Text = "x"
		}},
		{"one removed", "line B/2 la; sub {B 2}/1 x", func(em *orm.EntityManager, a, b *bill66, la, lb *line66, sa *sub66) {
			em.Remove(b, lb)
			a.Code, la.No, sa.Text = "B", 2, "x"
		}},
	} {
		w.each(c.name, func(w *world) {
			a, b := &bill66{Code: "A"}, &bill66{Code: "B"}
			la, lb := &line66{Bill: orm.To(a), No: 1, Text: "la"}, &line66{Bill: orm.To(b), No: 2, Text: "lb"}
			w.store(a, b, la, lb, &sub66{Line: orm.To(la), Pos: 1, Text: "sa"})
			em := w.em()
			in := orm.Populate("lines.subs")
			a, b = get[bill66](w, em, "A", in), get[bill66](w, em, "B", in)
			la, lb = a.Lines.Items()[0], b.Lines.Items()[0]
			sa := la.Subs.Items()[0]
			c.do(em, a, b, la, lb, sa)
			err := em.Flush(w.ctx)
			if unchangeable(w, err) {
				return
			}
			w.ok(err)
			w.idle(em)
			w.is("rows", billsOf(w), c.want)
			la.Text, sa.Text = "l2", "s2"
			em.Persist(&sub66{Line: orm.To(la), Pos: 9, Text: "new"})
			w.flush(em)
			x, err := orm.FindOneOrFail[line66](w.ctx, em, orm.M{"text": "l2"})
			w.ok(err)
			y, err := orm.FindOneOrFail[sub66](w.ctx, em, orm.M{"text": "s2"})
			w.ok(err)
			if x != la || y != sa {
				w.Error("a row has another pointer")
			}
		})
	}
}

// Keys that hold that of a user in other ways.
type (
	user68 struct {
		Login string `orm:",pk,length=10"`
		Name  string
	}
	profile68 struct {
		User rel.Ref[user68] `orm:",pk,oneToOne,onUpdate=cascade"`
		Text string
	}
	item68 struct {
		Login string          `orm:",pk,length=10"`
		No    int             `orm:",pk"`
		User  rel.Ref[user68] `orm:",fk=Login,onUpdate=cascade"`
		Text  string
	}
	point68 struct {
		User *user68 `orm:",pk,onUpdate=cascade"`
		No   int     `orm:",pk"`
		Text string
	}
	mark68 struct {
		ID    int64
		Login string          `orm:",length=10"`
		User  rel.Ref[user68] `orm:",fk=Login,onUpdate=cascade"`
		Text  string
	}
)

var users68 = []any{user68{}, profile68{}, item68{}, point68{}, mark68{}}

// 68: the forms of references in a key, read with their targets or without, or in part.
func input68(w *world) {
	for _, way := range []string{"at once", "after", "rolled back", "pointer not read", "in part"} {
		w.each(way, func(w *world) {
			u := &user68{Login: "a"}
			w.store(u, &profile68{User: orm.To(u), Text: "t"}, &item68{User: orm.To(u), Login: "a", No: 1, Text: "t"}, &point68{User: u, No: 1, Text: "t"},
				&mark68{User: orm.To(u), Login: "a", Text: "t"})
			em := w.em()
			u = get[user68](w, em, "a")
			var of, alone []orm.FindOption
			if way != "pointer not read" {
				of = []orm.FindOption{orm.Populate("user")}
			}
			if way == "in part" {
				alone = []orm.FindOption{orm.Fields("text")}
			}
			text := orm.M{"text": "t"}
			p, err := orm.FindOneOrFail[profile68](w.ctx, em, text, alone...)
			w.ok(err)
			i, err := orm.FindOneOrFail[item68](w.ctx, em, text, alone...)
			w.ok(err)
			q, err := orm.FindOneOrFail[point68](w.ctx, em, text, of...)
			w.ok(err)
			k, err := orm.FindOneOrFail[mark68](w.ctx, em, text)
			w.ok(err)
			u.Login = "b"
			switch way {
			case "after":
				err = em.Flush(w.ctx)
			case "rolled back":
				err = em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
					if err := em.Flush(ctx); err != nil {
						return err
					}
					w.is("scalars", i.Login+k.Login, "bb")
					return errBack
				})
				if errors.Is(err, errBack) {
					err = nil
					w.is("scalars", i.Login+k.Login, "aa")
				}
			}
			p.Text, i.Text, q.Text, k.Text = "x", "x", "x", "x"
			if err == nil {
				err = em.Flush(w.ctx)
			}
			if unchangeable(w, err) {
				return
			}
			w.ok(err)
			w.idle(em)
			w.is("scalars", i.Login+k.Login, "bb")
			p2, i2, q2, k2 := get[profile68](w, em, "b"), get[item68](w, em, []any{"b", 1}), get[point68](w, em, []any{"b", 1}), get[mark68](w, em, k.ID)
			if p2 != p || i2 != i || q2 != q || k2 != k {
				w.Error("a row has another pointer")
			}
			f := w.em()
			w.is("texts", get[profile68](w, f, "b").Text+get[item68](w, f, []any{"b", 1}).Text+get[point68](w, f, []any{"b", 1}).Text+get[mark68](w, f, k.ID).Text, "xxxx")
		})
	}
}

// 69: what was read under a key that was carried on has its former key when that is rolled back.
func input69(w *world) {
	w.each("read since", func(w *world) {
		em, c := chain(w, false)
		c.bill.Code = "B"
		err := em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			if err := em.Flush(ctx); err != nil {
				return err
			}
			c.rest(w, em)
			w.is("key", fmt.Sprintf("%v %v %v", c.line.Bill.Key(), c.sub.Line.Key(), c.note.Line.Key()), "B {B 1} {B 1}")
			return errBack
		})
		if unchangeable(w, err) {
			return
		}
		w.fails(err, errBack)
		w.is("key", fmt.Sprintf("%v %v %v", c.line.Bill.Key(), c.sub.Line.Key(), c.note.Line.Key()), "A {A 1} {A 1}")
		c.bill.Code = "A"
		c.line.Text, c.sub.Text = "x", "y"
		w.flush(em)
		w.is("rows", billsOf(w), "line A/1 x; note n of {A 1} tag {A 1}/1; sub {A 1}/1 y")
	})
}

// land70 may refer to itself by a key that changes.
type land70 struct {
	Code string `orm:",pk,length=8"`
	Name string
	Next rel.Ref[land70] `orm:",onUpdate=cascade"`
}

// 70: references within a table follow, or nothing is written.
func input70(w *world) {
	for _, self := range []bool{true, false} {
		w.each(fmt.Sprintf("to itself %v", self), func(w *world) {
			a, b := &land70{Code: "a", Name: "one"}, &land70{Code: "b", Name: "two"}
			w.store(a, b)
			em := w.em()
			a, b = get[land70](w, em, "a"), get[land70](w, em, "b")
			want := "b two <nil>; c one c"
			if a.Next = orm.To(a); !self {
				a.Next, b.Next = rel.Ref[land70]{}, orm.To(a)
				want = "b two c; c one <nil>"
			}
			w.flush(em)
			a.Code, a.Name = "c", "one"
			err := em.Flush(w.ctx)
			if w.caps.OwnReferences {
				w.fails(err, driver.ErrUnsupported, "land70", "next")
				return
			}
			if unchangeable(w, err) {
				return
			}
			w.ok(err)
			w.idle(em)
			list, err := orm.Find[land70](w.ctx, w.em(), nil)
			w.ok(err)
			var text []string
			for _, x := range list {
				text = append(text, fmt.Sprintf("%s %s %v", x.Code, x.Name, x.Next.Key()))
			}
			slices.Sort(text)
			w.is("rows", strings.Join(text, "; "), want)
		})
	}
}
