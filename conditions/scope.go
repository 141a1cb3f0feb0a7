package conditions

import (
	"slices"

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
	some     *SomeNode
	attached bool
	// root reports that the scope is a conjunct of the whole condition.
	root bool
	// top reports that the row of the scope is the root.
	top bool
}

// branch is the related row of a to-many path within a scope.
type branch struct {
	scope *scope
	row   row
}

// add puts a condition into the scope.
func (s *scope) add(n Node) {
	if s.parent != nil && !s.attached {
		s.attached = true
		s.parent.add(s.some)
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
		if f := b.scope.some.Relation; f.Property == rel && f.Alias == at.Alias && slices.Equal(f.Hops, at.Hops) {
			return b
		}
	}
	inner := &scope{parent: s, root: s.root, some: &SomeNode{Relation: at}}
	b := &branch{inner, row{entity: rel.Relation.Target, path: joinPath(r.path, rel.Name)}}
	s.branches = append(s.branches, b)
	return b
}

// close returns the conjunction of the scope, which is about subject. Branches
// get their conditions now.
func (s *scope) close(about subject) Node {
	for _, b := range s.branches {
		b.scope.some.Where = b.scope.close(rowSubject{b.scope, b.row})
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

// through returns the row that the to-one relation rel leads to.
func (r row) through(rel *mapper.Property) row {
	hops := make([]*mapper.Property, len(r.hops)+1)
	copy(hops, r.hops)
	hops[len(r.hops)] = rel
	return row{rel.Relation.Target, r.alias, hops, joinPath(r.path, rel.Name)}
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
		case len(columns) == 0:
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
	}
	return path + "." + name
}
