package contest

import (
	"context"
	"fmt"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
	weftmysql "github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"

	"github.com/weft-orm/weft/bench/internal/wide"
)

// weft is how users of weft write it; opts are what an entrant adds to each find.
type weft struct {
	e    *Engine
	db   *orm.DB
	opts []orm.FindOption
}

func (e *Engine) connector() (driver.Connector, *Wire) {
	switch e.Name {
	case "sqlite":
		return sqlite.File(e.dsn, sqlite.Pragma("synchronous", "normal")), nil
	case "postgres":
		w := postgresWire()
		return postgres.URL(e.dsn, postgres.Configure(func(c *pgxpool.Config) {
			c.ConnConfig.DialFunc = w.Dial
			// A connection that was idle for a second is pinged, which would be counted on a slow machine.
			c.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
		})), w
	}
	w := mysqlWire()
	return weftmysql.DSN(e.dsn, weftmysql.Configure(func(c *mysql.Config) { c.DialFunc = w.Dial })), w
}

func openWeft(ctx context.Context, e *Engine, name string, opts ...orm.FindOption) (*Entrant, *weft, error) {
	c, wire := e.connector()
	db, err := orm.Open(ctx, c, orm.Entities(Item{}, author{}, book{}, tag{}))
	if err != nil {
		return nil, nil, err
	}
	w := &weft{e: e, db: db, opts: opts}
	x := &Entrant{Name: name, wire: wire, Close: func() { db.Close() }}
	if wire == nil {
		var stats *orm.Stats
		x.Context = func(ctx context.Context) context.Context { ctx, stats = orm.WithStats(ctx); return ctx }
		x.Count = func() int64 { return stats.Statements() }
	}
	return x, w, nil
}

// openManaged is weft with its unit of work.
func openManaged(ctx context.Context, e *Engine) (*Entrant, error) {
	x, w, err := openWeft(ctx, e, "weft")
	if err != nil {
		return nil, err
	}
	s := e.Sizes
	x.Jobs = w.reads()
	add := map[string]*Job{
		InsertFlush: writing(w.insertFlush),
		InsertMany: writing(func(ctx context.Context) error {
			return orm.BulkInsert(ctx, w.db.Fork(), newItems(s.Write, s.firstNew()))
		}),
		Update:     preparing(w.given, w.update),
		LoadChange: writing(w.loadChange),
		DeleteRows: preparing(w.given, func(ctx context.Context, u weftUnit) error {
			for _, it := range u.list {
				u.em.Remove(it)
			}
			return u.em.Flush(ctx)
		}),
		DeleteKeys: writing(func(ctx context.Context) error {
			_, err := orm.NativeDelete[Item](ctx, w.db.Fork(), orm.M{"id": s.keys()})
			return err
		}),
		Graph:     writing(w.persist),
		EachFlush: writing(w.each),
		Clean: preparing(func(ctx context.Context) (weftUnit, error) {
			return w.unit(ctx, orm.M{"id <=": s.Read})
		}, func(ctx context.Context, u weftUnit) error { return u.em.Flush(ctx) }),
		Hold: reading(func(ctx context.Context) (weftUnit, error) {
			return w.unit(ctx, orm.M{"id <=": s.Read})
		}, func(u weftUnit) string { return digestItems(u.list) }),
		Open: writing(func(ctx context.Context) error {
			c, _ := e.connector()
			db, err := orm.Open(ctx, c, orm.Entities(wide.Fifty()...))
			if err != nil {
				return err
			}
			return db.Close()
		}),
	}
	for k, j := range add {
		x.Jobs[k] = j
	}
	return x, nil
}

// openReadOnly is weft without snapshots.
func openReadOnly(ctx context.Context, e *Engine) (*Entrant, error) {
	x, w, err := openWeft(ctx, e, "weft read-only", orm.ReadOnly())
	if err == nil {
		x.Jobs = w.reads()
	}
	return x, err
}

// openStrategy is weft loading along by another strategy.
func openStrategy(ctx context.Context, e *Engine, strategy string) (*Entrant, error) {
	x, w, err := openWeft(ctx, e, "weft "+strategy, orm.Strategy(strategy))
	if err == nil {
		all := w.reads()
		x.Jobs = map[string]*Job{Down: all[Down], Up: all[Up]}
	}
	return x, err
}

// openBulk is weft past the unit of work, where the keys need not come back.
func openBulk(ctx context.Context, e *Engine) (*Entrant, error) {
	x, w, err := openWeft(ctx, e, "weft bulk")
	if err == nil {
		s := e.Sizes
		x.Jobs = map[string]*Job{
			InsertFlush: writing(func(ctx context.Context) error { return orm.BulkInsert(ctx, w.db.Fork(), newItems(s.Write, 0)) }),
			InsertMany: writing(func(ctx context.Context) error {
				return orm.BulkInsert(ctx, w.db.Fork(), newItems(s.Write, s.firstNew()), orm.DiscardGenerated())
			}),
		}
	}
	return x, err
}

func (w *weft) with(opts ...orm.FindOption) []orm.FindOption { return append(opts, w.opts...) }

func (w *weft) reads() map[string]*Job {
	s := w.e.Sizes
	return map[string]*Job{
		ReadAll: reading(func(ctx context.Context) ([]*Item, error) {
			return orm.Find[Item](ctx, w.db.Fork(), orm.M{"id <=": s.Read}, w.opts...)
		}, digestItems),
		List: reading(func(ctx context.Context) ([]*Item, error) {
			return orm.Find[Item](ctx, w.db.Fork(), orm.M{"id >": 2000, "id <=": 10000, "age <": 50}, w.with(orm.OrderBy("id"), orm.Limit(100))...)
		}, digestItems),
		ByKey:  reading(w.byKey, digestItems),
		Nested: reading(w.nested, digestFound),
		Down: reading(func(ctx context.Context) ([]*author, error) {
			return orm.Find[author](ctx, w.db.Fork(), orm.M{"id <=": s.Authors}, w.with(orm.Populate("books.tags"), orm.OrderBy("id"))...)
		}, digestWeftDown),
		Up: reading(func(ctx context.Context) ([]*book, error) {
			return orm.Find[book](ctx, w.db.Fork(), orm.M{"id <=": s.Authors * s.Books}, w.with(orm.Populate("author"), orm.OrderBy("id"))...)
		}, digestWeftUp),
		Stream: reading(w.stream, func(t tally) string { return fmt.Sprint(t) }),
	}
}

func (w *weft) byKey(ctx context.Context) ([]*Item, error) {
	list := make([]*Item, w.e.Sizes.Keys)
	for i := range list {
		var err error
		if list[i], err = orm.FindOneOrFail[Item](ctx, w.db.Fork(), w.e.Sizes.keyAt(i), w.opts...); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (w *weft) nested(ctx context.Context) (f found, err error) {
	list, n, err := orm.FindAndCount[author](ctx, w.db.Fork(), orm.M{"books.tags.name": nestedTag}, w.with(orm.OrderBy("id"), orm.Limit(nestedLimit))...)
	f.count = n
	for _, a := range list {
		f.keys = append(f.keys, a.ID)
	}
	return f, err
}

// stream reads read-only, as one does with rows that are only looked at.
func (w *weft) stream(ctx context.Context) (t tally, err error) {
	for it, err := range orm.Stream[Item](ctx, w.db.Fork(), orm.M{"id <=": w.e.Sizes.Stream}, orm.ReadOnly()) {
		if err != nil {
			return t, err
		}
		t.add(it)
	}
	return t, nil
}

// weftUnit is a manager and entities in it.
type weftUnit struct {
	em   *orm.EntityManager
	list []*Item
}

func (w *weft) unit(ctx context.Context, cond orm.M) (u weftUnit, err error) {
	u.em = w.db.Fork()
	u.list, err = orm.Find[Item](ctx, u.em, cond, orm.OrderBy("id"))
	return u, err
}

func (w *weft) given(ctx context.Context) (weftUnit, error) {
	return w.unit(ctx, orm.M{"id >=": w.e.Sizes.firstNew()})
}

func (w *weft) update(ctx context.Context, u weftUnit) error {
	for _, it := range u.list {
		change(it, w.e.round)
	}
	return u.em.Flush(ctx)
}

func (w *weft) loadChange(ctx context.Context) error {
	u, err := w.given(ctx)
	if err != nil {
		return err
	}
	for _, it := range some(u.list, w.e.Sizes.Changed) {
		change(it, w.e.round)
	}
	return u.em.Flush(ctx)
}

func (w *weft) insertFlush(ctx context.Context) error {
	em := w.db.Fork()
	for _, it := range newItems(w.e.Sizes.Write, 0) {
		em.Persist(it)
	}
	return em.Flush(ctx)
}

func (w *weft) each(ctx context.Context) error {
	em := w.db.Fork()
	for i := range w.e.Sizes.Flushes {
		em.Persist(makeItem(i))
		if err := em.Flush(ctx); err != nil {
			return err
		}
	}
	return nil
}
