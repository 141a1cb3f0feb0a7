package mongo

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Classes of errors of this package; test with errors.Is.
var (
	// ErrUnsupported is the class of queries that MongoDB cannot express.
	ErrUnsupported = errors.New("not supported on MongoDB")
	// ErrValue is the class of arguments that have no BSON form.
	ErrValue = errors.New("value has no BSON form")
	// ErrNull is the class of nulls where the mapping allows none.
	ErrNull = errors.New("null where the mapping allows none")
	// ErrDocument is the class of stored values that do not fit the mapping.
	ErrDocument = errors.New("stored value does not fit the mapping")
)

// UnsupportedError says what MongoDB cannot express. It is an [ErrUnsupported].
type UnsupportedError struct {
	// Entity is the entity the query is about.
	Entity string
	// Path is the property path concerned, or "".
	Path string
	// Operator is the operator or clause concerned, "$fulltext", "lock".
	Operator string
	// Reason says why, and what to do instead where there is something.
	Reason string
}

// Error returns "qb/mongo: Author.books: $size: not supported on MongoDB: ...".
func (e *UnsupportedError) Error() string {
	s := "qb/mongo: " + e.Entity
	if e.Path != "" {
		s += "." + e.Path
	}
	if e.Operator != "" {
		s += ": " + e.Operator
	}
	s += ": " + ErrUnsupported.Error()
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

// Unwrap gives the class of the error.
func (e *UnsupportedError) Unwrap() error { return ErrUnsupported }

// ValueError reports an argument or a stored value that cannot be converted. It
// is an [ErrValue] or an [ErrDocument].
type ValueError struct {
	// Class is ErrValue or ErrDocument.
	Class error
	// Kind names the type of the value; the value itself is never shown.
	Kind string
	// Want names what it should have been, or "".
	Want string
}

// Error returns "qb/mongo: stored value does not fit the mapping: string for int".
func (e *ValueError) Error() string {
	if e.Want == "" {
		return fmt.Sprintf("qb/mongo: %v: %s", e.Class, e.Kind)
	}
	return fmt.Sprintf("qb/mongo: %v: %s for %s", e.Class, e.Kind, e.Want)
}

// Unwrap gives the class of the error.
func (e *ValueError) Unwrap() error { return e.Class }

// NullError reports a row to be written with a null that the mapping does not
// allow; the server itself would take it. It is an [ErrNull].
type NullError struct {
	// Table and Column are those of the mapping.
	Table, Column string
	// Row is the index of the row.
	Row int
}

// Error returns "qb/mongo: tags.name: null where the mapping allows none".
func (e *NullError) Error() string {
	return "qb/mongo: " + e.Table + "." + e.Column + ": " + ErrNull.Error()
}

// Unwrap gives the class of the error.
func (e *NullError) Unwrap() error { return ErrNull }

// unsupported makes the error for a property of an entity.
func unsupported(p *mapper.Property, operator, reason string) error {
	return &UnsupportedError{Entity: p.Entity.Name, Path: p.Path, Operator: operator, Reason: reason}
}

// unsupportedClause makes the error for a clause of a query.
func unsupportedClause(e *mapper.Entity, clause, reason string) error {
	name := ""
	if e != nil {
		name = e.Name
	}
	return &UnsupportedError{Entity: name, Operator: clause, Reason: reason}
}

// unsupportedField makes the error for a leaf of a condition.
func unsupportedField(e *mapper.Entity, f conditions.Field, operator, reason string) error {
	return &UnsupportedError{Entity: e.Name, Path: fieldPath(f), Operator: operator, Reason: reason}
}

// fieldPath spells a field as a user would.
func fieldPath(f conditions.Field) string {
	path := ""
	add := func(s string) {
		if path != "" {
			path += "."
		}
		path += s
	}
	for _, hop := range f.Hops {
		add(hop.Path)
	}
	if f.Property != nil {
		add(f.Property.Path)
	}
	for _, key := range f.JSON {
		add(key)
	}
	return path
}
