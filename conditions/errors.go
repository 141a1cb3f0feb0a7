package conditions

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// Classes of mistakes in conditions. Every error of this package matches one of
// them with errors.Is, and is an *Error.
var (
	// ErrUnknownProperty reports a path piece that names no property.
	ErrUnknownProperty = errors.New("unknown property")
	// ErrAmbiguous reports a path piece that names properties of several subtypes.
	ErrAmbiguous = errors.New("ambiguous property")
	// ErrUnknownOperator reports an operator that does not exist.
	ErrUnknownOperator = errors.New("unknown operator")
	// ErrOperator reports an operator that does not fit the property it is applied to.
	ErrOperator = errors.New("operator does not fit")
	// ErrValue reports a value that cannot be converted to what the property holds.
	ErrValue = mapper.ErrValue
	// ErrShape reports a condition put together wrongly: a list where a map must
	// stand, nesting that does not end, a raw text with too few arguments.
	ErrShape = errors.New("malformed condition")
	// ErrPolicy reports a condition from outside that its Policy does not allow.
	ErrPolicy = errors.New("not allowed")
)

// Error is a mistake in a condition.
type Error struct {
	// Class is one of the sentinels of this package; errors.Is matches it.
	Class error
	// Step is "read", "parse", "bind", "json" or "match".
	Step string
	// Entity is the name of the root entity, "" while it is not known.
	Entity string
	// Path is the path of properties from the root, "books.titel".
	Path string
	// Operator is the operator at fault, "$like", or "".
	Operator string
	// Got says what was found, "" where the class says all; it never holds a value.
	Got string
	// Hint is the nearest valid name, or what to write instead; or "".
	Hint string
	// Keys leads to the mistake in the condition as it was written: the keys of
	// maps and the positions in lists, from the outside in.
	Keys []string
	// Offset and Length mark the piece at fault in the last of Keys, in bytes.
	Offset, Length int
	// Err is the underlying error, if there is one.
	Err error
}

// Error returns a text such as
//
//	conditions: parse: Author.books.titel: unknown property (did you mean "title"?)
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("conditions: ")
	b.WriteString(e.Step)
	b.WriteString(": ")
	b.WriteString(e.subject())
	b.WriteString(": ")
	switch {
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	case e.Got != "":
		b.WriteString(e.Got)
	default:
		b.WriteString(e.Class.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// subject returns what the error is about, "Author.age $like".
func (e *Error) subject() string {
	s := e.Entity
	if e.Path != "" {
		if s != "" {
			s += "."
		}
		s += e.Path
	}
	if s == "" {
		s = "condition"
		if len(e.Keys) > 0 {
			s = "at " + e.Pointer()
		}
	}
	if e.Operator != "" {
		s += " " + e.Operator
	}
	return s
}

// Pointer returns Keys as a JSON pointer, "/books/$or/1/titel".
func (e *Error) Pointer() string {
	var b strings.Builder
	for _, k := range e.Keys {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(k))
	}
	return b.String()
}

// Unwrap returns the class and the underlying error.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Class}
	}
	return []error{e.Class, e.Err}
}

// within returns err with key put before its keys.
func within(err error, key string) error {
	var e *Error
	if errors.As(err, &e) {
		e.Keys = append([]string{key}, e.Keys...)
	}
	return err
}

// didYouMean words a hint, or returns "" when nothing is near.
func didYouMean(name string) string {
	if name == "" {
		return ""
	}
	return "did you mean " + strconv.Quote(name) + "?"
}

// enumError reports a value outside of an enumeration.
type enumError struct {
	typ   *mapper.Type
	value any
}

func (e *enumError) Error() string { return "is none of the values allowed" }

// hint names the nearest allowed text, or all allowed values when they are few.
func (e *enumError) hint() string {
	var names []string
	for _, v := range e.typ.Enum {
		names = append(names, fmt.Sprint(v))
	}
	if text, ok := e.value.(string); ok {
		if near := suggest.Nearest(text, names); near != "" {
			return didYouMean(near)
		}
	}
	if len(names) > 8 {
		return ""
	}
	return "allowed: " + strings.Join(names, ", ")
}
