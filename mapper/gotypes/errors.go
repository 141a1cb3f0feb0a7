package gotypes

import (
	"errors"
	"strings"
)

// Classes of failures of [Load], beside mapper.ErrMapping.
var (
	// ErrPackage reports a directory that holds no package, or one that does not compile.
	ErrPackage = errors.New("cannot read package")
	// ErrNoEntities reports a package without entities.
	ErrNoEntities = errors.New("no entities found")
	// ErrUnknownEntity reports a name that is no struct of the package.
	ErrUnknownEntity = errors.New("unknown entity")
)

// Error is a failure to find the entities of a package.
type Error struct {
	// Class is one of the sentinels of this package.
	Class error
	// Dir is the directory that was to be read.
	Dir string
	// Name is the entity asked for, or "".
	Name string
	// Details are the messages of the go command, or what to do.
	Details []string
	// Err is the underlying error, if there is one.
	Err error
}

// Error returns the class, its subject and the details, one a line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("gotypes: " + e.Class.Error())
	if e.Name != "" {
		b.WriteString(" " + e.Name)
	}
	b.WriteString(" in " + e.Dir)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	for _, d := range e.Details {
		b.WriteString("\n\t" + d)
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
