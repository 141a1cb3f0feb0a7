package qb

import (
	"errors"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/class"
)

// Classes of mistakes in queries. Mistakes in conditions keep their own class
// from package conditions beneath.
var (
	// ErrOrder reports an order entry that cannot be read.
	ErrOrder = errors.New("malformed order")
	// ErrPath reports a path that leads to no single value where one must stand: into the
	// elements of a list, to a document, to an embedded value.
	ErrPath = errors.New("the path leads to no single value")
	// ErrUnknownProperty reports a path piece that names no property.
	ErrUnknownProperty = conditions.ErrUnknownProperty
	// ErrAmbiguous reports a path piece that names properties of several subtypes.
	ErrAmbiguous = conditions.ErrAmbiguous
	// ErrUnknownEntity reports an entity name that is not registered.
	ErrUnknownEntity = class.Within(class.ErrUnknownEntity, "unknown entity")
	// ErrUnknownAlias reports an alias that no step has introduced.
	ErrUnknownAlias = errors.New("unknown alias")
	// ErrStep reports a step that does not fit the query it is applied to.
	ErrStep = errors.New("step does not fit")
	// ErrFilter reports filters that lead back to themselves, see CheckFilters.
	ErrFilter = errors.New("the filters lead back to themselves")
	// ErrParameter reports a filter whose parameters are missing, not declared, or do not fit.
	ErrParameter = errors.New("a parameter of the filter does not fit")
	// ErrEmptyCondition reports a bulk update or delete without a condition and without AllowAll.
	ErrEmptyCondition = class.Within(class.ErrEmptyCondition, "empty condition would change every row")
)

// Error is a mistake in a query, kept with the step that made it.
type Error struct {
	// Class is one of the sentinels of this package, or nil when Err carries its own.
	Class error
	// Step is the builder call, "OrderBy", and Number its position from 1; 0 outside of a builder.
	Step   string
	Number int
	// Entity is the root, Path the piece at fault.
	Entity, Path string
	// Hint is the nearest valid name, or what to write instead; or "".
	Hint string
	// Err is the underlying error, if there is one.
	Err error
}

// Error returns a text such as
//
//	qb: OrderBy: Author.nmae: unknown property (did you mean "name"?)
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("qb: ")
	if e.Step != "" {
		b.WriteString(e.Step + ": ")
	}
	if e.Entity != "" {
		b.WriteString(e.Entity)
		if e.Path != "" {
			b.WriteByte('.')
		}
	}
	b.WriteString(e.Path)
	if e.Entity != "" || e.Path != "" {
		b.WriteString(": ")
	}
	switch {
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	default:
		b.WriteString(e.Class.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns the class and the underlying error.
func (e *Error) Unwrap() []error {
	var errs []error
	if e.Class != nil {
		errs = append(errs, e.Class)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}
