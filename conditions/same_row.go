package conditions

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// branch is the related row of a to-many path within a scope, the row that steps reach, or the
// element of an array of embedded values.
type branch struct {
	scope *scope
	row   row
	some  *SomeNode
	reach *ReachNode
	elem  *ElementNode
}

// branch returns the branch for relation rel of the row r, making it if needed.
func (s *scope) branch(r row, rel *mapper.Property) *branch {
	at := Field{Alias: r.alias, Hops: r.hops, Property: rel}
	for _, b := range s.branches {
		if b.some == nil {
			continue
		}
		if f := b.some.Relation; f.Property == rel && f.Alias == at.Alias && slices.Equal(f.Hops, at.Hops) {
			return b
		}
	}
	some := &SomeNode{Relation: at}
	inner := &scope{parent: s, root: s.root, node: some}
	b := &branch{scope: inner, row: row{entity: rel.Relation.Target, path: joinPath(r.path, rel.Path)}, some: some}
	s.branches = append(s.branches, b)
	return b
}

// element returns the branch for the element of the array at f, making it if needed.
func (s *scope) element(f Field) *branch {
	for _, b := range s.branches {
		if b.elem == nil {
			continue
		}
		if at := b.elem.Field; at.Property == f.Property && at.Alias == f.Alias && at.Element == f.Element &&
			slices.Equal(at.Hops, f.Hops) && slices.Equal(at.JSON, f.JSON) {
			return b
		}
	}
	elem := &ElementNode{Field: f}
	b := &branch{scope: &scope{parent: s, node: elem}, elem: elem}
	s.branches = append(s.branches, b)
	return b
}

// reach returns the branch for the row that steps along rel from the row r lead to, making it
// if needed.
func (s *scope) reach(r row, rel *mapper.Property, steps Steps) *branch {
	at := Field{Alias: r.alias, Hops: r.before(rel), Property: rel}
	for _, b := range s.branches {
		if b.reach == nil || b.reach.Steps != steps {
			continue
		}
		if f := b.reach.Relation; f.Property == rel && f.Alias == at.Alias && slices.Equal(f.Hops, at.Hops) {
			return b
		}
	}
	reach := &ReachNode{Relation: at, Steps: steps}
	inner := &scope{parent: s, root: s.root, node: reach}
	b := &branch{scope: inner, row: row{entity: rel.Relation.Target, path: joinPath(r.path, rel.Path+steps.String())}, reach: reach}
	s.branches = append(s.branches, b)
	return b
}
