package qb

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

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
