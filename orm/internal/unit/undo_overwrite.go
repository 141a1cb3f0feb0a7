package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// overwroteStep is an entity that took its row as something past the unit had written it: once
// that is taken back it is as it was, changes that were not flushed included.
type overwroteStep struct {
	m *Managed
	// before is the entity as the user had it, after as it was read.
	before, after unsafe.Pointer
	state         State
	snap          unsafe.Pointer
	loaded        *changeset.Leaves
	base          []view
	foreign       []*slot.Entry
	vouched       *changeset.Leaves
}

// Overwrite lets m, which has a row, take by read what something past the unit has written. The
// journal takes that back.
func (u *Unit) Overwrite(m *Managed, read func() error) (*Journal, error) {
	around := u.journal // of a flush whose hook this is
	j := u.Record()
	defer func() { u.journal = around }()
	s := &overwroteStep{m: m, before: u.copyOf(m), state: m.State, snap: m.Snap, loaded: m.Loaded.Clone()}
	if m.more != nil {
		s.base, s.foreign, s.vouched = slices.Clone(m.more.base), slices.Clone(m.more.foreign), m.more.vouched.Clone()
	}
	if m.Snap != nil {
		m.Snap = u.slab(m.Meta).Take(m.Snap)
		u.show(m)
	}
	j.add(s)
	err := read()
	s.after = u.copyOf(m)
	u.clock++ // what is read from now on comes after it
	u.open.published, u.open.gave = true, true
	return j, err
}

func (s *overwroteStep) of() *Managed { return s.m }

// undo comes last in its journal: views that were moved lead where they led already.
func (s *overwroteStep) undo(u *Unit) {
	m := s.m
	for _, p := range s.unchanged(u) {
		s.restore(p)
	}
	m.Snap, m.Loaded = s.snap, s.loaded
	if m.State == Clean {
		m.State = s.state
	}
	u.show(m)
	if m.more == nil {
		return
	}
	m.more.foreign, m.more.vouched = s.foreign, s.vouched
	for i, v := range s.base {
		if v.set && (m.more.base == nil || !m.more.base[i].set) {
			u.setBaseline(m, u.Shape(m.Meta).ToOne[i], v)
		}
	}
}

// unchanged returns the properties that the user has not changed since. It looks at all before
// any is written: an embedded value comes into being with its first part.
func (s *overwroteStep) unchanged(u *Unit) (list []*mapper.Property) {
	for _, p := range s.m.Meta.Leaves {
		same := false
		switch {
		case p.Primary, p.Virtual, p.Kind.IsToMany(), u.back.keeps(written{place: place{s.m, p}, kind: aRow}):
		case p.Kind.IsToOne():
			same = word(p, s.m.Entity) == word(p, s.after)
		default:
			same = p.Access.Equal == nil || p.Access.Equal(s.m.Entity, s.after)
		}
		if same {
			list = append(list, p)
		}
	}
	return list
}

// restore gives a property what the user had there.
func (s *overwroteStep) restore(p *mapper.Property) {
	if p.Kind.IsToOne() {
		put(p, s.m.Entity, word(p, s.before))
		return
	}
	_ = takeLeaf(p, s.m.Entity, s.before) // it lay in the entity
	unmake(p, s.m.Entity, s.before)
}
