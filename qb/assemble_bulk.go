package qb

import (
	"maps"
	"slices"

	"github.com/weft-orm/weft/conditions"
)

// bulk makes a Write in condition form.
func (a *assembly) bulk() (*Write, error) {
	b := a.b
	w := &Write{Registry: b.registry, Entity: b.entity, Table: b.entity.Table, Alias: b.alias, Schema: b.schema, Comments: b.comments}
	if err := b.onlyWrites(); err != nil {
		return nil, err
	}
	a.shape.begin(b)
	switch b.kind {
	case truncateQuery:
		w.Kind, w.All = Truncate, true
		return w, nil
	case updateQuery:
		w.Kind = Update
		if err := a.assignments(w); err != nil {
			return nil, err
		}
	default:
		w.Kind = Delete
	}
	if len(b.joins) > 0 {
		return nil, &Error{Class: ErrStep, Step: b.joins[0].at.name, Number: b.joins[0].at.number, Entity: b.entity.Name,
			Hint: "a bulk write has no joins; conditions may walk relations"}
	}
	where, err := a.where(a.env, b.wheres)
	if err != nil {
		return nil, err
	}
	if where == nil || conditions.IsTrue(where) {
		if !b.allowAll {
			return nil, &Error{Class: ErrEmptyCondition, Entity: b.entity.Name, Hint: "add a condition, or AllowAll"}
		}
		w.All = true
	}
	w.Where = where
	if w.Returning, err = columnsOf(b.entity, b.returning); err != nil {
		return nil, caused(step{"Returning", 0}, err)
	}
	if w.Filters, err = a.filters(); err != nil {
		return nil, err
	}
	w.Slots, w.Shape = a.slots, a.shape.bytes
	return w, nil
}

// assignments reads the values of an update.
func (a *assembly) assignments(w *Write) error {
	set := a.b.rows[0].(M)
	at := step{"Update", 0}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		value := set[name]
		if raw, ok := value.(conditions.RawSQL); ok {
			if err := a.assignRaw(w, at, name, raw); err != nil {
				return err
			}
			continue
		}
		cells, err := cellsOf(a.b.entity, name, value)
		if err != nil {
			return caused(at, err)
		}
		for _, c := range cells {
			slot := a.slot(c.value)
			info := &a.slots[len(a.slots)-1]
			info.Type, info.Redacted = c.column.Type, c.column.Property != nil && c.column.Property.Redacted
			a.shape.text(c.column.Name)
			w.Assign = append(w.Assign, Assign{c.column, slot})
		}
	}
	return nil
}

func (a *assembly) assignRaw(w *Write, at step, name string, raw conditions.RawSQL) error {
	p, err := propertyAt(a.b.entity, name)
	if err != nil {
		return caused(at, err)
	}
	if len(p.Columns) != 1 {
		return &Error{Class: ErrStep, Step: at.name, Entity: a.b.entity.Name, Path: name, Hint: "SQL sets one column"}
	}
	n, err := a.compile(a.env, at, raw)
	if err != nil {
		return err
	}
	r, ok := n.(*conditions.RawNode)
	if !ok {
		return &Error{Class: ErrStep, Step: at.name, Entity: a.b.entity.Name, Path: name, Hint: "SQL sets one column"}
	}
	a.shape.text(p.Columns[0].Name)
	w.Assign = append(w.Assign, Assign{p.Columns[0], &conditions.RawValue{Text: r.Text, Args: r.Args}})
	return nil
}

// onlyWrites refuses steps that a write cannot follow.
func (b *Builder) onlyWrites() error {
	fail := func(at step) error {
		return &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: b.entity.Name, Hint: "the query writes; the step is for reads"}
	}
	for _, list := range [][]call{b.columns, b.groupBy, b.orderBy, b.onlyOn} {
		if len(list) > 0 {
			return fail(list[0].at)
		}
	}
	switch {
	case len(b.havings) > 0:
		return fail(b.havings[0].at)
	case len(b.with) > 0:
		return fail(b.with[0].at)
	case len(b.union) > 0:
		return fail(b.union[0].at)
	case b.limit != nil || b.offset != nil:
		return fail(step{name: "Limit"})
	case b.distinct:
		return fail(step{name: "Distinct"})
	case b.lock.Mode != NoLock:
		return fail(step{name: "Lock"})
	case len(b.indexes) > 0:
		return fail(step{name: "UseIndex"})
	}
	return nil
}
