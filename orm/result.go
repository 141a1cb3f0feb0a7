package orm

import (
	"context"
	"fmt"
	"reflect"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/rowfield"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Result runs a query and returns its rows as values of R, which are not managed. R
// is
//
//   - a struct: a column goes to the field of that name, in any case, or to the one
//     with the tag orm:"name". "b.title" is BTitle, or Title where that is free; columns
//     without a field are dropped;
//   - map[string]any: all columns by name, as canonical values;
//   - any other type, for a query with a single column.
//
// Values are converted as those of properties are; pointers take NULL. A value that
// does not fit is an [*Error] of class driver.ErrScan that names the column.
func Result[R any](ctx context.Context, em *EntityManager, q *qb.Builder) ([]R, error) {
	sel, args, err := em.selection("result", q)
	if err != nil {
		return nil, err
	}
	plan, err := planResult(reflect.TypeFor[R](), sel)
	if err != nil {
		return nil, err
	}
	if err := em.guard.enter("result"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	p, err := em.db.engine.Compile(sel)
	if err != nil {
		return nil, err
	}
	rows, err := em.scope.Query(ctx, p, args)
	if err != nil {
		return nil, err
	}
	var list []R
	for rows.Next() {
		var value R
		if err := plan.read(rows, reflect.ValueOf(&value).Elem()); err != nil {
			rows.Close()
			return nil, err
		}
		list = append(list, value)
	}
	return list, rows.Close()
}

// resultPlan says where the columns of a result go.
type resultPlan struct {
	entity  *mapper.Entity
	columns []qb.Column
	// fields are the places in a struct, nil for a column that is dropped; whole says
	// that the row is one value, named that it is a map.
	fields       [][]int
	whole, named bool
	cells        []any
	targets      []any
}

func planResult(r reflect.Type, sel *qb.Select) (*resultPlan, error) {
	p := &resultPlan{entity: sel.Entity, columns: sel.Columns()}
	p.cells, p.targets = make([]any, len(p.columns)), make([]any, len(p.columns))
	for i := range p.cells {
		p.targets[i] = &p.cells[i]
	}
	switch {
	case r == reflect.TypeFor[map[string]any]():
		p.named = true
	case isValue(r):
		p.whole = true
		if len(p.columns) != 1 {
			return nil, &Error{Class: ErrInvalidOption, Op: "result", Entity: sel.Entity.Name,
				Detail: fmt.Sprintf("the query has %d columns: %s takes one, a struct takes them all", len(p.columns), r)}
		}
	default:
		p.fields = matchFields(r, p.columns)
	}
	return p, nil
}

// isValue reports a type that one column fills.
func isValue(r reflect.Type) bool {
	return r.Kind() != reflect.Struct || r == timeType || reflect.PointerTo(r).Implements(scannerType)
}

// matchFields finds the field for each column, nil for none.
func matchFields(r reflect.Type, columns []qb.Column) [][]int {
	var fields []rowfield.Field
	var index [][]int
	for _, f := range reflect.VisibleFields(r) {
		if f.IsExported() && !f.Anonymous {
			fields, index = append(fields, rowfield.Field{Name: f.Name, Tag: f.Tag.Get("orm")}), append(index, f.Index)
		}
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	places := make([][]int, len(columns))
	for i, at := range rowfield.Match(fields, names) {
		if at >= 0 {
			places[i] = index[at]
		}
	}
	return places
}

// read reads one row into dst.
func (p *resultPlan) read(rows driver.Rows, dst reflect.Value) error {
	if err := rows.Scan(p.targets); err != nil {
		return err
	}
	if p.named {
		dst.Set(reflect.ValueOf(map[string]any{}))
	}
	for i, c := range p.columns {
		v := p.cells[i]
		if c.Type != nil {
			var err error
			if v, err = c.Type.Decode(v); err != nil {
				return p.unfit(c, err.Error())
			}
		}
		if err := p.put(dst, i, v); err != "" {
			return p.unfit(c, err)
		}
	}
	return nil
}

// put stores a canonical value; it returns what is wrong with it, or "".
func (p *resultPlan) put(dst reflect.Value, i int, v any) string {
	switch {
	case p.named:
		dst.Interface().(map[string]any)[p.columns[i].Name] = v
		return ""
	case p.whole:
		return assign(dst, v)
	case p.fields[i] == nil:
		return ""
	}
	return assign(dst.FieldByIndex(p.fields[i]), v)
}

func (p *resultPlan) unfit(c qb.Column, why string) error {
	return &Error{Class: driver.ErrScan, Op: "result", Entity: p.entity.Name, Path: c.Name, Detail: why}
}
