package load

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb/find"
)

// Shape is what a loader wants to know about an entity type, sorted once.
type Shape struct {
	meta *mapper.Entity
	// Made is called with an entity that was just made from a row, before its relations
	// are loaded; Watched says that entities are listed when they arrive. Both belong
	// to the caller.
	Made    func(*unit.Managed)
	Watched bool
	// read are the leaves of an ordinary read, those of subtypes included.
	read []*mapper.Property
	// full reports that an ordinary read loads every leaf that is stored.
	full bool
	// plain reports an entity without relations.
	plain bool
}

// NewShape returns the shape of e.
func NewShape(e *mapper.Entity) *Shape {
	s := &Shape{meta: e, full: true, plain: true, read: find.Ordinary(e)}
	for _, p := range e.HierarchyLeaves() {
		s.plain = s.plain && p.Relation == nil
		if p.Lazy && !p.Virtual && !p.Kind.IsToMany() {
			s.full = false
		}
	}
	return s
}

// leaves returns the set of the given leaves; nil when it is all of the entity.
func (s *Shape) leaves(read []*mapper.Property) *changeset.Leaves {
	if s.full && len(read) >= len(s.read) {
		return nil
	}
	return leavesOf(s.meta, read)
}

// covers reports a set that has all leaves of the entity that are stored.
func (s *Shape) covers(set *changeset.Leaves) bool {
	if !s.full {
		return false
	}
	for _, p := range s.read {
		if s.meta.IsSubtypeOf(p.Entity) && !set.Has(p.Index) {
			return false
		}
	}
	return true
}

// leavesOf returns the set of those leaves in read that e has.
func leavesOf(e *mapper.Entity, read []*mapper.Property) *changeset.Leaves {
	set := changeset.NoLeaves(len(e.Leaves))
	for _, p := range read {
		if e.IsSubtypeOf(p.Entity) {
			set.Add(p.Index)
		}
	}
	return set
}
