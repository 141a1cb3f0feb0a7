package histories_test

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var readInputs = []input{
	{"22 populate of what was emptied", []any{emp33{}, team33{}}, input22},
	{"23 locked read of what was changed", []any{purse23{}}, input23},
	{"24 embedded value refreshed to nil", []any{card24{}}, input24},
	{"31 panic during a read", []any{shy31{}}, input31},
	{"35 added to an entity read in part", []any{post35{}, label35{}}, input35},
}

// 22: what the user emptied is not filled by a read.
func input22(w *world) {
	reads := []struct {
		name string
		read func(w *world, em *orm.EntityManager, e *emp33)
	}{
		{"load", func(w *world, em *orm.EntityManager, e *emp33) {
			w.ok(orm.Load(w.ctx, em, e, "team", "boss", "next", "last"))
		}},
		{"find with populate", func(w *world, em *orm.EntityManager, e *emp33) {
			_, err := orm.Find[emp33](w.ctx, em, nil, orm.Populate("*"))
			w.ok(err)
		}},
		{"find joined", func(w *world, em *orm.EntityManager, e *emp33) {
			_, err := orm.Find[emp33](w.ctx, em, nil, orm.Populate("*"), orm.Strategy("joined"))
			w.ok(err)
		}},
		{"populate all", func(w *world, em *orm.EntityManager, e *emp33) {
			w.ok(orm.PopulateAll(w.ctx, em, []*emp33{e}, orm.Populate("*")))
		}},
	}
	for _, mode := range []orm.FlushMode{orm.FlushCommit, orm.FlushAuto} {
		for _, read := range reads {
			for _, r := range references33 {
				w.each(fmt.Sprintf("mode %d, %s, %s", mode, read.name, r.name), func(w *world) {
					em, e, _, _ := seed33(w)
					em.SetFlushMode(mode)
					r.assign(e, nil)
					read.read(w, em, e)
					w.is("memory", show(e, r.name), "-")
					w.flush(em)
					stored[emp33](w, "Name "+r.name, "e -")
				})
			}
		}
	}
}

type purse23 struct {
	ID    int64
	Name  string
	Coins int
}

// 23: a locking read keeps a change that is not flushed, or flushes it first.
func input23(w *world) {
	for _, mode := range []orm.FlushMode{orm.FlushAuto, orm.FlushCommit, orm.FlushAlways} {
		for name, again := range map[string][]orm.FindOption{
			"the same read": {orm.LockForUpdate()}, "a shared lock": {orm.LockForShare()},
		} {
			w.each(fmt.Sprintf("mode %d, %s", mode, name), func(w *world) {
				w.store(&purse23{Name: "x", Coins: 10})
				em := w.em()
				em.SetFlushMode(mode)
				id := named[purse23](w, em, "x").ID
				err := em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
					x, err := orm.FindOne[purse23](ctx, em, id, orm.LockForUpdate())
					if err != nil {
						return err
					}
					x.Coins += 5
					_, err = orm.FindOne[purse23](ctx, em, id, again...)
					w.is("memory", x.Coins, 15)
					return err
				})
				if errors.Is(err, driver.ErrUnsupported) && !w.caps.RowLocks {
					return // the engine says that it has no locks
				}
				w.ok(err)
				w.idle(em)
				stored[purse23](w, "Name Coins", "x 15")
			})
		}
	}
}

// An embedded value that may be absent.
type (
	address24 struct {
		Street string
		City   string
	}
	card24 struct {
		ID   int64
		Name string
		Work *address24 `orm:",prefix=work_"`
	}
)

// 24: a refresh brings back what the row says: absent is nil.
func input24(w *world) {
	for _, by := range []string{"Refresh", "find with Refresh"} {
		w.each(by, func(w *world) {
			w.store(&card24{Name: "c"})
			em := w.em()
			c := named[card24](w, em, "c")
			c.Work = &address24{Street: "s", City: "t"}
			if by == "Refresh" {
				w.ok(em.Refresh(w.ctx, c))
			} else {
				_, err := orm.Find[card24](w.ctx, em, nil, orm.Overwrite())
				w.ok(err)
			}
			if c.Work != nil {
				w.Errorf("memory: %+v, want nil", *c.Work)
			}
			w.idle(em)
			count[card24](w, orm.M{"work.city": nil, "work.street": nil}, 1)
		})
	}
}

// shy31 panics while a row is read: in its hook, or in the Scanner of its field.
type shy31 struct {
	ID   int64
	Name string
	Mood mood31 `orm:",type=string"`
}

func (s *shy31) OnLoad(context.Context) error {
	if s.Name == "hook" {
		return s.Mood.refuse()
	}
	return nil
}

type mood31 struct{ text string }

// refuse panics; a function of its own, as it would be in a user's code.
func (m mood31) refuse() error {
	var nobody *shy31
	return errors.New(nobody.Name)
}

func (m *mood31) Scan(v any) error {
	m.text = fmt.Sprint(v)
	if b, ok := v.([]byte); ok {
		m.text = string(b)
	}
	if m.text == "boom" {
		return m.refuse()
	}
	return nil
}

// Value implements the interface of values that are written.
func (m mood31) Value() (sqldriver.Value, error) { return m.text, nil }

// 31: a panic of the user's code during a read is an error or passed on; the
// connection goes back either way.
func input31(w *world) {
	for _, row := range []*shy31{{Name: "hook", Mood: mood31{"calm"}}, {Name: "scanner", Mood: mood31{"boom"}}} {
		for _, in := range []string{"find", "stream", "transaction"} {
			w.each(row.Name+", "+in, func(w *world) {
				w.store(&shy31{Name: row.Name, Mood: row.Mood})
				em := w.em()
				err := guarded(func() error {
					switch in {
					case "find":
						_, err := orm.Find[shy31](w.ctx, em, nil)
						return err
					case "stream":
						for _, err := range orm.Stream[shy31](w.ctx, em, nil) {
							if err != nil {
								return err
							}
						}
						return nil
					}
					return em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
						_, err := orm.Find[shy31](ctx, em, nil)
						return err
					})
				})
				if err == nil {
					w.Error("the panic is gone")
				}
				for _, pool := range w.settled() {
					w.is("connections in use", pool.InUse, 0)
				}
				n, err := orm.Count[shy31](w.ctx, w.em(), nil)
				w.ok(err)
				w.is("rows", n, 1)
				// and the unit itself is not held by the read that failed
				n, err = orm.Count[shy31](w.ctx, em, nil)
				w.ok(err)
				w.is("rows", n, 1)
			})
		}
	}
}

// settled waits a moment for connections to come back.
func (w *world) settled() (pools []driver.PoolStats) {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		used := 0
		pools = w.db.PoolStats()
		for _, p := range pools {
			used += p.InUse
		}
		if used == 0 {
			break
		}
	}
	return pools
}

// guarded makes an error of a panic.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return f()
}

// A collection of an entity that was read in part.
type (
	post35 struct {
		ID     int64
		Name   string
		Body   string
		Labels rel.Collection[label35]
	}
	label35 struct {
		ID    int64
		Name  string
		Posts rel.Collection[post35] `orm:",mappedBy=Labels"`
	}
)

// 35: what is pending in a collection is flushed before a query about it, however
// little of the entity was read.
func input35(w *world) {
	for _, mode := range []orm.FlushMode{orm.FlushAuto, orm.FlushAlways} {
		w.each(fmt.Sprintf("owning side, mode %d", mode), func(w *world) {
			w.store(&post35{Name: "p", Body: "b"}, &label35{Name: "l"})
			em := w.em()
			em.SetFlushMode(mode)
			p, l := named[post35](w, em, "p", orm.Fields("name")), named[label35](w, em, "l", orm.Fields("name"))
			p.Labels.Add(l)
			found, err := orm.Find[post35](w.ctx, em, orm.M{"labels.name": "l"})
			w.ok(err)
			w.is("found", len(found), 1)
			w.idle(em)
			stored[post35](w, "Name Body Labels", "p b [l]")
		})
		w.each(fmt.Sprintf("inverse side, mode %d", mode), func(w *world) {
			w.store(&post35{Name: "p", Body: "b"}, &label35{Name: "l"})
			em := w.em()
			em.SetFlushMode(mode)
			p, l := named[post35](w, em, "p", orm.Fields("name")), named[label35](w, em, "l", orm.Fields("name"))
			l.Posts.Add(p)
			found, err := orm.Find[label35](w.ctx, em, orm.M{"posts.name": "p"})
			w.ok(err)
			w.is("found", len(found), 1)
			w.idle(em)
			stored[post35](w, "Name Body Labels", "p b [l]")
		})
	}
}
