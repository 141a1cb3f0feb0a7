package conditions

import (
	"slices"
)

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
