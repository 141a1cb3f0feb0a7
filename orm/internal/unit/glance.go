package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
)

// glance is what a flush looks at of a clean entity, in a list of its own: the place of an entity is
// as large as the entity, and to fetch thousands of places takes as long as to compare half of what lies
// behind them. snap is nil where the place must be asked.
type glance struct {
	entity, snap unsafe.Pointer
	meta         *mapper.Entity
}

// show makes the glance of m what its place says, nothing where m is not tracked. Whoever writes
// the address, type, state, snapshot or baselines of a place shows it then (TestShown).
func (u *Unit) show(m *Managed) {
	if u.readOnly || !u.tracks(m) {
		return
	}
	g := &u.glances[m.ordinal]
	if *g = (glance{}); m.State != Clean || m.Snap == nil || m.more != nil && m.more.base != nil || !u.Shape(m.Meta).plain() {
		return
	}
	*g = glance{m.Entity, m.Snap, m.Meta}
}

// plain reports a type whose entities have no views beside what [mapper.Entity.Unchanged] compares and
// collections, which tell of themselves.
func (s *Shape) plain() bool { return len(s.Slices)+len(s.Shown) == 0 }

// Restore makes m, which was to be removed, an entity like others again.
func (u *Unit) Restore(m *Managed) {
	m.State = Clean
	u.show(m)
}

// scan takes the entities into the run some view or value of which may have changed. A
// loose one counts only when something leads to it. This is all that a clean entity
// costs a flush.
func (s *syncing) scan() {
	glances := s.u.glances
	for i := range glances {
		g := &glances[i]
		if g.snap == nil || !g.meta.Unchanged(g.entity, g.snap) {
			s.look(s.u.tracked[i])
		}
	}
}

// look is scan for an entity at which a glance is not enough; m is nil for a gap.
func (s *syncing) look(m *Managed) {
	switch {
	case m == nil:
	case m.State == Fresh || m.State == Removed:
		s.enqueue(m)
	case m.State != Clean || m.Snap == nil:
	case !m.Meta.Unchanged(m.Entity, m.Snap) && !planted.Is(planted.SyncValues),
		m.more != nil && m.more.base != nil && !planted.Is(planted.SyncBaselines),
		!s.u.Shape(m.Meta).plain() && s.u.slicesChanged(m) && !planted.Is(planted.SyncSlices):
		s.enqueue(m)
	}
}
