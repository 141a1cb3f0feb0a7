package unit

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// Shape is what the unit wants to know about an entity type, sorted once. It is
// immutable.
type Shape struct {
	Meta *mapper.Entity
	// ToOne are the to-one relations, those with columns here first; Owning is how many these are.
	ToOne  []*mapper.Property
	Owning int
	// Many are the to-many relations.
	Many []*mapper.Property
	// Collections are those of Many that are rel.Collection fields, Slices the plain ones.
	Collections, Slices []*mapper.Property
	// Named are the references to unique properties of their targets.
	Named []*mapper.Property
	// Seats are the references with columns here of one-to-one relations that have another side.
	Seats []*mapper.Property
	// Shown are the read-only relations. Those that are plain slices are not among Slices.
	Shown []*mapper.Property
	// Shared are scalars that store a column of a reference.
	Shared []Shared
	// InKey are the references by keys that the entity's own key holds, or a part of.
	InKey []*mapper.Property
	// Parted are references whose inverse side removes orphans: a row that loses all of
	// them is one. Leaving are references that make an orphan of the row they leave.
	Parted, Leaving []*mapper.Property
	// Spread are the relations along which a removal spreads.
	Spread []*mapper.Property
	// Generated are the leaves that the database computes, of other columns.
	Generated []*mapper.Property
	// at is the position of a leaf in ToOne or Many, by Property.Index.
	at []int
}

// Shared is a scalar property that shares a column with a reference.
type Shared struct {
	Scalar    *mapper.Property
	Reference *mapper.Property
	// Part is the position of the column among those of the reference.
	Part int
}

// NewShape returns the shape of e.
func NewShape(e *mapper.Entity) *Shape {
	s := &Shape{Meta: e}
	var inverse []*mapper.Property
	inKey := func(c *mapper.Column) bool { return slices.Contains(e.KeyColumns, c) }
	for _, p := range e.Leaves {
		switch {
		case p.Kind.IsToMany():
			s.Many = append(s.Many, p)
			if p.Relation.ReadOnly {
				s.Shown = append(s.Shown, p)
			}
			if p.Relation.Style == mapper.CollectionField {
				s.Collections = append(s.Collections, p)
			} else if !p.Relation.ReadOnly {
				s.Slices = append(s.Slices, p)
			}
		case p.Kind.IsToOne() && p.Relation.Owning:
			if p.Relation.By != nil {
				s.Named = append(s.Named, p)
			}
			if p.Kind == mapper.OneToOne && p.Relation.Inverse != nil {
				s.Seats = append(s.Seats, p)
			}
			s.ToOne = append(s.ToOne, p)
			if p.Relation.By == nil && !p.Relation.IsAny() && slices.ContainsFunc(p.Columns, inKey) {
				s.InKey = append(s.InKey, p)
			}
		case p.Kind.IsToOne():
			if p.Relation.ReadOnly {
				s.Shown = append(s.Shown, p)
			}
			inverse = append(inverse, p)
		case len(p.Columns) == 1 && p.Columns[0].Generated != "":
			s.Generated = append(s.Generated, p)
		}
	}
	s.Owning = len(s.ToOne)
	s.remove(e)
	s.ToOne = append(s.ToOne, inverse...)
	s.at = make([]int, len(e.Leaves))
	for i := range s.at {
		s.at[i] = -1
	}
	for _, list := range [][]*mapper.Property{s.ToOne, s.Many} {
		for i, p := range list {
			s.at[p.Index] = i
		}
	}
	s.share()
	return s
}

// remove finds the relations that remove.
func (s *Shape) remove(e *mapper.Entity) {
	for _, p := range e.Leaves {
		r := p.Relation
		if r == nil {
			continue
		}
		if r.Cascade.Has(mapper.CascadeRemove) || r.OrphanRemoval {
			s.Spread = append(s.Spread, p)
		}
		if !p.Kind.IsToOne() || !r.Owning {
			continue
		}
		if r.Inverse != nil && r.Inverse.Relation.OrphanRemoval { // of several all do so, or none
			s.Parted = append(s.Parted, p)
		}
		if r.OrphanRemoval {
			s.Leaving = append(s.Leaving, p)
		}
	}
}

// share finds the scalars beside references.
func (s *Shape) share() {
	for _, p := range s.ToOne[:s.Owning] {
		for part, column := range p.Columns {
			for _, q := range s.Meta.Leaves {
				if q.Relation == nil && slices.Contains(q.Columns, column) {
					s.Shared = append(s.Shared, Shared{Scalar: q, Reference: p, Part: part})
				}
			}
		}
	}
}

// Of returns the position of a relation of this type among ToOne or Many, -1 when
// the type does not have it.
func (s *Shape) Of(p *mapper.Property) int {
	if p.Index < 0 || p.Index >= len(s.at) || !s.Meta.IsSubtypeOf(p.Entity) {
		return -1
	}
	return s.at[p.Index]
}
