package mapper

import (
	"errors"
	"fmt"
	"strings"
)

// ErrMapping is the class of errors about how entities are declared.
var ErrMapping = errors.New("invalid mapping")

// ErrValue is the class of errors about a value that does not fit its property.
var ErrValue = errors.New("invalid value")

// Why a tag cannot be read.
var (
	errTagQuote = errors.New("a quote is not closed")
	errTagName  = errors.New("an option has no name")
)

// errNoText is why a value cannot become text.
var errNoText = errors.New("has no text form")

// errNotUTF8 is what [notUTF8] says, of text in a document.
var errNotUTF8 = errors.New(notUTF8)

// Problem is one mistake in a mapping.
type Problem struct {
	// Position is the Go position, "library.Book.Author" or "library.Book".
	Position string
	// Message says what is wrong and, where there is one, the near miss.
	Message string
}

// String returns position and message.
func (p Problem) String() string { return p.Position + ": " + p.Message }

// MappingError reports all mistakes found while a registry was built, ordered
// by entity and field. It is an [ErrMapping].
type MappingError struct{ Problems []Problem }

// Error lists all problems, one a line.
func (e *MappingError) Error() string {
	var b strings.Builder
	b.WriteString("mapper: ")
	if len(e.Problems) == 1 {
		b.WriteString(e.Problems[0].String())
		return b.String()
	}
	fmt.Fprintf(&b, "%d mistakes in the mapping", len(e.Problems))
	for _, p := range e.Problems {
		b.WriteString("\n\t")
		b.WriteString(p.String())
	}
	return b.String()
}

// Unwrap gives the class of the error.
func (e *MappingError) Unwrap() error { return ErrMapping }

// ValueError reports a value that cannot be converted to a property's type. It
// is an [ErrValue]. It never carries the value itself, which may be a secret.
type ValueError struct {
	// Type is the Go type of the property, GoType that of the value.
	Type, GoType string
	// Reason says what is wrong: "must be whole".
	Reason string
}

// Error describes the mismatch; where the type is the right one it says what is
// wrong with the value.
func (e *ValueError) Error() string {
	if e.GoType == e.Type {
		return "mapper: the value " + e.Reason
	}
	return "mapper: cannot use " + e.GoType + " as " + e.Type + ": " + e.Reason
}

// Unwrap gives the class of the error.
func (e *ValueError) Unwrap() error { return ErrValue }

// PropertyError adds the property to an error about its value.
type PropertyError struct {
	// Property is the entity and path, "Author.age".
	Property string
	// Err is the reason.
	Err error
}

// Error puts the property before the reason.
func (e *PropertyError) Error() string {
	return "mapper: " + e.Property + ": " + strings.TrimPrefix(e.Err.Error(), "mapper: ")
}

// Unwrap gives the reason.
func (e *PropertyError) Unwrap() error { return e.Err }

// badValue makes a ValueError for v.
func (t *Type) badValue(v any, reason string) error {
	return &ValueError{Type: t.GoName, GoType: fmt.Sprintf("%T", v), Reason: reason}
}
