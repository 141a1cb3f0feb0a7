package plan

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// place is where a field's columns are found.
type place struct {
	// src is the row whose absence makes the field unknown, row the one with the columns.
	src, row *source
	cols     []*mapper.Column
}

// resolve finds the columns of a property: on the foreign key where the field
// is part of the key of the last hop's target, through joins otherwise.
func (s *scope) resolve(f conditions.Field, inner bool) place {
	p := f.Property
	if p.Elsewhere() {
		src := s.walk(f, inner)
		to := s.keyHop(src, p)
		return place{src, to, to.entity.KeyColumns}
	}
	cols := p.Columns
	if len(cols) == 0 {
		s.fail("%w: %s has no column", ErrQuery, p)
		return place{s.row, s.row, []*mapper.Column{{}}}
	}
	hops := f.Hops
	for len(hops) > 0 {
		fk := foreignKeyFor(hops[len(hops)-1], cols)
		if fk == nil {
			break
		}
		cols, hops = fk, hops[:len(hops)-1]
	}
	f.Hops = hops
	src := s.walk(f, inner)
	return place{src, src, cols}
}

// foreignKeyFor gives the columns of an owning to-one relation that hold the
// given columns of its target, nil when they do not hold all of them.
func foreignKeyFor(rel *mapper.Property, cols []*mapper.Column) []*mapper.Column {
	if rel.Relation == nil || !rel.Relation.Owning || !rel.Kind.IsToOne() || rel.Relation.Of != nil {
		return nil // the key of a branch counts only beside its type
	}
	var out []*mapper.Column
	for _, c := range cols {
		i := slices.IndexFunc(rel.Columns, func(fk *mapper.Column) bool { return rel.Referenced(fk) == c })
		if i < 0 {
			return nil
		}
		out = append(out, rel.Columns[i])
	}
	return out
}

// owner is the key of the row a to-many relation starts from.
type owner struct {
	// refs gives the expression of each key column.
	refs map[*mapper.Column]*Ref
	// guard is the condition that the row exists; nil when it always does.
	guard Pred
}

// ownerOf finds the key columns of the row a to-many relation starts from,
// without joining the row when a foreign key that always leads to it holds them.
func (s *scope) ownerOf(f conditions.Field, cols []*mapper.Column, inner bool) owner {
	o := owner{refs: map[*mapper.Column]*Ref{}}
	if n := len(f.Hops); n > 0 && s.whole(f.Hops[n-1]) {
		if fk := foreignKeyFor(f.Hops[n-1], cols); fk != nil {
			rel := f.Hops[n-1]
			src := s.walk(conditions.Field{Alias: f.Alias, Hops: f.Hops[:n-1]}, inner)
			for i, c := range cols {
				o.refs[c] = s.ref(src, fk[i])
				if rel.Nullable || src.outer || !src.has(rel) {
					o.guard = all(o.guard, &Null{Expr: o.refs[c], Not: true})
				}
			}
			return o
		}
	}
	src := s.walk(f, inner)
	for _, c := range cols {
		o.refs[c] = s.ref(src, c)
	}
	o.guard = s.present(src)
	return o
}
