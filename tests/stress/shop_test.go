package stress_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

const (
	items  = 20
	labels = 5
	supply = 1_000_000 // of each item at the start
)

// item is stock that all orders take from.
type item struct {
	ID      int64
	Stock   int64
	Version int `orm:",version"`
}

// purchase owns its lines, and has labels.
type purchase struct {
	ID     int64
	Clerk  int
	Lines  rel.Collection[line] `orm:",mappedBy=Purchase,cascade=persist|remove,orphanRemoval"`
	Labels rel.Collection[label]
}

type line struct {
	ID       int64
	Purchase rel.Ref[purchase] `orm:",required"`
	Item     rel.Ref[item]     `orm:",required"`
	Quantity int64
}

type label struct {
	ID   int64
	Name string
}

// shop is a database where what the lines hold and what is in stock add up to the
// supply of each item, in every snapshot.
type shop struct {
	db   *orm.DB
	caps *driver.Caps
	done []atomic.Int64 // by task
	late atomic.Int64
	runs atomic.Int64
}

// clerk works with the purchases it has made.
type clerk struct {
	shop      *shop
	number    int
	purchases []int64
	wish      wish
}

// wish is what a customer asks for. It stays the same when the task runs again.
type wish struct {
	items    []int64 // in any order, each once
	quantity int64
	labels   int
	purchase int64 // one of the clerk's, 0 when there is none
}

func (c *clerk) listen() {
	c.wish = wish{quantity: rand.Int64N(9) + 1, labels: rand.IntN(labels + 1)}
	for _, i := range rand.Perm(items)[:rand.IntN(3)+1] {
		c.wish.items = append(c.wish.items, int64(i)+1)
	}
	if len(c.purchases) > 0 {
		c.wish.purchase = c.purchases[rand.IntN(len(c.purchases))]
	}
}

// tasks are the mixed work. They run in a transaction that may run again.
var tasks = [...]struct {
	name string
	run  func(c *clerk, ctx context.Context, em *orm.EntityManager) (after func(), err error)
}{
	{"place", (*clerk).place},
	{"place, after an inner failure", (*clerk).placeNested},
	{"place, writing one by one", (*clerk).placeSlowly},
	{"change", (*clerk).change},
	{"cancel", (*clerk).cancel},
	{"look at", (*clerk).look},
	{"stream", (*clerk).stream},
}

func TestShopAddsUp(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s := &shop{db: open(t, e.open(t), item{}, purchase{}, line{}, label{}), done: make([]atomic.Int64, len(tasks))}
			s.caps = s.db.Engine().Caps()
			s.stock(t)
			s.trade(t, e.goroutines)
			ok(t, s.audit(t.Context()))
			idle(t, s.db)
			for i := range tasks {
				if s.done[i].Load() == 0 {
					t.Errorf("nobody came to %q", tasks[i].name)
				}
				t.Logf("%-30s %6d", tasks[i].name, s.done[i].Load())
			}
			t.Logf("%d goroutines, %d runs, %d cancelled", e.goroutines, s.runs.Load(), s.late.Load())
		})
	}
}

func (s *shop) stock(t *testing.T) {
	t.Helper()
	em := s.db.Fork()
	for i := range items {
		em.Persist(&item{Stock: supply})
		if i < labels {
			em.Persist(&label{Name: fmt.Sprintf("label %d", i)})
		}
	}
	ok(t, em.Flush(t.Context()))
}

// trade lets clerks work while an auditor looks on.
func (s *shop) trade(t *testing.T, goroutines int) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	end := time.Now().Add(*stressFor)
	var clerks, auditor sync.WaitGroup
	auditor.Go(func() {
		for ctx.Err() == nil && !t.Failed() {
			if err := s.audit(ctx); err != nil && ctx.Err() == nil {
				t.Errorf("an audit on the way: %v", err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	for number := range goroutines {
		clerks.Go(func() {
			c := &clerk{shop: s, number: number}
			for time.Now().Before(end) && !t.Failed() {
				if err := c.work(t.Context()); err != nil {
					t.Errorf("a task failed: %v", err)
				}
			}
		})
	}
	clerks.Wait()
	stop()
	auditor.Wait()
}

// work does one task, some of them in a hurry.
func (c *clerk) work(ctx context.Context) error {
	if rand.IntN(hurry) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(10_000))*time.Microsecond)
		defer cancel()
	}
	at := rand.IntN(len(tasks))
	c.listen()
	var after func()
	err := c.shop.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) (err error) {
		c.shop.runs.Add(1)
		after, err = tasks[at].run(c, ctx, em)
		return err
	}, orm.Retry(retries))
	switch {
	case err == nil:
		c.shop.done[at].Add(1)
		if after != nil {
			after()
		}
	case driver.Ended(ctx) != nil && overtaken(err):
		c.shop.late.Add(1)
	default:
		return fmt.Errorf("%s: %w", tasks[at].name, err)
	}
	return nil
}

// place makes a purchase of one to three lines.
func (c *clerk) place(ctx context.Context, em *orm.EntityManager) (func(), error) {
	found, err := orm.Find[item](ctx, em, c.wish.items)
	if err != nil {
		return nil, err
	}
	p := &purchase{Clerk: c.number}
	for _, i := range found {
		i.Stock -= c.wish.quantity
		p.Lines.Add(&line{Item: orm.To(i), Quantity: c.wish.quantity})
	}
	em.Persist(p)
	return func() { c.purchases = append(c.purchases, p.ID) }, c.label(ctx, em, p)
}

// placeSlowly reads each item after the one before was changed, so that the flush
// before the read locks items in the order of the wish: units meet in deadlocks.
func (c *clerk) placeSlowly(ctx context.Context, em *orm.EntityManager) (func(), error) {
	p := &purchase{Clerk: c.number}
	for _, id := range c.wish.items {
		i, err := orm.FindOneOrFail[item](ctx, em, id)
		if err != nil {
			return nil, err
		}
		i.Stock -= c.wish.quantity
		p.Lines.Add(&line{Item: orm.To(i), Quantity: c.wish.quantity})
	}
	em.Persist(p)
	return func() { c.purchases = append(c.purchases, p.ID) }, nil
}

// label gives a purchase other labels.
func (c *clerk) label(ctx context.Context, em *orm.EntityManager, p *purchase) error {
	all, err := orm.Find[label](ctx, em, orm.M{"id <=": c.wish.labels})
	if err != nil {
		return err
	}
	p.Labels.Set(all...)
	return nil
}

var errInner = errors.New("the inner scope fails")

// placeNested makes a purchase after one in an inner scope, which is rolled back
// when it has been written.
func (c *clerk) placeNested(ctx context.Context, em *orm.EntityManager) (func(), error) {
	var lost *purchase
	err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		i, err := orm.FindOneOrFail[item](ctx, em, c.wish.items[0])
		if err != nil {
			return err
		}
		i.Stock -= 5
		lost = &purchase{Clerk: c.number}
		lost.Lines.Add(&line{Item: orm.To(i), Quantity: 5})
		em.Persist(lost)
		if err := em.Flush(ctx); err != nil {
			return err
		}
		return errInner
	})
	if !errors.Is(err, errInner) {
		return nil, err
	}
	if lost.ID != 0 {
		return nil, fmt.Errorf("purchase %d was rolled back and keeps its key", lost.ID)
	}
	em.Clear() // the changes of the inner scope are still pending
	return c.place(ctx, em)
}

// mine reads the purchase of the wish, nil when there is none.
func (c *clerk) mine(ctx context.Context, em *orm.EntityManager) (*purchase, error) {
	if c.wish.purchase == 0 {
		return nil, nil
	}
	return orm.FindOneOrFail[purchase](ctx, em, c.wish.purchase, orm.Populate("lines.item", "labels"))
}

// change takes another quantity, adds or removes a line, and gives other labels.
func (c *clerk) change(ctx context.Context, em *orm.EntityManager) (func(), error) {
	p, err := c.mine(ctx, em)
	if err != nil || p == nil {
		return nil, err
	}
	other, err := orm.FindOneOrFail[item](ctx, em, c.wish.items[0])
	if err != nil {
		return nil, err
	}
	if err := c.label(ctx, em, p); err != nil {
		return nil, err
	}
	lines := p.Lines.Items()
	lines[0].Quantity += c.wish.quantity
	lines[0].Item.Get().Stock -= c.wish.quantity
	if last := lines[len(lines)-1]; len(lines) > 1 {
		last.Item.Get().Stock += last.Quantity
		p.Lines.Remove(last)
		return nil, nil
	}
	other.Stock -= 2
	p.Lines.Add(&line{Item: orm.To(other), Quantity: 2})
	return nil, nil
}

// cancel gives everything back and removes the purchase with its lines and links.
func (c *clerk) cancel(ctx context.Context, em *orm.EntityManager) (func(), error) {
	p, err := c.mine(ctx, em)
	if err != nil || p == nil {
		return nil, err
	}
	for _, l := range p.Lines.Items() {
		l.Item.Get().Stock += l.Quantity
	}
	em.Remove(p)
	return func() {
		c.purchases = slices.DeleteFunc(c.purchases, func(id int64) bool { return id == c.wish.purchase })
	}, nil
}

// look reads the clerk's purchases, which nobody else changes.
func (c *clerk) look(ctx context.Context, em *orm.EntityManager) (func(), error) {
	found, err := orm.Find[purchase](ctx, em, orm.M{"clerk": c.number}, orm.Populate("lines", "labels"))
	if err == nil && len(found) != len(c.purchases) {
		err = fmt.Errorf("clerk %d finds %d purchases of %d", c.number, len(found), len(c.purchases))
	}
	return nil, errors.Join(err, whole(found...))
}

// stream reads purchases of all clerks.
func (c *clerk) stream(ctx context.Context, em *orm.EntityManager) (func(), error) {
	n := 0
	for p, err := range orm.Stream[purchase](ctx, em, orm.M{"clerk:ne": c.number}, orm.Populate("lines"), orm.ReadOnly()) {
		if err != nil {
			return nil, err
		}
		if n++; n == 300 {
			break
		}
		if p.Clerk == c.number {
			return nil, fmt.Errorf("clerk %d finds a purchase of its own", c.number)
		}
	}
	return nil, nil
}

// whole reports purchases without lines.
func whole(list ...*purchase) error {
	for _, p := range list {
		if p.Lines.Len() == 0 {
			return fmt.Errorf("purchase %d has no lines", p.ID)
		}
	}
	return nil
}

// audit adds everything up as one snapshot sees it.
func (s *shop) audit(ctx context.Context) error {
	opts := []orm.TxOption{orm.ReadOnlyTx()}
	if s.caps.RowLocks {
		opts = append(opts, orm.Isolation(driver.RepeatableRead)) // elsewhere transactions are snapshots anyway
	}
	return s.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		held := map[int64]int64{}
		stock, err := orm.Find[item](ctx, em, nil, orm.ReadOnly())
		if err != nil {
			return err
		}
		purchases, err := orm.Find[purchase](ctx, em, nil, orm.Populate("lines"), orm.ReadOnly())
		if err != nil {
			return err
		}
		if err := whole(purchases...); err != nil {
			return err
		}
		for _, p := range purchases {
			for _, l := range p.Lines.Items() {
				held[l.Item.Key().(int64)] += l.Quantity
			}
		}
		for _, i := range stock {
			if i.Stock+held[i.ID] != supply {
				return fmt.Errorf("of item %d there are %d in stock and %d in purchases", i.ID, i.Stock, held[i.ID])
			}
		}
		return nil
	}, opts...)
}
