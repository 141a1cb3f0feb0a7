package mapper

// PlaceRow reads the columns that tell where a row stands in an order, which stand in
// it beside an entity's own. It is not safe for concurrent use.
type PlaceRow struct {
	cells   []refCell
	targets []any
}

// NewPlaceRow returns the state for reading values of types.
func NewPlaceRow(types []*Type) *PlaceRow {
	r := &PlaceRow{cells: make([]refCell, len(types)), targets: make([]any, len(types))}
	for i, t := range types {
		r.cells[i].typ = t
		r.targets[i] = &r.cells[i]
	}
	return r
}

// Targets returns the destinations of a scan, one for each column.
func (r *PlaceRow) Targets() []any { return r.targets }

// AppendTo appends the canonical values just scanned, nil for NULL.
func (r *PlaceRow) AppendTo(values []any) []any {
	for i := range r.cells {
		values = append(values, r.cells[i].boxed())
	}
	return values
}

// KeyRow reads the columns of a key that stand in a row beside an entity's own: the
// owner a related row belongs to. It is not safe for concurrent use.
type KeyRow struct {
	cells   []refCell
	targets []any
}

// NewKeyRow returns the state for reading keys of e.
func NewKeyRow(e *Entity) *KeyRow {
	r := &KeyRow{cells: make([]refCell, len(e.KeyColumns)), targets: make([]any, len(e.KeyColumns))}
	for i, c := range e.KeyColumns {
		r.cells[i] = refCell{prop: c.Property, typ: c.Type}
		if c.Property == nil {
			r.cells[i].prop = e.Key[0] // for messages
		}
		r.targets[i] = &r.cells[i]
	}
	return r
}

// Targets returns the destinations of a scan, one for each column.
func (r *KeyRow) Targets() []any { return r.targets }

// Int returns the key just scanned without a box, where it is one integer;
// otherwise ok is false and Key tells.
func (r *KeyRow) Int() (key int64, ok bool) {
	if len(r.cells) != 1 {
		return 0, false
	}
	return r.cells[0].n, r.cells[0].plain
}

// Key returns the canonical key just scanned, nil when a part of it is null.
func (r *KeyRow) Key() any {
	parts := make([]any, len(r.cells))
	for i := range r.cells {
		if parts[i] = r.cells[i].boxed(); parts[i] == nil {
			return nil
		}
	}
	return NewTuple(parts)
}
