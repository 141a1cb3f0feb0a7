package plan

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
)

// byValue is a row by a unique property that references lead by, in the place of its key.
type byValue struct {
	column *mapper.Column
	value  any
}

// referredKey is what the row behind a reference is known by.
func referredKey(ref *constraint.Reference, key any) any {
	if by := ref.Property.Relation.By; by != nil {
		return byValue{by.Columns[0], key}
	}
	return key
}

// referred finds the operation that makes the row behind a reference.
func (w *wiring) referred(ref *constraint.Reference, values []any) (op int, handle, ok bool) {
	if ref.Property.Relation.By == nil {
		return w.target(ref.Target, values)
	}
	key, known := keyOf(values)
	if !known {
		return 0, false, false
	}
	op, ok = w.inserted[rowKey{ref.Target, referredKey(ref, key)}]
	return op, false, ok
}

// named remembers rows by the unique properties that references lead by.
func (w *wiring) named(i int, op *Op) {
	c := op.Change
	for _, p := range w.model.Of(c.Entity).Named {
		columns := p.Relation.Keys
		row := func(side func(changeset.Cell) any) (rowKey, bool) {
			key, known := keyOf(w.valuesOf(c, columns, side))
			return rowKey{c.Entity.Root(), byValue{columns[0], key}}, known
		}
		was, stood := row(before)
		is, stands := row(after)
		switch {
		case op.Role == Insert && stands:
			w.inserted.put(is, i)
		case op.Role == Delete && stood:
			w.deleted.put(was, i)
		case op.Role == Update && c.Writes(columns):
			if stood {
				w.moved.put(was, i)
			}
			if stands {
				w.inserted.put(is, i)
			}
		}
	}
}
