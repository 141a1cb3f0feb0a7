package conditions

import (
	"slices"

	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
)

// scope is a map with all that is nested below it. Within one scope, every
// spelling of a to-many path speaks of the same related row: the scope keeps one
// branch for each such path.
type scope struct {
	conj     []Node
	branches []*branch
	// parent and some tie the scope of a branch to the scope around it; the
	// branch joins the parent with its first condition, since a map that holds
	// nothing constrains nothing.
	parent   *scope
	node     Node // a *SomeNode, a *ReachNode, or an *ElementNode
	attached bool
	// root reports that the scope is a conjunct of the whole condition.
	root bool
	// top reports that the row of the scope is the root.
	top bool
}

// branch is the related row of a to-many path within a scope, the row that steps reach, or the
// element of an array of embedded values.
type branch struct {
	scope *scope
	row   row
	some  *SomeNode
	reach *ReachNode
	elem  *ElementNode
}

// add puts a condition into the scope.
func (s *scope) add(n Node) {
	if s.parent != nil && !s.attached {
		s.attached = true
		s.parent.add(s.node)
	}
	if s.conj == nil {
		s.conj = make([]Node, 0, 4)
	}
	s.conj = append(s.conj, n)
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

// close returns the conjunction of the scope, which is about subject. Branches
// get their conditions now.
func (s *scope) close(about subject) Node {
	for _, b := range s.branches {
		where := b.scope.close(rowSubject{b.scope, b.row})
		switch {
		case b.some != nil:
			b.some.Where = where
		case b.reach != nil:
			b.reach.Where = where
		default:
			b.elem.Where = where
		}
	}
	switch len(s.conj) {
	case 0:
		return &Truth{Value: true, At: about.place().at}
	case 1:
		return s.conj[0]
	}
	return &AndNode{s.conj}
}

// row is a row that keys can be about: the row of a scope, or one reached from it
// through to-one relations.
type row struct {
	entity *mapper.Entity
	alias  string
	hops   []*mapper.Property
	path   string // from the root, for messages
}

// through returns the row that the to-one relation rel leads to. A branch takes the place of
// the polymorphic reference it is one of.
func (r row) through(rel *mapper.Property) row {
	before, path := r.before(rel), joinPath(r.path, rel.Path)
	if len(before) < len(r.hops) {
		path = joinPath(r.path, rel.Name)
	}
	hops := make([]*mapper.Property, len(before)+1)
	copy(hops, before)
	hops[len(before)] = rel
	return row{rel.Relation.Target, r.alias, hops, path}
}

// before returns the hops that lead to the row which rel is of: a branch takes the place of the
// polymorphic reference it is one of.
func (r row) before(rel *mapper.Property) []*mapper.Property {
	if n := len(r.hops); n > 0 && r.hops[n-1] == rel.Relation.Of {
		return r.hops[: n-1 : n-1]
	}
	return r.hops
}

// at returns the row as a field without property.
func (r row) at() Field { return Field{Alias: r.alias, Hops: r.hops} }

// field returns the field of property p on the row; whole says that a composite
// reference is meant as one, not column by column.
func (r row) field(p *mapper.Property, whole bool) Field {
	return onForeignKey(Field{Alias: r.alias, Hops: r.hops, Property: p}, whole)
}

// keyField returns the field of the row's primary key as one. Its Property is nil
// when the row is that of a scope and has a composite key.
func (r row) keyField() Field {
	if n := len(r.hops); n > 0 {
		return onForeignKey(Field{Alias: r.alias, Hops: r.hops[: n-1 : n-1], Property: r.hops[n-1]}, true)
	}
	f := r.at()
	if len(r.entity.Key) == 1 {
		f.Property = r.entity.Key[0]
	}
	return f
}

// onForeignKey turns a field that is part of a target's primary key into the
// foreign key that holds the same value, as far up as it goes.
func onForeignKey(f Field, whole bool) Field {
	for len(f.Hops) > 0 {
		n := len(f.Hops) - 1
		hop, columns := f.Hops[n], f.Property.Columns
		key := hop.Relation.Target.KeyColumns
		switch {
		case len(columns) == 0 || hop.Relation.By != nil:
			return f
		case whole && len(columns) > 1:
			if !slices.Equal(columns, key) {
				return f
			}
		default:
			part := slices.Index(key, columns[f.Part])
			if part < 0 {
				return f
			}
			f.Part = part
		}
		f.Property, f.Hops = hop, f.Hops[:n:n]
		whole = whole && len(columns) == len(key)
	}
	return f
}

// OnForeignKey returns the field that holds the same value without asking the
// target: for a part of the primary key of a to-one target the foreign key, as far
// up as it goes; any other field is returned as it is.
func (f Field) OnForeignKey() Field {
	if n := len(f.Hops); n == 0 || f.Property == nil || f.JSON != nil || !f.Hops[n-1].Kind.IsToOne() {
		return f
	}
	n := len(f.Hops)
	folded := onForeignKey(Field{Alias: f.Alias, Hops: f.Hops[n-1:], Property: f.Property, Part: f.Part}, false)
	if len(folded.Hops) > 0 {
		return f
	}
	folded.Hops, folded.As, folded.Func, folded.Distinct = f.Hops[:n-1:n-1], f.As, f.Func, f.Distinct
	return folded.OnForeignKey()
}

func joinPath(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	case docpath.IsElement(name):
		return path + name
	}
	return path + "." + name
}
