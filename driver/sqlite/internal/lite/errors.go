package lite

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/driver"
)

// errWithoutC is that there is no binding.
var errWithoutC = errors.New("this program was built without cgo, which the package driver/sqlite needs; " +
	`import _ "github.com/weft-orm/weft/driver/sqlite/purego", which does without`)

// classes maps extended result codes to classes.
var classes = map[Code]error{
	codeUnique:       driver.ErrUniqueViolation,
	codePrimaryKey:   driver.ErrUniqueViolation,
	codeRowID:        driver.ErrUniqueViolation,
	codeForeignKey:   driver.ErrForeignKeyViolation,
	codeTrigger:      driver.ErrForeignKeyViolation, // ON DELETE RESTRICT
	codeNotNull:      driver.ErrNotNullViolation,
	codeCheck:        driver.ErrCheckViolation,
	codeDatatype:     driver.ErrOutOfRange,
	codeBusySnapshot: driver.ErrSerialization,
}

// primaryClasses maps result codes, for extended codes not in classes.
var primaryClasses = map[Code]error{
	codeBusy:      driver.ErrLockTimeout,
	codeLocked:    driver.ErrLockTimeout,
	codeReadonly:  driver.ErrReadOnly,
	codePerm:      driver.ErrReadOnly,
	codeFull:      driver.ErrDiskFull,
	codeTooBig:    driver.ErrOutOfRange,
	codeMismatch:  driver.ErrOutOfRange,
	codeRange:     driver.ErrSyntax,
	codeCantOpen:  driver.ErrConnection,
	codeIOErr:     driver.ErrConnection,
	codeCorrupt:   driver.ErrConnection,
	codeNotADB:    driver.ErrConnection,
	codeInterrupt: driver.ErrCanceled,
}

// classify finds the class of an error by its result code. Only SQLITE_ERROR, one
// code for every mistake in a statement, needs a look at the message to tell what
// does not exist from what does not parse; and only the message names columns.
func classify(b Binding, err error) *driver.Error {
	e := &driver.Error{Class: driver.ErrOther}
	code, message, ok := b.Failure(err)
	if !ok {
		if errors.Is(err, sqldriver.ErrBadConn) {
			e.Class = driver.ErrConnection
		} else if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			e.Class = driver.ErrCanceled
		}
		return e
	}
	e.Code = strconv.Itoa(int(code))
	if code == codeTrigger && message != restricted {
		return e // what a trigger has raised
	}
	if class, ok := classes[code]; ok {
		e.Class = class
	} else if class, ok := primaryClasses[code.primary()]; ok {
		e.Class = class
	} else if code.primary() == codeError {
		e.Class = statementClass(message)
	}
	if code.primary() == codeConstraint {
		details(e, message)
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
func asError(b Binding, err error) error {
	if _, ok := errors.AsType[*driver.Error](err); ok {
		return err
	}
	e := classify(b, err)
	e.Engine, e.Err = caps.Name, err
	if errors.Is(e.Class, driver.ErrOther) {
		e.Class = driver.ErrConnection
	}
	return e.At("", -1, -1)
}
