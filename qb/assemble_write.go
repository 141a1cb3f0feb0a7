package qb

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// bulk makes a Write in condition form.
func (a *assembly) bulk() (*Write, error) {
	b := a.b
	w := &Write{Registry: b.registry, Entity: b.entity, Table: b.entity.Table, Alias: b.alias, Schema: b.schema, Comments: b.comments}
	if err := b.onlyWrites(); err != nil {
		return nil, err
	}
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
	w.Slots = a.slots
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
	w.Assign = append(w.Assign, Assign{p.Columns[0], &conditions.RawValue{Text: r.Text, Args: r.Args}})
	return nil
}

// insert makes a Write in row form; the arguments are the cells row by row.
func (a *assembly) insert() (*Write, error) {
	b := a.b
	w := &Write{Registry: b.registry, Kind: Insert, Entity: b.entity, Table: b.entity.Table, Schema: b.schema, Comments: b.comments}
	if b.entity.Abstract {
		return nil, &Error{Class: ErrStep, Step: "Insert", Entity: b.entity.Name, Hint: "no row is of an abstract type; insert a subtype"}
	}
	if err := b.onlyWrites(); err != nil {
		return nil, err
	}
	if b.into != nil {
		return w, a.insertFrom(w)
	}
	for i, r := range b.rows {
		cells, err := rowCells(b.entity, r.(M))
		if err != nil {
			return nil, caused(step{"Insert", 0}, err)
		}
		for k, c := range cells {
			switch {
			case i == 0:
				w.Set = append(w.Set, c.column)
			case k >= len(w.Set) || w.Set[k] != c.column:
				return nil, &Error{Class: ErrStep, Step: "Insert", Entity: b.entity.Name, Hint: fmt.Sprintf("row %d names other properties than the first", i)}
			}
			a.args = append(a.args, c.value)
		}
		if len(cells) != len(w.Set) {
			return nil, &Error{Class: ErrStep, Step: "Insert", Entity: b.entity.Name, Hint: fmt.Sprintf("row %d names other properties than the first", i)}
		}
	}
	var err error
	if w.Returning, err = columnsOf(b.entity, b.returning); err != nil {
		return nil, caused(step{"Returning", 0}, err)
	}
	if b.conflict != nil {
		if w.Conflict, err = b.conflict.build(b.entity, w.Set); err != nil {
			return nil, caused(b.conflict.at, err)
		}
	}
	return w, a.mergeWhere(w)
}

// insertFrom makes an insert of the rows of a query.
func (a *assembly) insertFrom(w *Write) (err error) {
	b, at := a.b, step{"InsertFrom", 0}
	fail := func(hint string) error {
		return &Error{Class: ErrStep, Step: at.name, Entity: b.entity.Name, Hint: hint}
	}
	if w.Set, err = columnsOf(b.entity, b.intoNames); err != nil {
		return caused(at, err)
	}
	switch d := b.entity.Discriminator; {
	case b.conflict != nil:
		return fail("rows of a query are inserted as they are; read what conflicts apart")
	case len(b.wheres) > 0:
		return fail("conditions belong to the query that is read")
	case d != nil && !slices.Contains(w.Set, d):
		return fail("name " + d.Name + ", which tells the type of each row")
	case b.into.kind != selectQuery:
		return fail("the rows come from a read")
	}
	if w.From, err = a.sub(at, b.into); err != nil {
		return err
	}
	if n := len(w.From.Columns()); n != len(w.Set) {
		return fail(fmt.Sprintf("the query reads %d columns for %d", n, len(w.Set)))
	}
	w.All, w.Slots = true, a.slots
	w.Returning, err = columnsOf(b.entity, b.returning)
	return err
}

// mergeWhere makes the condition of an upsert, which is about the row in the way.
func (a *assembly) mergeWhere(w *Write) (err error) {
	if len(a.b.wheres) == 0 {
		return nil
	}
	if w.Conflict == nil || len(w.Conflict.Merge) == 0 {
		at := a.b.wheres[0].at
		return &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: a.b.entity.Name,
			Hint: "an insert has no condition; that of an upsert says which existing rows are merged"}
	}
	own := &assembly{b: a.b, env: a.env}
	if w.Conflict.Where, err = own.where(a.env, a.b.wheres); err != nil {
		return err
	}
	if conditions.IsTrue(w.Conflict.Where) {
		w.Conflict.Where = nil
	}
	w.Conflict.Args, w.Conflict.Slots = own.args, own.slots
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

func (k *conflictCall) build(e *mapper.Entity, set []*mapper.Column) (*Conflict, error) {
	on, err := columnsOf(e, k.on)
	if err != nil {
		return nil, err
	}
	if len(on) == 0 && !k.ignore {
		on = e.KeyColumns
	}
	c := &Conflict{On: on}
	if c.Merge, err = columnsOf(e, k.merge); err != nil {
		return nil, err
	}
	if k.all {
		for _, col := range set {
			if !slices.Contains(on, col) && col != e.Discriminator {
				c.Merge = append(c.Merge, col)
			}
		}
	}
	return c, nil
}

// cell is a value for a column.
type cell struct {
	column *mapper.Column
	value  any
}

func rowCells(e *mapper.Entity, row M) ([]cell, error) {
	var out []cell
	for _, name := range slices.Sorted(maps.Keys(row)) {
		cells, err := cellsOf(e, name, row[name])
		if err != nil {
			return nil, err
		}
		out = append(out, cells...)
	}
	return typed(e, out), nil
}

// typed adds to the cells of a row which type of a hierarchy it is of.
func typed(e *mapper.Entity, row []cell) []cell {
	d := e.Discriminator
	if d == nil || slices.ContainsFunc(row, func(c cell) bool { return c.column == d }) {
		return row
	}
	return append(row, cell{d, e.DiscriminatorValue})
}

// cellsOf converts the value of a property to the cells of its columns.
func cellsOf(e *mapper.Entity, path string, value any) ([]cell, error) {
	p, err := propertyAt(e, path)
	if err != nil {
		return nil, err
	}
	if mapper.IsNilPointer(value) {
		value = nil
	}
	switch {
	case p.TypeOf() != nil:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "it is written with " + p.TypeOf().Path + "; set that"}
	case p.Relation != nil && p.Relation.Of != nil:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "set " + p.Relation.Of.Path + " itself, to an entity, a rel.Any or a map as in {\"" + p.Name + "\": key}"}
	case p.Kind == mapper.Inline:
		return embeddedCells(e, path, value)
	case p.Kind.IsToMany() || len(p.Columns) == 0:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "the property has no column of its own"}
	case value == nil && !p.Nullable:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "the property cannot be NULL"}
	case value == nil:
		return nullCells(p), nil
	case p.Kind.IsToOne() && p.Relation.By != nil:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "the column holds " + p.Relation.By.String() + ", not a key; persist the entity, or write the column in SQL"}
	case p.Kind.IsToOne():
		return keyCells(p, value)
	}
	v, err := p.Type.Convert(value)
	if err != nil {
		return nil, &Error{Entity: e.Name, Path: path, Err: err}
	}
	if err := p.Type.Check(v); err != nil {
		return nil, &Error{Entity: e.Name, Path: path, Err: err}
	}
	return []cell{{p.Columns[0], v}}, nil
}

func nullCells(p *mapper.Property) []cell {
	var out []cell
	for _, c := range p.Columns {
		out = append(out, cell{c, nil})
	}
	return out
}

// keyCells takes the key of a reference apart.
func keyCells(p *mapper.Property, value any) ([]cell, error) {
	key, err := p.Relation.Target.KeyFrom(value)
	if err != nil {
		return nil, &Error{Entity: p.Entity.Name, Path: p.Path, Err: err}
	}
	parts := mapper.Parts(nil, key)
	if len(parts) != len(p.Columns) {
		return nil, &Error{Class: ErrStep, Entity: p.Entity.Name, Path: p.Path, Hint: "the key has another number of parts"}
	}
	out := make([]cell, len(parts))
	for i, c := range p.Columns {
		out[i] = cell{c, parts[i]}
	}
	return out, nil
}

func embeddedCells(e *mapper.Entity, path string, value any) ([]cell, error) {
	p, err := propertyAt(e, path)
	if err != nil {
		return nil, err
	}
	m, ok := value.(M)
	switch {
	case !ok && p.VariantType() != nil:
		return variantCells(e, p, path, value)
	case !ok:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "the values of an embedded property come as a map"}
	}
	var out []cell
	for _, name := range slices.Sorted(maps.Keys(m)) {
		cells, err := cellsOf(e, path+"."+name, m[name])
		if err != nil {
			return nil, err
		}
		out = append(out, cells...)
	}
	return emptied(p, m, out), nil
}

// emptied adds NULL for what another type of a polymorphic embedded value had, where the value becomes one of a type.
func emptied(p *mapper.Property, m M, cells []cell) []cell {
	if p.VariantType() == nil {
		return cells
	}
	v, err := p.VariantFor(m[p.VariantType().Name])
	if err != nil {
		return cells // the type stays
	}
	for _, leaf := range p.Inside() {
		if leaf != p.VariantType() && !v.Has(leaf) {
			cells = append(cells, cell{leaf.Columns[0], nil})
		}
	}
	return cells
}

// variantCells are the columns of a polymorphic embedded value that becomes one of its types, or absent: those
// that the type does not have are NULL.
func variantCells(e *mapper.Entity, p *mapper.Property, path string, value any) ([]cell, error) {
	leaves, values, ok, err := p.Spread(value)
	switch {
	case err != nil:
		return nil, &Error{Entity: e.Name, Path: path, Err: err}
	case !ok:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "the value is one of the types of the property, or a map of what changes"}
	case value == nil && !p.Nullable:
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "the property cannot be NULL"}
	}
	var out []cell
	for i, leaf := range leaves {
		if err := leaf.Type.Check(values[i]); err != nil {
			return nil, &Error{Entity: e.Name, Path: leaf.Path, Err: err}
		}
		out = append(out, cell{leaf.Columns[0], values[i]})
	}
	return out, nil
}

// propertyAt finds a property of an entity, embedded ones by dotted path.
func propertyAt(e *mapper.Entity, path string) (*mapper.Property, error) {
	first, rest, _ := strings.Cut(path, ".")
	p, names := e.Property(first), e.PropertyNames()
	for p != nil && rest != "" {
		var piece string
		piece, rest, _ = strings.Cut(rest, ".")
		first, names = piece, p.SubNames()
		if p.Relation != nil && p.Relation.IsAny() {
			names = p.Relation.Target.PropertyNames()
			p = p.Relation.Target.Property(piece)
			continue
		}
		p = p.Sub(piece)
	}
	if p == nil {
		return nil, &Error{Class: ErrUnknownProperty, Entity: e.Name, Path: path, Hint: didYouMean(first, names)}
	}
	return p, nil
}

func columnsOf(e *mapper.Entity, paths []string) ([]*mapper.Column, error) {
	var out []*mapper.Column
	for _, path := range paths {
		p, err := propertyAt(e, path)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Columns...)
	}
	return out, nil
}
