package orm

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/exec"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// explain tells an execution error in terms of the model.
func (w *work) explain(err error) error {
	var stale *exec.StaleError
	if errors.As(err, &stale) {
		c := stale.Change
		return &OptimisticLockError{Entity: c.Entity.Name, Key: c.Key, Expected: c.Lock.Before}
	}
	var failed *exec.OpError
	if !errors.As(err, &failed) {
		return err
	}
	var engine *driver.Error
	if failed.Step == nil || !errors.As(failed.Err, &engine) || !violates(engine) {
		return failed.Err
	}
	e := &ConstraintError{Entity: subjectOf(failed.Step.Ops[0]), Err: failed.Err}
	if failed.Op != nil && failed.Op.Change != nil {
		e.Key = failed.Op.Change.Key
	}
	if failed.Step.Write.Entity != nil {
		e.Properties = properties(failed.Step.Write.Entity, failed.Step.Write.Table, engine)
	}
	return e
}

func violates(e *driver.Error) bool {
	return slices.Contains([]error{driver.ErrUniqueViolation, driver.ErrForeignKeyViolation,
		driver.ErrNotNullViolation, driver.ErrCheckViolation}, e.Class)
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
		columns = indexColumns(entity, e.Constraint)
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

func indexColumns(e *mapper.Entity, constraint string) []string {
	var names []string
	for ; e != nil; e = e.Base {
		for _, x := range e.Indexes {
			if x.Name == constraint {
				for _, c := range x.Columns {
					names = append(names, c.Name)
				}
			}
		}
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
