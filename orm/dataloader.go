package orm

import (
	"context"
	"runtime"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// defaultWindow is how long the first load of a batch waits for others.
const defaultWindow = time.Millisecond

// Shared makes a fork that many goroutines may use at once, as the resolvers of a GraphQL
// request do. Its operations take turns; and Ref.Load and Collection.Load of the goroutines that
// ask within window of the first (1 millisecond for 0) become one query for each entity type and
// each relation, whatever their number. Each caller gets its own answer and error, and may
// be cancelled by its own context.
//
// What a goroutine got from a Find or a Load it may read. What it has only seen through others it
// must Load first, which is free when it is there: Get, Peek and IsLoaded look without waiting
// for those who load. Relations that are plain pointers are written while they are loaded;
// use Ref. Changing entities needs a lock of your own. Transactions are refused with
// ErrTransaction: fork a manager for each, which [EntityManager.Fork] gives the settings of
// this one, without the sharing.
func Shared(window time.Duration) ForkOption {
	return func(em *EntityManager) {
		if window <= 0 {
			window = defaultWindow
		}
		em.guard.shared = &sync.Mutex{}
		em.batches = &batches{window: window}
	}
}

// batches collects the lazy loads of a shared manager.
type batches struct {
	window time.Duration
	mu     sync.Mutex
	open   *batch // takes requests, nil while there is none
}

// batch is the loads that run together.
type batch struct {
	loads  []lazyLoad
	done   chan struct{}
	errs   map[lazyLoad]error
	failed error // for all of them
	ctx    context.Context
	cancel context.CancelFunc
	left   int // how many still wait
}

// lazyLoad is what one Load asks for: an entity, or a collection of it.
type lazyLoad struct {
	e *slot.Entry
	c *slot.Collection
}

// Fetch loads the entity behind e, or the items of c, together with what others ask
// for. ok is false for managers that are not shared.
func (h *home) Fetch(ctx context.Context, e *slot.Entry, c *slot.Collection) (entity unsafe.Pointer, ok bool, err error) {
	b := h.em.batches
	if b == nil {
		return nil, false, nil
	}
	l := lazyLoad{e, c}
	entity, there, err := h.there(l)
	if there || err != nil {
		return entity, true, err
	}
	if err := b.wait(ctx, h, l); err != nil {
		return nil, true, err
	}
	entity, _, err = h.there(l)
	return entity, true, err
}

// there looks, in turn, whether what is asked for is in memory.
func (h *home) there(l lazyLoad) (entity unsafe.Pointer, there bool, err error) {
	if err := h.em.guard.enter("load"); err != nil {
		return nil, false, err
	}
	defer h.em.guard.leave()
	if l.c == nil {
		return l.e.Entity, h.whole(l.e, nil), nil
	}
	m := unit.Of(l.e)
	p := h.property(m, l.c)
	if p == nil {
		return nil, false, &Error{Class: ErrCopied, Op: "load", Entity: m.Meta.Name, Key: m.Key, Detail: "keep the pointer to the entity the manager handed out"}
	}
	return l.e.Entity, h.whole(l.e, l.c), nil
}

// wait puts a load into the open batch and waits for it. Who opens a batch runs it.
func (b *batches) wait(ctx context.Context, h *home, l lazyLoad) error {
	if err := h.em.db.loads.Canceled(ctx); err != nil {
		return err
	}
	b.mu.Lock()
	mine, leads := b.open, b.open == nil
	if leads {
		mine = &batch{done: make(chan struct{})}
		mine.ctx, mine.cancel = context.WithCancel(context.WithoutCancel(ctx))
		b.open = mine
	}
	mine.loads = append(mine.loads, l)
	mine.left++
	b.mu.Unlock()
	if leads {
		go b.watch(ctx, mine)
		b.lead(h, mine)
	}
	select {
	case <-mine.done:
	case <-ctx.Done():
		if !leads { // or it is done, and watch has told
			b.leave(mine)
		}
		return h.em.db.loads.Canceled(ctx)
	}
	if mine.failed != nil {
		return mine.failed
	}
	return mine.errs[l]
}

// watch takes the leader, who is busy with the batch, out when its context ends.
func (b *batches) watch(ctx context.Context, mine *batch) {
	select {
	case <-mine.done:
	case <-ctx.Done():
		b.leave(mine)
	}
}

// leave cancels the query of a batch that nobody waits for any more. While the batch is open
// others may come.
func (b *batches) leave(mine *batch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if mine.left--; mine.left <= 0 && b.open != mine {
		mine.cancel()
	}
}

// lead waits until no more loads come, closes the batch and runs it.
func (b *batches) lead(h *home, mine *batch) {
	end := time.Now().Add(b.window)
	for n := 0; time.Now().Before(end); {
		runtime.Gosched()
		time.Sleep(b.window / 8)
		b.mu.Lock()
		more := len(mine.loads)
		b.mu.Unlock()
		if more == n && n > 1 {
			break // no other came for a while
		}
		n = more
	}
	b.mu.Lock()
	b.open = nil
	if mine.left <= 0 {
		mine.cancel()
	}
	b.mu.Unlock()
	mine.failed = &Error{Class: ErrConcurrentUse, Op: "load", Detail: "the goroutine that loaded for this one panicked"}
	defer func() {
		close(mine.done)
		mine.cancel()
	}()
	mine.errs, mine.failed = h.loadTogether(mine.ctx, mine.loads)
}

// loadTogether loads entities by type and collections by relation.
func (h *home) loadTogether(ctx context.Context, loads []lazyLoad) (map[lazyLoad]error, error) {
	em := h.em
	if h.cleared {
		return nil, &Error{Class: ErrDetached, Op: "load", Detail: "the entities were cleared from their manager"}
	}
	if err := em.guard.enter("load"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	errs := map[lazyLoad]error{}
	seen := map[lazyLoad]bool{}
	targets, relations, unread := &grouped[*mapper.Entity]{}, &grouped[*mapper.Property]{}, []lazyLoad(nil)
	for _, l := range loads {
		m := unit.Of(l.e)
		switch {
		case seen[l]:
		case l.c != nil:
			relations.add(h.property(m, l.c), m, l)
		case m.Unread:
			unread = append(unread, l)
		default:
			targets.add(m.Meta, m, l)
		}
		seen[l] = true
	}
	for i, e := range targets.keys {
		g := targets.groups[i]
		err := em.loads(ctx, e.Name, strconv.Quote(e.Name))
		if err == nil {
			err = em.loader.Targets(ctx, g.list)
		}
		for j, l := range g.loads {
			if errs[l] = err; err == nil && g.list[j].Entity == nil {
				errs[l] = em.loader.Missed(g.list[j])
			}
		}
	}
	for _, l := range unread { // one by one: each is of an entity that was read in part
		err := em.loads(ctx, unit.Of(l.e).Meta.Name, "the relation that leads to "+unit.Of(l.e).Meta.Name)
		if err == nil {
			err = em.loader.Unread(ctx, unit.Of(l.e))
		}
		errs[l] = err
	}
	for i, p := range relations.keys {
		g := relations.groups[i]
		err := em.loads(ctx, p.Entity.Name+"."+p.Path, strconv.Quote(p.Path))
		if err == nil {
			err = em.loader.Relations(ctx, g.list, p)
		}
		for _, l := range g.loads {
			errs[l] = err
		}
	}
	return errs, em.loadHooks(ctx, em.loader)
}

// grouped are loads by what one query reads, in order of appearance.
type grouped[K comparable] struct {
	keys   []K
	groups []*loadGroup
	at     map[K]*loadGroup
}

type loadGroup struct {
	list  []*managed
	loads []lazyLoad
}

func (g *grouped[K]) add(key K, m *managed, l lazyLoad) {
	group := g.at[key]
	if group == nil {
		if g.at == nil {
			g.at = map[K]*loadGroup{}
		}
		group = &loadGroup{}
		g.keys, g.groups, g.at[key] = append(g.keys, key), append(g.groups, group), group
	}
	group.list, group.loads = append(group.list, m), append(group.loads, l)
}
