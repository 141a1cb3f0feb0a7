package class

import "errors"

// The classes as orm tells them.
var (
	// ErrNotLoaded reports a property that is needed and was not loaded.
	ErrNotLoaded = errors.New("property is not loaded")
	// ErrDetached reports an entity that has a row but is not managed.
	ErrDetached = errors.New("entity is detached")
	// ErrUnknownEntity reports a type that is not among the registered entities.
	ErrUnknownEntity = errors.New("type is not a registered entity")
	// ErrEmptyCondition reports a missing condition where one is required.
	ErrEmptyCondition = errors.New("condition is empty")
)

// narrow is a class within another one.
type narrow struct {
	text  string
	wider error
}

// Within returns a class with a text of its own that errors.Is finds under wider, too.
func Within(wider error, text string) error { return &narrow{text, wider} }

// Error returns the text.
func (n *narrow) Error() string { return n.text }

// Unwrap returns the wider class.
func (n *narrow) Unwrap() error { return n.wider }
