package unit

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
)

// glance is what a flush looks at of a clean entity, in a list of its own: the place of an entity is
// nearly as large as the entity, and to fetch thousands of places takes as long as to compare half of what
// lies behind them. snap is nil where the place must be asked. Few entities have none.
type glance struct{ entity, snap unsafe.Pointer }

// glances are those of the tracked entities, by their positions.
type glances struct {
	list []glance
	// types are by Entity.Ordinal.
	types []uint16
}

// expect makes room for n more.
func (g *glances) expect(n int) {
	g.list, g.types = slices.Grow(g.list, n), slices.Grow(g.types, n)
}

// cut leaves the first n; nil has none.
func (g *glances) cut(n int) {
	if g != nil {
		clear(g.list[n:])
		g.list, g.types = g.list[:n], g.types[:n]
	}
}

// glance adds the glance of m, which is tracked from now on, and those of all once they are not few.
func (u *Unit) glance(m *Managed) {
	switch {
	case u.glances != nil:
		u.glances.list, u.glances.types = append(u.glances.list, glance{}), append(u.glances.types, 0)
		u.show(m)
	case (len(u.tracked) > firstRoom || planted.Built) && !u.readOnly: // a checker's units have few
		n, room := len(u.tracked), cap(u.tracked)
		u.glances = &glances{make([]glance, n, room), make([]uint16, n, room)}
		for _, m := range u.tracked {
			if m != nil {
				u.show(m)
			}
		}
	}
}

// show makes the glance of m what its place says, nothing where m is not tracked. Whoever writes
// the address, type, state, snapshot or baselines of a place shows it then (TestShown).
func (u *Unit) show(m *Managed) {
	if u.glances == nil || !u.tracks(m) {
		return
	}
	u.glances.list[m.ordinal], u.glances.types[m.ordinal] = u.glanceOf(m)
}

func (u *Unit) glanceOf(m *Managed) (glance, uint16) {
	if m.State != Clean || m.Snap == nil || m.more != nil && m.more.base != nil || !u.Shape(m.Meta).plain() || m.Meta.Ordinal > math.MaxUint16 {
		return glance{}, 0
	}
	return glance{m.Entity, m.Snap}, uint16(m.Meta.Ordinal)
}

// checkGlances panics where one is not what its place says, in builds that plant faults.
func (u *Unit) checkGlances() {
	for i, m := range u.tracked {
		var want glance
		var typ uint16
		if m != nil {
			want, typ = u.glanceOf(m)
		}
		if got := u.glances.list[i]; got != want || got.snap != nil && u.glances.types[i] != typ {
			panic(fmt.Sprintf("unit: the glance of the entity at %d (%v) is an old one", i, m))
		}
	}
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
	if s.u.glances == nil {
		for _, m := range s.u.tracked {
			s.look(m)
		}
		return
	}
	if planted.Built {
		s.u.checkGlances()
	}
	list, types := s.u.glances.list, s.u.glances.types
	var meta *mapper.Entity
	for i := range list {
		g := &list[i]
		if g.snap != nil {
			if meta == nil || meta.Ordinal != int(types[i]) {
				meta = s.u.shapes[types[i]].Meta
			}
			if meta.Unchanged(g.entity, g.snap) {
				continue
			}
		}
		s.look(s.u.tracked[i])
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
