package conditions

import (
	"slices"

	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
)

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
