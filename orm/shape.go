package orm

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/qb/find"
)

// shape is what the manager wants to know about an entity type, sorted once.
type shape struct {
	meta *mapper.Entity
	// read are the leaves of an ordinary read, those of subtypes included.
	read []*mapper.Property
	// full reports that an ordinary read loads every leaf that is stored.
	full bool
	// hooks reports methods that are hooks, touched values that are made on update.
	hooks, touched bool
	// inits and loads report hooks of entities made from rows.
	inits, loads bool
}

func newShape(e *mapper.Entity) *shape {
	s := &shape{meta: e, full: true, hooks: hasHooks(e), read: find.Ordinary(e)}
	x := e.Interface(e.New())
	_, s.inits = x.(Initializer)
	_, s.loads = x.(Loader)
	for _, p := range e.Leaves {
		s.touched = s.touched || p.OnUpdate != nil
	}
	for _, p := range e.HierarchyLeaves() {
		if p.Lazy && !p.Virtual && !p.Kind.IsToMany() {
			s.full = false
		}
	}
	return s
}

// leaves returns the set of the given leaves; nil when it is all of the entity.
func (s *shape) leaves(read []*mapper.Property) changeset.Leaves {
	if s.full && len(read) >= len(s.read) {
		return nil
	}
	return leavesOf(s.meta, read)
}

// leavesOf returns the set of those leaves in read that e has.
func leavesOf(e *mapper.Entity, read []*mapper.Property) changeset.Leaves {
	set := changeset.NoLeaves(len(e.Leaves))
	for _, p := range read {
		if e.IsSubtypeOf(p.Entity) {
			set.Add(p.Index)
		}
	}
	return set
}
