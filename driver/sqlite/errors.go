package sqlite

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/driver"
)

// classes maps extended result codes to classes.
var classes = map[sqlite3.ErrNoExtended]error{
	sqlite3.ErrConstraintUnique:      driver.ErrUniqueViolation,
	sqlite3.ErrConstraintPrimaryKey:  driver.ErrUniqueViolation,
	sqlite3.ErrConstraintRowID:       driver.ErrUniqueViolation,
	sqlite3.ErrConstraintForeignKey:  driver.ErrForeignKeyViolation,
	sqlite3.ErrConstraintTrigger:     driver.ErrForeignKeyViolation, // ON DELETE RESTRICT
	sqlite3.ErrConstraintNotNull:     driver.ErrNotNullViolation,
	sqlite3.ErrConstraintCheck:       driver.ErrCheckViolation,
	sqlite3.ErrConstraint.Extend(12): driver.ErrOutOfRange, // SQLITE_CONSTRAINT_DATATYPE
	sqlite3.ErrBusySnapshot:          driver.ErrSerialization,
}

// primaryClasses maps result codes, for extended codes not in classes.
var primaryClasses = map[sqlite3.ErrNo]error{
	sqlite3.ErrBusy:      driver.ErrLockTimeout,
	sqlite3.ErrLocked:    driver.ErrLockTimeout,
	sqlite3.ErrReadonly:  driver.ErrReadOnly,
	sqlite3.ErrPerm:      driver.ErrReadOnly,
	sqlite3.ErrFull:      driver.ErrDiskFull,
	sqlite3.ErrTooBig:    driver.ErrOutOfRange,
	sqlite3.ErrMismatch:  driver.ErrOutOfRange,
	sqlite3.ErrRange:     driver.ErrSyntax,
	sqlite3.ErrCantOpen:  driver.ErrConnection,
	sqlite3.ErrIoErr:     driver.ErrConnection,
	sqlite3.ErrCorrupt:   driver.ErrConnection,
	sqlite3.ErrNotADB:    driver.ErrConnection,
	sqlite3.ErrInterrupt: driver.ErrCanceled,
}

// classify finds the class of an error by its result code. Only SQLITE_ERROR, one
// code for every mistake in a statement, needs a look at the message to tell what
// does not exist from what does not parse; and only the message names columns.
func classify(err error) *driver.Error {
	e := &driver.Error{Class: driver.ErrOther}
	native, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		if errors.Is(err, sqldriver.ErrBadConn) {
			e.Class = driver.ErrConnection
		} else if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			e.Class = driver.ErrCanceled
		}
		return e
	}
	e.Code = strconv.Itoa(int(native.ExtendedCode))
	if native.ExtendedCode == sqlite3.ErrConstraintTrigger && native.Error() != restricted {
		return e // what a trigger has raised
	}
	if class, ok := classes[native.ExtendedCode]; ok {
		e.Class = class
	} else if class, ok := primaryClasses[native.Code]; ok {
		e.Class = class
	} else if native.Code == sqlite3.ErrError {
		e.Class = statementClass(native.Error())
	}
	if native.Code == sqlite3.ErrConstraint {
		details(e, native.Error())
	}
	return e
}

// restricted is what SQLite says of ON DELETE RESTRICT, which has the code of what triggers raise.
const restricted = "FOREIGN KEY constraint failed"

// statementClasses are how messages begin or continue, by class.
var statementClasses = []struct {
	class error
	texts []string
}{
	{driver.ErrUndefined, []string{"no such table", "no such column", "has no column named", "unknown database", "no such view", "no such index", "no such trigger", "no such collation"}},
	{driver.ErrUnsupported, []string{"no such function", "no such module", "no such table-valued function"}},
	{driver.ErrOutOfRange, []string{"malformed JSON", "integer overflow", "too many", "Expression tree is too large", "parser stack overflow"}},
}

func statementClass(message string) error {
	for _, c := range statementClasses {
		for _, s := range c.texts {
			if strings.Contains(message, s) {
				return c.class
			}
		}
	}
	return driver.ErrSyntax
}

// details takes table and columns from "UNIQUE constraint failed: authors.email, authors.name",
// or the name of a constraint or index from "...failed: index 'name'" and "CHECK constraint failed: name".
func details(e *driver.Error, message string) {
	_, list, ok := strings.Cut(message, "constraint failed: ")
	if !ok {
		return
	}
	if name, ok := strings.CutPrefix(list, "index '"); ok {
		e.Constraint = strings.TrimSuffix(name, "'")
		return
	}
	if errors.Is(e.Class, driver.ErrCheckViolation) {
		e.Constraint = list
		return
	}
	for _, name := range strings.Split(list, ", ") {
		table, column, ok := strings.Cut(name, ".")
		if !ok {
			e.Constraint, e.Columns = list, nil
			return
		}
		e.Table = table
		e.Columns = append(e.Columns, column)
	}
}

// asError classifies an error of connecting.
func asError(err error) error {
	if _, ok := errors.AsType[*driver.Error](err); ok {
		return err
	}
	e := classify(err)
	e.Engine, e.Err = caps.Name, err
	if errors.Is(e.Class, driver.ErrOther) {
		e.Class = driver.ErrConnection
	}
	return e.At("", -1, -1)
}
