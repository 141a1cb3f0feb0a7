package histories_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// compareWithout plays a history again without the flushes and transactions that came
// to nothing: from each of them on, both must look alike.
func (s *stage) compareWithout(t *testing.T, with *run) string {
	t.Helper()
	if len(with.ghosts) == 0 {
		return ""
	}
	s.clean(t)
	r := s.start(t.Context(), with.steps, with.plans)
	r.m = nil
	for _, i := range slices.Sorted(maps.Keys(with.done)) {
		if !with.done[i] {
			continue
		}
		r.at = i
		if err := guarded(func() error { return r.again(with, i) }); err != nil && !with.forgotten(i) {
			return fmt.Sprintf("step %d: without what came to nothing, %s: %v", i+1, with.steps[i], err)
		}
		if with.cleared[i] {
			r.em.Clear()
			r.ptr = map[int]any{}
		}
		if t := with.traces[i]; t != nil && !with.within(i) {
			if lines := t.differ(r.likewise(t, with, i)); len(lines) > 0 {
				return fmt.Sprintf("step %d: with and without what came to nothing:%s", i+1, indented(lines))
			}
		}
	}
	d, err := r.dump()
	if err != nil {
		return fmt.Sprintf("without what came to nothing, the tables cannot be read: %v", err)
	}
	if lines := with.m.differences(d.database); len(lines) > 0 {
		return fmt.Sprintf("without what came to nothing, the tables differ:%s", indented(lines))
	}
	return ""
}

// again plays one step: transactions are left out, their flushes are not.
func (r *run) again(with *run, i int) error {
	st := r.steps[i]
	a := actions[st.Do]
	if a.do != nil {
		r.em.SetFlushMode(orm.FlushCommit) // what was flushed on the way is flushed below
		if with.autoFlushed[i] && !with.ghosts[i] {
			if err := r.em.Flush(r.ctx); err != nil {
				return err
			}
		}
		if st.Do == "stream" && len(with.left[i]) == 0 {
			st.N = 0 // a transaction that has written lets nothing go
		}
		r.stays = func(h int) bool { return !slices.Contains(with.left[i], h) }
		if st.isPast() && with.within(i) {
			return nil
		}
		if st.Do == "upsert" && with.within(i) {
			if !with.takes[i] || r.ptr[st.H] == nil {
				delete(r.ptr, st.H) // which is forgotten
			}
			return nil
		}
		restore := r.putBack(st, with.keeps[i])
		err := a.do(r, st)
		if err != nil && with.within(i) {
			r.regive(st, with.gave[i])
		}
		for _, h := range with.left[i] {
			delete(r.ptr, h)
		}
		if restore(); !a.read || !with.within(i) {
			return err // what a read finds in a transaction that came to nothing may not be there
		}
		return nil
	}
	switch {
	case with.ghosts[i] || st.Do == "begin" || st.Do == "nest":
		return nil
	case st.Do == "hooked":
		return r.flushHooked(st)
	default:
		return r.em.Flush(r.ctx)
	}
}

// regive gives a new entity the values that it had got by a refresh when it was stored. One that only
// an upsert had made was never there.
func (r *run) regive(st step, values []any) {
	if r.ptr[st.H] == nil {
		return
	}
	for i, v := range values {
		if s := r.typeOf(r.ptr[st.H]).scalars[i]; !s.fixed {
			s.put(r.ptr[st.H], v)
		}
	}
}

// likewise looks at the same objects.
func (r *run) likewise(t *trace, with *run, i int) *trace {
	own := r.trace(t.handles, t.leave)
	if t.planned {
		own.plan = r.plan()
	}
	return own
}

// within reports a position inside a transaction that came to nothing: what memory shows
// there is of no interest any more.
func (r *run) within(i int) bool {
	for _, b := range r.backs {
		if b.from < i && i < b.to {
			return true
		}
	}
	return false
}

// forgotten reports a position inside a transaction after which the unit was cleared.
func (r *run) forgotten(i int) bool {
	return slices.ContainsFunc(r.backs, func(b backing) bool { return b.from < i && i < b.to && r.cleared[b.to] })
}

// backing is a transaction that was rolled back, by the positions of its begin and end.
type backing struct{ from, to int }
