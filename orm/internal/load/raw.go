package load

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Rows turns the rows of a query that a user wrote into managed entities of e; columns
// are the names of theirs, in order. It closes the rows. Entities come once for each
// row, as the query gave them.
func (l *Loader) Rows(rows driver.Rows, e *mapper.Entity, columns []string) ([]*unit.Managed, error) {
	leaves, places, err := placesOf(e, columns)
	if err != nil {
		rows.Close()
		return nil, err
	}
	st := &statement{root: newSource(l.db, e, leaves, nil, nil)}
	list, rd, err := l.read(&arranged{Rows: rows, places: places, dest: make([]any, len(columns))}, st, l.defaults.Options())
	rd.release()
	return list, err
}

// placesOf finds the leaves that columns stand for, and for each column the places it
// has among theirs.
func placesOf(e *mapper.Entity, columns []string) ([]*mapper.Property, [][]int, error) {
	at := map[string]int{}
	for i, name := range columns {
		name = strings.ToLower(name)
		if _, twice := at[name]; twice {
			return nil, nil, &fault.Error{Class: fault.ErrInvalidOption, Entity: e.Name, Detail: "two columns are called " + columns[i]}
		}
		at[name] = i
	}
	var leaves []*mapper.Property
	places := make([][]int, len(columns))
	width := 0
	for _, p := range e.HierarchyLeaves() {
		if p.Kind.IsToMany() || p.Virtual && p.Formula == "" || p.Elsewhere() {
			continue
		}
		found, missing := columnsOf(p, at)
		if len(found) == 0 {
			continue
		}
		if missing != "" {
			return nil, nil, &fault.Error{Class: fault.ErrNotLoaded, Entity: e.Name, Path: p.Path, Detail: "the query has not all of its columns: " + missing + " is missing"}
		}
		for _, i := range found {
			places[i] = append(places[i], width)
			width++
		}
		leaves = append(leaves, p)
	}
	for i, name := range columns {
		if places[i] == nil {
			return nil, nil, &fault.Error{Class: fault.ErrInvalidOption, Entity: e.Name, Detail: "no property has the column " + name + suggest.Hint(name, columnNames(e))}
		}
	}
	return leaves, places, needed(e, leaves)
}

// columnsOf returns the positions of the columns of a leaf, and one that is not there.
func columnsOf(p *mapper.Property, at map[string]int) (found []int, missing string) {
	if i, ok := at[strings.ToLower(p.Path)]; ok && len(p.Columns) <= 1 {
		if len(p.Columns) == 0 || strings.EqualFold(p.Path, p.Columns[0].Name) {
			return []int{i}, ""
		}
		if _, both := at[strings.ToLower(p.Columns[0].Name)]; !both {
			return []int{i}, ""
		}
	}
	for _, c := range p.Columns {
		if i, ok := at[strings.ToLower(c.Name)]; ok {
			found = append(found, i)
		} else {
			missing = c.Name
		}
	}
	return found, missing
}

func columnNames(e *mapper.Entity) []string {
	var names []string
	for _, p := range e.HierarchyLeaves() {
		for _, c := range p.Columns {
			names = append(names, c.Name)
		}
	}
	return names
}

// needed refuses rows without which an entity cannot be managed.
func needed(e *mapper.Entity, leaves []*mapper.Property) error {
	need := slices.Clone(e.Key)
	if e.Version != nil {
		need = append(need, e.Version)
	}
	for _, p := range need {
		if !slices.Contains(leaves, p) {
			return &fault.Error{Class: fault.ErrNotLoaded, Entity: e.Name, Path: p.Path, Detail: "rows of entities have their key and version; add the column to the query"}
		}
	}
	if len(e.Children) > 0 && !slices.ContainsFunc(leaves, func(p *mapper.Property) bool { return slices.Contains(p.Columns, e.Discriminator) }) {
		return &fault.Error{Class: fault.ErrNotLoaded, Entity: e.Name, Detail: "rows of a hierarchy tell their type; add the column " + e.Discriminator.Name + " to the query"}
	}
	return wholeValues(e, leaves)
}

// wholeValues refuses rows with a part of a value of one of several types: none means anything without the
// others.
func wholeValues(e *mapper.Entity, leaves []*mapper.Property) error {
	for _, p := range mapper.WithWhole(leaves)[len(leaves):] {
		of := p.OneOf()
		return &fault.Error{Class: fault.ErrNotLoaded, Entity: e.Name, Path: of.Path, Detail: "a value of one of several types is read whole; add the column " + p.Columns[0].Name + " to the query, or leave out the others"}
	}
	return nil
}

// arranged are rows whose columns stand in another order than they are asked for.
type arranged struct {
	driver.Rows
	places [][]int
	dest   []any
}

// Unwrap returns the rows as they came.
func (a *arranged) Unwrap() driver.Rows { return a.Rows }

// Scan reads each column into all its places.
func (a *arranged) Scan(dest []any) error {
	for i, places := range a.places {
		if len(places) == 1 {
			a.dest[i] = dest[places[0]]
			continue
		}
		several := make(copies, len(places))
		for k, at := range places {
			several[k] = dest[at]
		}
		a.dest[i] = several
	}
	return a.Rows.Scan(a.dest)
}

// copies are several destinations of one column.
type copies []any

// Scan stores a value in all of them.
func (c copies) Scan(src any) error {
	for _, dest := range c {
		if err := driver.Assign(dest, src); err != nil {
			return err
		}
	}
	return nil
}
