package migrate

import (
	"cmp"
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/weft-orm/weft/schema"
)

// Set is all migrations of a program, in order of version. It is immutable once made.
type Set struct {
	files []*File
}

// step is a migration in Go.
type step struct {
	up, down func(ctx context.Context, tx *stdsql.Tx) error
	// on and back are the ways of a step for a document database.
	document bool
	on, back func(ctx context.Context, t Target) error
}

// canGoBack reports that there is a way down.
func (s *step) canGoBack() bool { return s.down != nil || s.back != nil }

// DocumentStep is a migration of a document database written in Go. It is given the
// target of the [Migrator], usually an *orm.DB. It is noted once it has come to its end:
// one that fails runs again as a whole. down may be nil.
func DocumentStep(version int64, name string, up, down func(ctx context.Context, t Target) error) *File {
	return &File{Version: version, Name: name, Path: fmt.Sprintf("%d_%s.go", version, name), Checksum: "go", step: &step{document: true, on: up, back: down}}
}

// Step is a migration written in Go, for what SQL cannot do to data. It runs in a
// transaction of its own; down may be nil.
func Step(version int64, name string, up, down func(ctx context.Context, tx *stdsql.Tx) error) *File {
	return &File{Version: version, Name: name, Path: fmt.Sprintf("%d_%s.go", version, name), Checksum: "go", step: &step{up: up, down: down}}
}

// Load reads the files of a folder, and of the folders in it, and adds steps in Go.
// Files that end neither in .sql nor, for document databases, in .json are not looked at.
func Load(fsys fs.FS, steps ...*File) (*Set, error) {
	if fsys == nil || slices.Contains(steps, nil) {
		return nil, fmt.Errorf("migrate: %w: the folder or a step", schema.ErrArgument)
	}
	s := &Set{files: slices.Clone(steps)}
	err := walk(fsys, func(name string, text []byte) error {
		parse := ParseFile
		if path.Ext(name) == ".json" {
			parse = ParseDocumentFile
		}
		f, err := parse(name, text)
		if err == nil {
			s.files = append(s.files, f)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.sort()
	return s, s.duplicates()
}

// walk reads the migrations of a folder; a folder that is not there has none.
func walk(fsys fs.FS, fn func(name string, text []byte) error) error {
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".sql" && !documentName.MatchString(path.Base(name)) || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return fn(name, text)
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil && !errors.As(err, new(*Error)):
		return fmt.Errorf("migrate: %w", err)
	}
	return err
}

func (s *Set) sort() {
	slices.SortStableFunc(s.files, func(a, b *File) int { return cmp.Compare(a.Version, b.Version) })
}

// duplicates are usually two branches that both added a migration.
func (s *Set) duplicates() error {
	for i := 1; i < len(s.files); i++ {
		if a, b := s.files[i-1], s.files[i]; a.Version == b.Version {
			return &Error{Class: ErrDuplicate, Names: []string{a.Path, b.Path}, Remedy: "give the younger one a new version"}
		}
	}
	return nil
}

// Files returns the migrations in order; the slice must not be changed.
func (s *Set) Files() []*File { return s.files }

// Find returns the migration of a version, or nil.
func (s *Set) Find(version int64) *File {
	i, ok := slices.BinarySearchFunc(s.files, version, func(f *File, v int64) int { return cmp.Compare(f.Version, v) })
	if !ok {
		return nil
	}
	return s.files[i]
}

// Last returns the youngest migration, nil without any.
func (s *Set) Last() *File {
	if len(s.files) == 0 {
		return nil
	}
	return s.files[len(s.files)-1]
}

// Tables returns the tables that the mapping had after the youngest generated file.
func (s *Set) Tables() []string {
	for _, f := range slices.Backward(s.files) {
		if f.Generated {
			return f.Tables
		}
	}
	return nil
}

// Views returns the views that the mapping had then.
func (s *Set) Views() []string {
	for _, f := range slices.Backward(s.files) {
		if f.Generated {
			return f.Views
		}
	}
	return nil
}

// replaced returns the squashed file that stands for a version, or nil.
func (s *Set) replaced(version int64) *File {
	for _, f := range s.files {
		if _, ok := f.Replaces[version]; ok {
			return f
		}
	}
	return nil
}
