package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// field is where one or several columns of a row go in a document.
type field struct {
	path string
	// columns of the row: one, or the parts of a composite key or reference.
	columns []*mapper.Column
	at      []int // their positions in the row
	names   []string
	// of is the relation whose key the field holds as a DBRef, nil for others.
	of *mapper.Property
}

// newFields arranges columns as fields, in the order of columns, the key first.
// Parts of a composite key or reference that are all there become one field.
func newFields(columns []*mapper.Column) []field {
	var out []field
	for i, c := range columns {
		path, names, whole := placeOf(c, columns)
		if !whole {
			f := field{path: columnPath(c), columns: columns[i : i+1], at: []int{i}}
			if p := c.Property; p != nil && len(p.Columns) == 1 && isDBRef(p) {
				f.path, f.of = c.Name, p
			}
			out = append(out, f)
			continue
		}
		j := 0
		for j < len(out) && (out[j].path != path || out[j].names == nil) {
			j++
		}
		if j == len(out) {
			out = append(out, field{path: path, names: names})
			if isDBRef(c.Property) {
				out[j].of = c.Property
			}
		}
		out[j].columns, out[j].at = append(out[j].columns, c), append(out[j].at, i)
	}
	for i, f := range out {
		if f.path == keyField && i > 0 {
			copy(out[1:i+1], out[:i])
			out[0] = f
		}
	}
	return out
}

// placeOf returns the field that holds c along with others, and the names of all
// its parts, when columns has them all.
func placeOf(c *mapper.Column, columns []*mapper.Column) (path string, names []string, whole bool) {
	p := c.Property
	var parts []*mapper.Column
	switch {
	case p == nil:
		return "", nil, false
	case p.Primary && len(p.Entity.KeyColumns) > 1:
		path, parts = keyField, p.Entity.KeyColumns
		for _, part := range parts {
			names = append(names, part.Name)
		}
	case !p.Primary && len(p.Columns) > 1 && !sharesColumns(p):
		path, parts = referenceField(p), p.Columns
		for _, part := range parts {
			names = append(names, part.References.Name)
		}
	default:
		return "", nil, false
	}
	for _, part := range parts {
		if !contains(columns, part) {
			return "", nil, false
		}
	}
	return path, names, true
}

// encode makes the field's value from a row.
func (f *field) encode(row []any) (any, error) {
	v, err := f.value(row)
	if f.of == nil || err != nil {
		return v, err
	}
	return reference(f.of, v), nil
}

func (f *field) value(row []any) (any, error) {
	if f.names == nil {
		return encodeColumn(f.columns[0], row[f.at[0]])
	}
	d := make(bson.D, len(f.names))
	for i, name := range f.names {
		j := f.part(name)
		v := row[f.at[j]]
		if v == nil {
			return nil, nil
		}
		encoded, err := encodeColumn(f.columns[j], v)
		if err != nil {
			return nil, err
		}
		d[i] = bson.E{Key: name, Value: encoded}
	}
	return d, nil
}

// hole is the place of the field's value, whose columns come from slots by their positions.
func (f field) hole(slots []conditions.Slot) *hole {
	if f.names == nil {
		column, of := f.columns[0], f.of
		return computed(slots[f.at[0]], "", func(arg any) (any, error) {
			v, err := encodeColumn(column, arg)
			if of == nil || err != nil {
				return v, err
			}
			return reference(of, v), nil
		})
	}
	own, names := f, make([]string, len(f.columns))
	own.at = make([]int, len(f.columns))
	mine := make([]conditions.Slot, len(f.columns))
	for i, at := range f.at {
		own.at[i], mine[i] = i, slots[at]
	}
	for _, name := range f.names {
		names[f.part(name)] = name
	}
	return together(mine, names, own.encode)
}

func (f *field) part(name string) int {
	for j, c := range f.columns {
		if c.Name == name || c.References != nil && f.path != keyField && c.References.Name == name {
			return j
		}
	}
	return 0
}

// encodeFields makes a document of fields.
func encodeFields(fields []field, row []any) (bson.D, error) {
	d := make(bson.D, len(fields))
	for i := range fields {
		v, err := fields[i].encode(row)
		if err != nil {
			return nil, err
		}
		d[i] = bson.E{Key: fields[i].path, Value: v}
	}
	return d, nil
}

// encodeStored makes a document of fields to be stored. A JSON property that is
// NULL is left out, and named in unset: stored as null it would be JSON's null.
func encodeStored(fields []field, row []any) (set, unset bson.D, err error) {
	set = make(bson.D, 0, len(fields))
	for i := range fields {
		f := &fields[i]
		if err := f.check(row); err != nil {
			return nil, nil, err
		}
		if f.names == nil && row[f.at[0]] == nil && isJSON(f.columns[0]) {
			unset = append(unset, bson.E{Key: f.path, Value: ""})
			continue
		}
		v, err := f.encode(row)
		if err != nil {
			return nil, nil, err
		}
		set = append(set, bson.E{Key: f.path, Value: v})
	}
	return set, unset, nil
}

// check refuses null where the mapping does, since the server does not.
func (f *field) check(row []any) error {
	for j, c := range f.columns {
		if row[f.at[j]] == nil && !c.Nullable && c.Property != nil {
			return &NullError{Table: c.Table.Name, Column: c.Name}
		}
	}
	return nil
}

func isJSON(c *mapper.Column) bool { return c.Type != nil && c.Type.StoredKind() == mapper.JSON }

// encodeMatch makes a filter of fields; null equals nothing.
func encodeMatch(fields []field, row []any) (bson.D, error) {
	d, err := encodeFields(fields, row)
	if err != nil {
		return nil, err
	}
	for _, e := range d {
		if e.Value == nil {
			return never, nil
		}
	}
	return d, nil
}
