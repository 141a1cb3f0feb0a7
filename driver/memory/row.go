package memory

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// view is a snapshot as one statement sees it.
type view struct {
	schema    *schema
	tables    snapshot
	evaluator *conditions.Evaluator
	filters   []qb.Filter
}

// row implements conditions.Row.
type row struct {
	view   *view
	entity *mapper.Entity
	table  *table
	values record
}

// all returns the visible rows of an entity, in order of insertion.
func (v *view) all(e *mapper.Entity) ([]*row, error) {
	t := v.schema.of(e)
	var list []*row
	for _, r := range v.tables.read(t).rows {
		if r == nil {
			continue
		}
		visible, err := v.visible(e, nil, t, r)
		if err != nil {
			return nil, err
		}
		if visible != nil {
			list = append(list, visible)
		}
	}
	return list, nil
}

// visible returns a record as a row of e that a relation, nil for none, leads to; nil when
// it is of another type or hidden by a filter.
func (v *view) visible(e *mapper.Entity, through *mapper.Property, t *table, r record) (*row, error) {
	if !isOf(e, t, r) {
		return nil, nil
	}
	x := &row{v, e, t, r}
	for _, f := range v.filters {
		if !f.Applies(e, through) {
			continue
		}
		if ok, err := v.evaluator.Matches(f.Where, x); !ok || err != nil {
			return nil, err
		}
	}
	return x, nil
}

// isOf reports whether a record is of entity e or a subtype.
func isOf(e *mapper.Entity, t *table, r record) bool {
	d := e.Root().Discriminator
	if d == nil || e.Base == nil {
		return true
	}
	have := r[t.at(d)]
	return hasValue(e, have)
}

func hasValue(e *mapper.Entity, v any) bool {
	if !e.Abstract && e.DiscriminatorValue == v {
		return true
	}
	return slices.ContainsFunc(e.Children, func(c *mapper.Entity) bool { return hasValue(c, v) })
}

// cells returns the values of columns.
func (x *row) cells(columns []*mapper.Column) []any {
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = x.values[x.table.at(c)]
	}
	return values
}

// Has reports whether the row is of a type that has the property.
func (x *row) Has(p *mapper.Property) (bool, error) { return isOf(p.Entity, x.table, x.values), nil }

// Value implements conditions.Row.
func (x *row) Value(p *mapper.Property) (any, error) {
	if len(p.Columns) != 1 {
		return nil, unsupported("the value of %s", p)
	}
	return x.values[x.table.at(p.Columns[0])], nil
}

// Key implements conditions.Row.
func (x *row) Key(p *mapper.Property) (any, error) {
	if p == nil {
		return keyOf(x.cells(x.entity.KeyColumns)), nil
	}
	if !p.Elsewhere() {
		return keyOf(x.cells(p.Columns)), nil
	}
	target, err := x.keyed(p)
	if target == nil || err != nil {
		return nil, err
	}
	return target.Key(nil)
}

// keyOf returns the key made of parts, nil when one is NULL.
func keyOf(parts []any) any {
	if slices.Contains(parts, nil) {
		return nil
	}
	return mapper.NewTuple(parts)
}

// One implements conditions.Row.
func (x *row) One(p *mapper.Property) (conditions.Row, error) {
	target, err := x.one(p)
	if target == nil || err != nil {
		return nil, err // no typed nil in the interface
	}
	return target, nil
}

func (x *row) one(p *mapper.Property) (*row, error) {
	if !p.Relation.Owning {
		return x.inverse(p)
	}
	key := x.cells(p.Columns)
	if slices.Contains(key, nil) || !x.leads(p) {
		return nil, nil
	}
	references := make([]*mapper.Column, len(p.Columns))
	for i, c := range p.Columns {
		references[i] = p.Referenced(c)
	}
	list, err := x.view.where(p, references, key)
	if len(list) == 0 || err != nil {
		return nil, err
	}
	return list[0], nil
}

// keyed returns the row that tells the key of the target of a relation whose own columns do
// not hold it. Filters do not hide the key of a row that a column refers to.
func (x *row) keyed(p *mapper.Property) (*row, error) {
	if p.Relation.By == nil {
		return x.inverse(p)
	}
	if !x.leads(p) {
		return nil, nil
	}
	return x.view.record(p.Relation.Target, p.Relation.Keys, x.cells(p.Columns)), nil
}

// leads reports that a reference leads to rows of its target; a branch of a polymorphic one
// may lead to others.
func (x *row) leads(p *mapper.Property) bool {
	typ, value := p.TypeColumn()
	return typ == nil || x.values[x.table.at(typ)] == value
}

// record returns the row of e whose columns hold the values, hidden or not; nil for none.
func (v *view) record(e *mapper.Entity, columns []*mapper.Column, values []any) *row {
	t := v.schema.of(e)
	d := v.tables.read(t)
	found := d.find(t, t.positions(columns), values)
	if len(found) == 0 || slices.Contains(values, nil) {
		return nil
	}
	return &row{v, e, t, d.rows[found[0]]}
}

// inverse returns the row whose owning side points at x.
func (x *row) inverse(p *mapper.Property) (*row, error) {
	if p.Relation.Through != nil {
		return x.first(p)
	}
	list, _, err := x.view.related(p, x.cells(x.entity.KeyColumns))
	if len(list) == 0 || err != nil {
		return nil, err
	}
	return list[0], nil
}

// first returns the first item of a collection, nil where it has none.
func (x *row) first(p *mapper.Property) (*row, error) {
	list, _, err := x.view.related(p.Relation.Through, x.cells(x.entity.KeyColumns))
	if len(list) < 2 || err != nil {
		if len(list) == 0 {
			return nil, err
		}
		return list[0], err
	}
	orders, err := qb.FirstOrder(p)
	if err != nil {
		return nil, err
	}
	var best *row
	var keys []any
	for _, item := range list {
		next := make([]any, len(orders))
		for i, o := range orders {
			if next[i], err = sortKey(item, o); err != nil {
				return nil, err
			}
		}
		if best == nil || comesBefore(next, keys, orders) {
			best, keys = item, next
		}
	}
	return best, nil
}

func comesBefore(a, b []any, orders []qb.Order) bool {
	for i, o := range orders {
		if c := compareKeys(a[i], b[i], o); c != 0 {
			return c < 0
		}
	}
	return false
}

// Many implements conditions.Row.
func (x *row) Many(p *mapper.Property) ([]conditions.Row, error) {
	list, _, err := x.view.related(p, x.cells(x.entity.KeyColumns))
	if err != nil {
		return nil, err
	}
	rows := make([]conditions.Row, len(list))
	for i, r := range list {
		rows[i] = r
	}
	return rows, nil
}

// where returns the visible targets of a relation whose columns hold the values.
func (v *view) where(through *mapper.Property, columns []*mapper.Column, values []any) ([]*row, error) {
	e := through.Relation.Target
	t := v.schema.of(e)
	d := v.tables.read(t)
	var list []*row
	for _, at := range d.find(t, t.positions(columns), values) {
		x, err := v.visible(e, through, t, d.rows[at])
		if err != nil {
			return nil, err
		}
		if x != nil {
			list = append(list, x)
		}
	}
	return list, nil
}

// related returns the rows that relation p leads to from the owner with a key; an
// ordered many-to-many in its order, with the stored positions.
func (v *view) related(p *mapper.Property, key []any) (list []*row, positions []any, err error) {
	r := p.Relation
	if r.Pivot == nil {
		link := r.Link()
		if by := link.Relation.By; by != nil && link.Relation.Of == nil {
			owner := v.record(p.Entity, p.Entity.KeyColumns, key)
			if owner == nil {
				return nil, nil, nil
			}
			key = owner.cells(by.Columns)
		}
		list, err = v.where(p, link.Columns, key)
		return list, nil, err
	}
	near, far := r.Pivot.Owner, r.Pivot.Target
	if !r.Owning {
		near, far = far, near
	}
	pivot := v.schema.table(r.Pivot.Table)
	d := v.tables.read(pivot)
	references := make([]*mapper.Column, len(far))
	for i, c := range far {
		references[i] = c.References
	}
	found := d.find(pivot, pivot.positions(near), key)
	order := -1
	if r.Pivot.Order != nil && r.Owning {
		order = pivot.at(r.Pivot.Order)
		found = slices.Clone(found)
		slices.SortStableFunc(found, func(a, b int) int { return compareValues(d.rows[a][order], d.rows[b][order]) })
	}
	for _, at := range found {
		target := make([]any, len(far))
		for i, p := range pivot.positions(far) {
			target[i] = d.rows[at][p]
		}
		rows, err := v.where(p, references, target)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, rows...)
		for range rows {
			if order >= 0 {
				positions = append(positions, d.rows[at][order])
			}
		}
	}
	return list, positions, nil
}

// find returns the positions of the rows whose columns hold the values, by an
// index where there is one; the list lasts until the next write. NULL equals nothing.
func (d *data) find(t *table, columns []int, values []any) []int {
	probe := make(record, len(values))
	copy(probe, values)
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	want, ok := valueOf(probe, order)
	if !ok {
		return nil
	}
	for i, u := range t.unique {
		if slices.Equal(u.columns, columns) {
			if at, ok := d.unique[i][want]; ok {
				return []int{at}
			}
			return nil
		}
	}
	if i := t.lookup(columns); i >= 0 {
		return d.lookups[i][want]
	}
	var found []int
	for at, r := range d.rows {
		if r == nil {
			continue
		}
		if have, ok := valueOf(r, columns); ok && have == want {
			found = append(found, at)
		}
	}
	return found
}
