package gotypes

import (
	"context"
	"errors"
	"go/token"
	"path/filepath"

	"github.com/weft-orm/weft/mapper"
)

// Options say what to load. The zero value is ready to use.
type Options struct {
	// Mapping are the options of the registry. Its Custom types must be known to
	// this process.
	Mapping mapper.Options
	// Entities names structs of the package that are entities; those their
	// relations reach are added. Empty takes the arguments of orm.Entities
	// calls, else what a func Entities() []any of the package lists, else every
	// struct of the package that has a key.
	Entities []string
	// Env is the environment of the go command; nil is that of this process.
	Env []string
}

// Report tells what a registry was made of.
type Report struct {
	// Package is the import path, Name the package's name.
	Package, Name string
	// Origin says where the list of entities comes from.
	Origin Origin
	// Calls are the positions of the orm.Entities calls read.
	Calls []token.Position
	// Unknown are the pieces of the mapping that only running the program could tell.
	Unknown []Unknown

	places places
}

// Origin is where a list of entities comes from.
type Origin uint8

// The origins of a list of entities.
const (
	// FromCalls are the arguments of orm.Entities.
	FromCalls Origin = iota + 1
	// FromNames were given by the caller, with what they reach.
	FromNames
	// FromKeys are the structs that have a key, with what they reach.
	FromKeys
	// FromFunction are what the package's function Entities lists.
	FromFunction
)

// Unknown is a piece of a mapping that cannot be read from source.
type Unknown struct {
	// Position is where it stands.
	Position token.Position
	// Message says what it is and what was assumed.
	Message string
}

// String returns "file.go:12:3: message".
func (u Unknown) String() string { return u.Position.String() + ": " + u.Message }

// Load builds the registry of the package in dir. It runs the go command there,
// which compiles what the package imports; nothing is downloaded that the module
// does not ask for. A package that does not compile is an [*Error] of class ErrPackage; mistakes
// in the mapping are a *mapper.MappingError whose positions begin with file and line.
// The report is there, as far as it got, beside an error.
func Load(ctx context.Context, dir string, opts Options) (*mapper.Registry, *Report, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, nil, &Error{Class: ErrPackage, Dir: dir, Err: err}
	}
	l := &loader{ctx: ctx, dir: abs, given: dir, env: opts.Env, packages: map[string]*source{}, fset: token.NewFileSet()}
	root, err := l.load(".")
	if err != nil {
		return nil, nil, err
	}
	f := newFinder(l, root)
	report := f.report
	found, err := f.find(opts.Entities)
	if err != nil {
		return nil, report, err
	}
	report.place(found, f.describer)
	reg, err := f.build(opts.Mapping, found)
	var mistakes *mapper.MappingError
	if errors.As(err, &mistakes) {
		return nil, report, report.located(mistakes)
	}
	return reg, report, err
}
