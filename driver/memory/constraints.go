package memory

import (
	"slices"
	"unicode/utf8"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// store checks a row and puts it at a position.
func (w *writer) store(at int, r record) error {
	t := w.table
	d := w.state.write(t)
	if err := checkNulls(t, r); err != nil {
		return err
	}
	if err := checkValues(t, r); err != nil {
		return err
	}
	if err := checkChecks(t, r); err != nil {
		return err
	}
	if err := checkUnique(t, d, at, r); err != nil {
		return err
	}
	var old record
	if at < len(d.rows) {
		old = d.rows[at]
	}
	d.put(t, at, r)
	if old != nil {
		if err := w.follow(t, old, r); err != nil {
			return err
		}
	}
	return w.checkReferences(t, d.rows[at])
}

func checkNulls(t *table, r record) error {
	for i, c := range t.columns {
		if r[i] == nil && !c.Nullable && c.Property != nil && c.Property.Entity.Base == nil {
			e := failure(driver.ErrNotNullViolation, "%s.%s is NULL", t.name, c.Name)
			e.Table, e.Columns = t.name, []string{c.Name}
			return e
		}
	}
	return nil
}

// checkValues expects values of enums to be among theirs, and text to be no longer
// than its column.
func checkValues(t *table, r record) error {
	for i, c := range t.columns {
		if r[i] == nil || c.Type == nil || t.shared[i] {
			continue
		}
		class := error(nil)
		switch {
		case !amongEnum(c.Type, r[i]):
			class = driver.ErrCheckViolation
		case c.Type.Kind == mapper.String && c.Type.Length > 0 && tooLong(r[i], c.Type.Length):
			class = driver.ErrOutOfRange
		default:
			continue
		}
		e := failure(class, "%s.%s cannot hold the value", t.name, c.Name)
		e.Table, e.Columns = t.name, []string{c.Name}
		return e
	}
	return nil
}

// checkChecks expects the checks of the mapping to hold.
func checkChecks(t *table, r record) error {
	for _, c := range t.checks {
		if c.Types != nil && !slices.Contains(c.Types, r[t.at(c.Entity.Discriminator)]) {
			continue
		}
		if c.Holds(func(column *mapper.Column) (any, bool) { return r[t.at(column)], true }) {
			continue
		}
		e := failure(driver.ErrCheckViolation, "the row does not hold %s", c.From.Name)
		e.Table, e.Constraint = t.name, c.From.Name
		return e
	}
	return nil
}

// amongEnum reports that a value is allowed; of a list, that its elements are.
func amongEnum(t *mapper.Type, v any) bool {
	if list, ok := v.([]any); ok {
		return t.Elem == nil || len(t.Elem.Enum) == 0 ||
			!slices.ContainsFunc(list, func(v any) bool { return v != nil && !slices.Contains(t.Elem.Enum, v) })
	}
	return len(t.Enum) == 0 || slices.Contains(t.Enum, v)
}

func tooLong(v any, length int) bool {
	s, ok := v.(string)
	return ok && len(s) > length && utf8.RuneCountInString(s) > length
}

func checkUnique(t *table, d *data, at int, r record) error {
	for i, u := range t.unique {
		v, ok := valueOf(r, u.columns)
		if !ok {
			continue
		}
		if other, taken := d.unique[i][v]; taken && other != at {
			e := failure(driver.ErrUniqueViolation, "%s: the value is taken", u.name)
			e.Table, e.Constraint, e.Columns = t.name, u.name, t.names(u.columns)
			return e
		}
	}
	return nil
}

func (t *table) names(columns []int) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = t.columns[c].Name
	}
	return names
}

// checkReferences expects the targets of a row to exist.
func (w *writer) checkReferences(t *table, r record) error {
	for _, f := range t.references {
		values := pick(r, f.columns)
		if slices.Contains(values, nil) {
			continue
		}
		if len(w.state.tables.read(f.to).find(f.to, f.targets, values)) == 0 {
			return f.violation("the row it references does not exist")
		}
	}
	return nil
}

func pick(r record, columns []int) []any {
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = r[c]
	}
	return values
}

func (f *foreignKey) violation(why string) error {
	e := failure(driver.ErrForeignKeyViolation, "%s references %s: %s", f.from.name, f.to.name, why)
	e.Table, e.Columns = f.from.name, f.from.names(f.columns)
	return e
}

// follow does to those that point at what an update took away what their rules say, to a row
// that does so by several references at once.
func (w *writer) follow(t *table, old, r record) error {
	type place struct {
		of *table
		at int
	}
	var order []place
	rows := map[place]record{}
	for _, f := range t.incoming() {
		before, _ := valueOf(old, f.targets)
		after, _ := valueOf(r, f.targets)
		if before == after || before == nil {
			continue
		}
		d := w.state.write(f.from)
		for _, at := range d.find(f.from, f.columns, pick(old, f.targets)) {
			child := place{f.from, at}
			if rows[child] == nil {
				order = append(order, child)
				rows[child] = slices.Clone(d.rows[at])
			}
			if err := f.followed(rows[child], pick(r, f.targets)); err != nil {
				return err
			}
		}
	}
	for _, child := range order {
		into := &writer{state: w.state, program: w.program, table: child.of, op: w.op}
		if err := into.store(child.at, rows[child]); err != nil {
			return err
		}
	}
	return nil
}

// followed gives a referencing row the new values of its target. A row that refers to
// itself has been stored with them.
func (f *foreignKey) followed(r record, values []any) error {
	switch f.onUpdate {
	case mapper.RuleCascade:
	case mapper.RuleSetNull:
		values = make([]any, len(f.columns))
	default:
		return f.violation("the old value is still referenced")
	}
	for i, c := range f.columns {
		r[c] = values[i]
	}
	return nil
}

// remove deletes a row and does to those that reference it what their rules say.
func (w *writer) remove(t *table, at int) error {
	d := w.state.write(t)
	r := d.rows[at]
	if r == nil {
		return nil // a cascade was here before
	}
	d.drop(t, at)
	for _, f := range t.incoming() {
		for _, child := range slices.Clone(w.state.write(f.from).find(f.from, f.columns, pick(r, f.targets))) {
			if err := w.orphan(f, child); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) orphan(f *foreignKey, at int) error {
	switch f.onDelete {
	case mapper.RuleCascade:
		return w.remove(f.from, at)
	case mapper.RuleSetNull:
		d := w.state.write(f.from)
		r := slices.Clone(d.rows[at])
		for _, c := range f.columns {
			r[c] = nil
		}
		if err := checkNulls(f.from, r); err != nil {
			return err
		}
		if err := checkChecks(f.from, r); err != nil {
			return err
		}
		d.put(f.from, at, r)
		return nil
	default:
		return f.violation("the row is still referenced")
	}
}
