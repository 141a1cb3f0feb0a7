package orm

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/exec"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// explain tells an execution error in terms of the model.
func (w *work) explain(err error) error {
	if err == nil {
		return nil
	}
	partial, ok := errors.AsType[*exec.PartialError](err)
	if !ok {
		return w.failure(err)
	}
	e := &PartialFlushError{Err: w.failure(partial.Err)}
	for _, op := range partial.Written {
		e.Written = append(e.Written, w.flushed(op, partial.Outcome))
	}
	for _, op := range partial.Unsure {
		e.Unsure = append(e.Unsure, w.flushed(op, partial.Outcome))
	}
	return e
}

// flushed tells what an operation writes.
func (w *work) flushed(op *plan.Op, out *exec.Outcome) FlushedRow {
	row := FlushedRow{Action: op.Role.String()}
	if op.Change != nil {
		row.Entity, row.Key = op.Change.Entity.Name, out.Key(op.Change)
		return row
	}
	relation := op.Links.Relation
	row.Entity, row.Path = relation.Entity.Name, relation.Path
	parts := slices.Clone(op.Links.Owner)
	if parts == nil { // all links to a target that goes
		row.Entity, row.Path = relation.Relation.Target.Name, relation.String()
		parts = slices.Clone(op.Matched())
	}
	for i := range parts {
		parts[i] = out.Resolve(parts[i])
	}
	row.Key = w.key(parts)
	return row
}

// failure is explain for a failure that leaves nothing behind.
func (w *work) failure(err error) error {
	var stale *exec.StaleError
	if errors.As(err, &stale) {
		c := stale.Change
		e := &OptimisticLockError{Entity: c.Entity.Name, Key: c.Key, Expected: expected(c), Properties: checked(c)}
		if len(stale.Suspects) > 0 {
			w.lost = &lostRow{e, stale.Suspects}
		}
		return e
	}
	var failed *exec.OpError
	if !errors.As(err, &failed) {
		return err
	}
	var engine *driver.Error
	if !errors.As(failed.Err, &engine) {
		return failed.Err
	}
	if !violates(engine) {
		return clashed(failed, engine)
	}
	if len(failed.Deferred) > 0 {
		return deferredFailure(failed, engine)
	}
	if failed.Step == nil {
		return failed.Err
	}
	if free := failed.Free(); free != nil {
		return &plan.FreeError{Free: free, Err: failed.Err}
	}
	e := &ConstraintError{Entity: subjectOf(failed.Step.Ops[0]), Err: failed.Err}
	if failed.Op != nil && failed.Op.Change != nil {
		e.Key = failed.Op.Change.Key
	}
	if part := failed.Step.Ops[0].Part; part != nil {
		e.Properties = properties(part, part.Table, engine)
	}
	return e
}

// clashed names the row that cannot be written because what was read of it is gone.
func clashed(failed *exec.OpError, engine *driver.Error) error {
	if engine.Class != driver.ErrSerialization || engine.Transient || failed.Op == nil || failed.Op.Change == nil {
		return failed.Err
	}
	c := failed.Op.Change
	return &Error{Class: engine.Class, Entity: c.Entity.Name, Key: c.Key, Err: failed.Err}
}

// deferredFailure is a unique constraint that is violated when the flush has been sent.
func deferredFailure(failed *exec.OpError, engine *driver.Error) error {
	for _, u := range failed.Deferred {
		if len(failed.Deferred) > 1 && u.Constraint != engine.Constraint {
			continue
		}
		e := &ConstraintError{Entity: u.Entity.Name, Err: failed.Err}
		for _, c := range u.Columns {
			if c.Property != nil && !slices.Contains(e.Properties, c.Property.Path) {
				e.Properties = append(e.Properties, c.Property.Path)
			}
		}
		return e
	}
	return failed.Err
}

func violates(e *driver.Error) bool {
	return slices.Contains([]error{driver.ErrUniqueViolation, driver.ErrForeignKeyViolation,
		driver.ErrNotNullViolation, driver.ErrCheckViolation, driver.ErrOutOfRange}, e.Class)
}

func subjectOf(op *plan.Op) string {
	if op.Change != nil {
		return op.Change.Entity.Name
	}
	return op.Links.Relation.String()
}

// properties finds the properties behind the columns an engine named.
func properties(entity *mapper.Entity, table *mapper.Table, e *driver.Error) []string {
	columns := e.Columns
	if len(columns) == 0 && e.Constraint != "" {
		columns = constraintColumns(entity, e.Constraint)
	}
	paths := propertiesOf(entity, columns, table)
	if len(paths) == 0 {
		paths = propertiesOf(entity, columns, nil)
	}
	return paths
}

// propertiesOf finds the properties behind columns of one table, of any when table is nil.
func propertiesOf(e *mapper.Entity, columns []string, table *mapper.Table) []string {
	var paths []string
	for _, name := range columns {
		for _, c := range e.Columns {
			if c.Name == name && (table == nil || c.Table == table) && c.Property != nil && !slices.Contains(paths, c.Property.Path) {
				paths = append(paths, c.Property.Path)
			}
		}
	}
	return paths
}

// constraintColumns finds the columns of a constraint that the engine only names:
// an index or a check of the mapping, a constraint of one property, or the primary
// key.
func constraintColumns(e *mapper.Entity, constraint string) []string {
	for ; e != nil; e = e.Base {
		for _, x := range e.Indexes {
			if x.Name == constraint {
				return columnNames(x.Columns)
			}
		}
		for _, c := range e.Checks {
			if c.Name == constraint && c.Property != nil {
				return columnNames(c.Property.Columns)
			}
		}
		for _, p := range e.Properties {
			if madeFor(p, constraint) {
				return columnNames(p.Columns)
			}
		}
		if e.Table != nil && isPrimary(e.Table.Name, constraint) {
			return columnNames(e.KeyColumns)
		}
	}
	return nil
}

// madeFor reports the name that package schema gives to the unique constraint or
// the check of a column and to the foreign key of a relation.
func madeFor(p *mapper.Property, constraint string) bool {
	if len(p.Columns) == 0 || p.Columns[0].Table == nil {
		return false
	}
	table, columns := p.Columns[0].Table.Name, columnNames(p.Columns)
	for _, kind := range []naming.IndexKind{naming.KindUnique, naming.KindForeignKey, naming.KindCheck} {
		if named(constraint, kind, table, columns) {
			return true
		}
	}
	return false
}

// isPrimary reports the name of a table's primary key; MySQL has one for all tables.
func isPrimary(table, constraint string) bool {
	return constraint == "PRIMARY" || named(constraint, naming.KindPrimary, table, nil)
}

// named reports a name made by package naming, cut to the length of either family.
func named(constraint string, kind naming.IndexKind, table string, columns []string) bool {
	return constraint == naming.Index(kind, table, columns, naming.MaxPostgres) ||
		constraint == naming.Index(kind, table, columns, naming.MaxMySQL)
}

func columnNames(columns []*mapper.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// IsUnique reports whether err is a violated unique constraint over exactly
// these properties, in any order; without properties, over any. Engines that do
// not tell the columns match any property.
func IsUnique(err error, properties ...string) bool {
	if !errors.Is(err, driver.ErrUniqueViolation) {
		return false
	}
	var c *ConstraintError
	if len(properties) == 0 || !errors.As(err, &c) || len(c.Properties) == 0 {
		return true
	}
	want, got := slices.Sorted(slices.Values(properties)), slices.Sorted(slices.Values(c.Properties))
	return slices.Equal(want, got)
}

// expected is the version that a change was made on, nil where there is none.
func expected(c *changeset.Change) any {
	if c.Lock == nil {
		return nil
	}
	return c.Lock.Before
}

// checked are the properties whose values the row must still hold.
func checked(c *changeset.Change) (paths []string) {
	for _, cell := range c.Checks() {
		if p := cell.Column.Property; p != nil && !slices.Contains(paths, p.Path) {
			paths = append(paths, p.Path)
		}
	}
	return paths
}
