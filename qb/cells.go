package qb

import (
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

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
	case p.Columns[0].Generated != "":
		return nil, &Error{Class: ErrStep, Entity: e.Name, Path: path, Hint: "the database computes it; set what it is computed from"}
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
