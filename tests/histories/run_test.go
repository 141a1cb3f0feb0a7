package histories_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// run plays a history on a database and on the model.
type run struct {
	*stage
	ctx context.Context
	m   *model
	em  *orm.EntityManager
	// ptr are the entities that the unit handed out, or was given.
	ptr    map[int]any
	keys   map[int]string
	mode   orm.FlushMode
	result []any
	steps  []step
	scopes []*scope
	// failure is the first difference.
	failure string
	// done are the steps that were not left out, ghosts those whose flush or
	// transaction came to nothing, cleared those at which the unit was cleared on the way.
	done, ghosts, cleared map[int]bool
	traces                map[int]*trace
	// autoFlushed are reads that wrote first, backs transactions that came to nothing.
	autoFlushed map[int]bool
	// keeps are, by position, the entities whose rows were deleted when a plain slice was
	// replaced inside of a transaction: they are in it again when that is rolled back.
	keeps map[int]map[int]bool
	// left are, by position, the entities that a stream let go.
	left map[int][]int
	// takes are, by position, upserts of entities that the unit had.
	takes map[int]bool
	// former are, by position, the pointers of what was upserted before.
	former map[int]any
	// gave are, by position, the values that a refresh gave: what a flush of the transaction had stored.
	gave map[int][]any
	// upserted are the values that entities had before an upsert of the open transaction, which writes
	// what is not there without it.
	upserted map[int][]any
	known    map[int]bool // before the stream at hand
	// stays asks for entities of a stream to be kept, which how full the unit is decides else.
	stays func(h int) bool
	// flushes wrote, refusals had to be.
	flushes, refusals int
	backs             []backing
	// more draws another step, nil when all are there.
	more func() bool
	// plans asks for plans where something came to nothing.
	plans bool
	at    int
}

// stage is a database to play on, for one history after the other.
type stage struct {
	*project
	db     *orm.DB
	wire   *wire
	caps   *driver.Caps
	reader *reader
	sql    bool
	// server says that the engine is another process, turns counts what is played on it in turn.
	server bool
	turns  int
	tally  *tally
	// planted is a fault of the engine while histories are played.
	planted *fault
}

// scope is an open transaction, or a nested one.
type scope struct {
	saved  *model
	log    []logged
	begin  int
	nested bool
	// past says that something was written past the unit, or forgotten.
	past bool
	// ends are the positions of flushes, begins and ends within, to be ghosts when it is rolled back.
	ends []int
}

func (s *stage) start(ctx context.Context, steps []step, plans bool) *run {
	return &run{stage: s, ctx: ctx, m: newModel(s.project), em: s.db.Fork(), ptr: map[int]any{}, keys: map[int]string{}, steps: steps,
		done: map[int]bool{}, ghosts: map[int]bool{}, cleared: map[int]bool{}, traces: map[int]*trace{}, autoFlushed: map[int]bool{}, keeps: map[int]map[int]bool{}, left: map[int][]int{}, takes: map[int]bool{}, former: map[int]any{}, gave: map[int][]any{}, upserted: map[int][]any{}, plans: plans}
}

// fail notes the first difference.
func (r *run) fail(format string, args ...any) {
	if r.failure == "" {
		r.failure = fmt.Sprintf("step %d: ", r.at+1) + fmt.Sprintf(format, args...)
	}
}

// play plays all steps, ends what is open and compares for the last time.
func (r *run) play() string {
	if r.wire.fault = r.planted; r.planted != nil {
		r.planted.times = 1 << 30
	}
	defer func() { r.wire.fault = nil }()
	for i := 0; r.failure == "" && r.has(i); {
		i = r.step(i)
	}
	r.at = len(r.steps)
	if r.failure == "" && len(r.scopes) > 0 {
		r.rollBack()
	}
	if r.failure == "" {
		r.compareTables()
		r.compareReadBack()
	}
	if r.em.InTransaction() {
		_ = guarded(func() error { return r.em.Rollback(r.ctx) })
	}
	r.wire.calm()
	return r.failure
}

// has reports that there is a step at a position, which may be drawn now.
func (r *run) has(i int) bool { return i < len(r.steps) || r.more != nil && r.more() }

// step plays one step and returns the position of the next.
func (r *run) step(i int) int {
	st := r.steps[i]
	r.at = i
	a := actions[st.Do]
	switch {
	case a == nil:
		r.fail("no such action: %s", st)
	case st.Do == "nest":
		return r.nest(i)
	case a.whole != nil:
		r.done[i] = a.whole(r, st)
	case a.alone && len(r.scopes) > 0 && !(a.beside && r.caps.RowLocks) || a.inside && len(r.scopes) == 0:
	case a.may(r.m, st) && a.read:
		r.done[i] = r.readStep(a, st)
	case a.may(r.m, st):
		r.done[i] = true
		r.userStep(a, st)
	}
	return i + 1
}

// userStep does what touches memory alone.
func (r *run) userStep(a *action, st step) {
	if len(r.scopes) > 0 && r.m.replacedSlice(st) != nil {
		r.keeps[r.at] = r.missed()
	}
	if err := guarded(func() error { return a.do(r, st) }); err != nil {
		r.fail("%s: %v", st, err)
		return
	}
	says := r.m.says(st)
	a.mean(r.m, st)
	r.log(st, says)
}

// logged is a step of the user within a transaction.
type logged struct {
	step
	keeps map[int]bool
	// former is the pointer before an upsert.
	former any
	// gave are the values of a refresh that gave up no reference.
	gave []any
	// says reports a step that anybody can see, for it leaves another value than was there.
	says bool
}

func (r *run) log(st step, says bool) {
	for _, s := range r.scopes {
		s.past = s.past || st.isPast() || st.Do == "upsert" || actions[st.Do].forgets
		s.log = append(s.log, logged{st, r.keeps[r.at], r.former[r.at], r.gave[r.at], says})
	}
}

// readStep reads, and finds out whether pending changes were written before.
func (r *run) readStep(a *action, st step) bool {
	out := r.m.settle()
	if !a.may(r.m, st) || r.mode != orm.FlushCommit && (out.unclear != "" || len(out.errs) > 0 || r.cannot(out) || !a.may(out.next, st)) {
		return false // a read that would have to fail is tested by flushes
	}
	before, was := r.wire.writes+a.writes, r.m
	if a.more != nil {
		before += a.more(r, st)
	}
	err := guarded(func() error { return a.do(r, st) })
	flushed := r.wire.writes != before
	switch {
	case err != nil:
		r.fail("%s: %v", st, err)
		return true
	case flushed && r.mode == orm.FlushCommit:
		r.fail("%s wrote, in FlushCommit", st)
		return true
	case !flushed && r.mode == orm.FlushAlways && out.writes && st.Do != "load" && st.Do != "refresh":
		r.fail("%s did not write before, in FlushAlways", st)
		return true
	case flushed:
		r.autoFlushed[r.at] = true
		r.become(out.next)
	}
	r.m.looked()
	if !flushed && !out.writes && r.mode != orm.FlushCommit {
		r.m.idled()
	}
	known := maps.Clone(r.m.mem)
	if st.Do == "refresh" && !r.m.moved(st.H) && !slices.Equal(r.m.mem[st.H].values, r.m.db.rows[st.H].values) {
		if r.gave[r.at] = r.upserted[st.H]; r.gave[r.at] == nil {
			r.gave[r.at] = slices.Clone(r.m.db.rows[st.H].values)
		}
	}
	if o := r.m.mem[st.H]; st.Do == "upsert" && o != nil && len(r.scopes) > 0 && r.upserted[st.H] == nil {
		r.upserted[st.H] = slices.Clone(o.values)
	}
	a.mean(r.m, st)
	for h := range r.m.mem {
		if known[h] == nil && r.ptr[h] == nil {
			delete(r.m.mem, h) // the view led elsewhere already, and did not show it
		}
	}
	r.log(st, true)
	if a.check != nil {
		if err := a.check(r, st, flushed, was); err != nil {
			r.fail("%s: %v", st, err)
		}
	}
	if flushed {
		r.compareTables()
	}
	return true
}

// become makes a model the one that holds.
func (r *run) become(next *model) {
	for _, a := range r.assocs {
		if a.ordered {
			r.order(next, a)
		}
	}
	r.m = next
	for _, s := range r.scopes {
		s.ends = append(s.ends, r.at)
	}
}

// order takes over the order of items that may have any.
func (r *run) order(next *model, a *assoc) {
	for l, head := range next.heads {
		want := next.edges[a.at][l]
		if next.mem[l] == nil || len(want) <= head {
			continue // it went
		}
		got := a.leftView().shown(r.ptr[l])
		if !equalSets(got, want) && (r.sql || len(r.scopes) == 0) {
			if d, err := r.dump(); err == nil {
				got = d.edges[a.at][l]
			}
		}
		if equalSets(got, want) && slices.Equal(got[:head], want[:head]) {
			next.edges[a.at][l], next.db.edges[a.at][l] = got, got
		}
	}
}

// session returns one that sees what the unit's own sees.
func (r *run) session() (s driver.Session, end func(), err error) {
	if r.wire.tx != nil {
		return r.wire.tx, func() {}, nil
	}
	s, err = r.wire.engine.Session(r.ctx, driver.SessionOptions{})
	return s, func() { _ = s.End(r.ctx, false) }, err
}

// compareTables expects every table to be as in the model.
func (r *run) compareTables() {
	if r.failure != "" || !r.sql && len(r.scopes) > 0 {
		return
	}
	d, err := r.dump()
	if err != nil {
		r.fail("the tables cannot be read: %v", err)
		return
	}
	r.keys = d.keys
	if lines := r.m.differences(d.database); len(lines) > 0 {
		r.fail("the tables differ:%s", indented(lines))
	}
}

func (r *run) dump() (*dump, error) {
	if !r.sql {
		return readBack(r.ctx, r.project, r.db.Fork())
	}
	s, end, err := r.session()
	if err != nil {
		return nil, err
	}
	defer end()
	return r.reader.read(r.ctx, s)
}

// compareReadBack expects another unit to read what is in the model.
func (r *run) compareReadBack() {
	if r.failure != "" || len(r.scopes) > 0 {
		return
	}
	d, err := readBack(r.ctx, r.project, r.db.Fork())
	if err != nil {
		r.fail("reading back: %v", err)
		return
	}
	if lines := r.m.differences(d.database); len(lines) > 0 {
		r.fail("another unit reads otherwise:%s", indented(lines))
	}
}

// objects are the handles in memory in order.
func (m *model) objects() []int { return slices.Sorted(maps.Keys(m.mem)) }
