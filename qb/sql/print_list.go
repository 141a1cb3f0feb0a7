package sql

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// listForm is how a list of any length travels in one parameter, so that
// statements keep one text. Lists hold no NULL and are never empty.
type listForm interface {
	// in tests an expression against the list.
	in(p *printer, n *plan.InList)
	// tuples writes a sub-select whose rows are the composite keys of the list.
	tuples(p *printer, n *plan.TupleIn)
	// table writes the list as a table with a column for each part of its items.
	table(p *printer, n *plan.Listed)
}

// arrayLists pass a native array.
type arrayLists struct{}

func (arrayLists) in(p *printer, n *plan.InList) {
	t := orString(n.List.Type)
	list := p.slot(n.List.Slot, encodeArrayPostgres(t))
	if kindOf(t) == mapper.Array { // an array of arrays would be flattened
		texts := p.slot(n.List.Slot, textArray(arrayText(arrayElement(t.Elem))))
		list = func() { p.format("SELECT v::"+p.d.columnType(t, false)+" FROM unnest(?::text[]) AS u(v)", texts) }
	}
	if n.Not {
		p.test("? <> ALL(?)", p.comparing(n.Expr), list)
		return
	}
	p.test("? = ANY(?)", p.comparing(n.Expr), list)
}

func (arrayLists) tuples(p *printer, n *plan.TupleIn) {
	casts, args := make([]string, len(n.Refs)), make([]part, len(n.Refs))
	for i, r := range n.Refs {
		casts[i] = "?::" + p.d.columnType(r.Type, false) + "[]"
		args[i] = p.slot(n.List, tuplePart(i, encodeArrayPostgres(r.Type)))
	}
	p.format("SELECT * FROM unnest("+strings.Join(casts, ", ")+")", args...)
}

func (arrayLists) table(p *printer, _ *plan.Listed) { p.fail("%w: a list as a table", ErrUnsupported) }

// jsonEachLists pass JSON text, opened by SQLite's json_each.
type jsonEachLists struct{}

func (jsonEachLists) in(p *printer, n *plan.InList) {
	value := "value"
	t := orString(n.List.Type)
	if kindOf(t) == mapper.Bytes {
		value = "unhex(value)"
	}
	keys := "SELECT " + value + " FROM json_each(?)"
	p.mayBeLong(n, keys)
	p.test("? "+notIn(n.Not)+" ("+keys+")", p.comparing(n.Expr), p.slot(n.List.Slot, listJSON(p.d.encode(t))))
}

func (jsonEachLists) tuples(p *printer, n *plan.TupleIn) {
	cols := make([]string, len(n.Refs))
	for i := range n.Refs {
		cols[i] = fmt.Sprintf("value ->> %d", i)
	}
	p.format("SELECT "+strings.Join(cols, ", ")+" FROM json_each(?)", p.slot(n.List, tupleJSON(p.d, n.Refs)))
}

func (jsonEachLists) table(p *printer, _ *plan.Listed) {
	p.fail("%w: a list as a table", ErrUnsupported)
}

// jsonTableLists pass JSON text, opened by JSON_TABLE with the column's type and collation.
type jsonTableLists struct{}

func (jsonTableLists) in(p *printer, n *plan.InList) {
	t := orString(n.List.Type)
	value := "j.v"
	switch {
	case kindOf(t) == mapper.Bytes:
		value = "unhex(j.v)"
	case kindOf(t) == mapper.Array && p.d.arrayArg != "":
		value = strings.Replace(p.d.arrayArg, "?", value, 1)
	}
	rows := "JSON_TABLE(?, '$[*]' COLUMNS (v " + p.d.jsonTableType(t, columnOf(n.Expr)) + " PATH '$')) AS j"
	list, e := p.slot(n.List.Slot, listJSON(p.d.encode(t))), p.comparing(n.Expr)
	switch {
	case !n.Aggregate || !p.d.aggregateExists:
		keys := "SELECT " + value + " FROM " + rows
		p.mayBeLong(n, keys)
		p.test("? "+notIn(n.Not)+" ("+keys+")", e, list)
	case n.Not:
		p.test("? IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "+rows+" WHERE "+value+" = ?)", e, list, e)
	default:
		p.test("EXISTS (SELECT 1 FROM "+rows+" WHERE "+value+" = ?)", list, e)
	}
}

func (jsonTableLists) tuples(p *printer, n *plan.TupleIn) {
	cols, defs := make([]string, len(n.Refs)), make([]string, len(n.Refs))
	for i, r := range n.Refs {
		cols[i] = fmt.Sprintf("j.v%d", i)
		defs[i] = fmt.Sprintf("v%d %s PATH '$[%d]'", i, p.d.jsonTableType(r.Type, r.Column), i)
	}
	p.format("SELECT "+strings.Join(cols, ", ")+" FROM JSON_TABLE(?, '$[*]' COLUMNS ("+strings.Join(defs, ", ")+")) AS j",
		p.slot(n.List, tupleJSON(p.d, n.Refs)))
}

func (jsonTableLists) table(p *printer, n *plan.Listed) {
	defs, enc := make([]string, len(n.Refs)), Encoding(nil)
	for i, r := range n.Refs {
		path := "'$'"
		if n.Keys {
			path = fmt.Sprintf("'$[%d]'", i)
		}
		defs[i] = fmt.Sprintf("v%d %s PATH %s", i, p.d.jsonTableType(r.Type, r.Column), path)
	}
	if enc = listJSON(p.d.encode(n.Refs[0].Type)); n.Keys {
		enc = tupleJSON(p.d, n.Refs)
	}
	p.format("JSON_TABLE(?, '$[*]' COLUMNS ("+strings.Join(defs, ", ")+")) AS ?", p.slot(n.List, enc), func() { p.quote(n.Alias) })
}

// jsonTableType is the type of a JSON_TABLE column that compares like the
// mapped column, which is nil for computed values.
func (d *Dialect) jsonTableType(t *mapper.Type, c *mapper.Column) string {
	if c == nil {
		c = &mapper.Column{Type: t}
	}
	switch kindOf(t) {
	case mapper.Bytes:
		return "longtext CHARACTER SET ascii"
	case mapper.Array: // an element of the list is the array as text, which MariaDB's json is too
		return "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
	case mapper.String, mapper.UUIDKind, mapper.ULIDKind, mapper.ObjectIDKind:
		typ := d.columnType(t, c.Property != nil && isKeyed(c))
		collation, charset := d.actual(c)
		if collation == "" {
			collation, charset = d.Collation(c)
		}
		if collation == "" {
			collation, charset = d.textCollation, "utf8mb4"
		}
		return typ + " CHARACTER SET " + charset + " COLLATE " + collation
	default:
		return d.columnType(t, false)
	}
}

func columnOf(e plan.Expr) *mapper.Column {
	if r, ok := e.(*plan.Ref); ok {
		return r.Column
	}
	return nil
}

func notIn(not bool) string {
	if not {
		return "NOT IN"
	}
	return "IN"
}

// orString is the type of a list about whose elements nothing is known.
func orString(t *mapper.Type) *mapper.Type {
	if t == nil {
		return textType
	}
	return t
}

// tuplePart encodes one part of every composite key of a list.
func tuplePart(i int, enc Encoding) Encoding {
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a list of keys is expected", ErrArgument, v)
		}
		parts := make([]any, len(list))
		for k, key := range list {
			tuple, err := tupleOf(key)
			if err != nil || i >= len(tuple) {
				return nil, fmt.Errorf("%w: a key without part %d", ErrArgument, i)
			}
			parts[k] = tuple[i]
		}
		return enc(parts)
	}
}

// tupleJSON encodes a list of composite keys as a JSON list of lists.
func tupleJSON(d *Dialect, refs []*plan.Ref) Encoding {
	encs := make([]Encoding, len(refs))
	for i, r := range refs {
		encs[i] = d.encode(r.Type)
	}
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a list of keys is expected", ErrArgument, v)
		}
		b := []byte{'['}
		for k, key := range list {
			tuple, err := tupleOf(key)
			if err != nil || len(tuple) != len(encs) {
				return nil, fmt.Errorf("%w: a key of %d parts where %d are expected", ErrArgument, len(tuple), len(encs))
			}
			if k > 0 {
				b = append(b, ',')
			}
			for i, x := range tuple {
				b = append(b, "[,"[min(i, 1)])
				if b, err = appendElement(b, x, encs[i]); err != nil {
					return nil, err
				}
			}
			b = append(b, ']')
		}
		return string(append(b, ']')), nil
	}
}

// tupleOf returns the parts of a composite key, in either of its forms.
func tupleOf(key any) ([]any, error) {
	switch k := key.(type) {
	case []any:
		return k, nil
	case mapper.Tuple:
		return mapper.Parts(nil, k), nil
	default:
		return nil, fmt.Errorf("%w: %T where a composite key is expected", ErrArgument, key)
	}
}
