package entities

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
)

// Report tells what Write did, or would do.
type Report struct {
	// Written and Removed are generated files, Made those that belong to people now.
	Written []string `json:"written"`
	Removed []string `json:"removed"`
	Made    []string `json:"made"`
	// Unchanged counts files that are what they should be.
	Unchanged int `json:"unchanged"`
}

// Stale reports that there was something to write or remove.
func (r *Report) Stale() bool { return len(r.Written)+len(r.Removed) > 0 }

// WriteOptions say how files are written.
type WriteOptions struct {
	// Check writes nothing.
	Check bool
	// Force writes over generated files that were changed by hand.
	Force bool
	// NoOwn makes no files for people.
	NoOwn bool
}

// Declared returns the names that people declare in the package of a folder, in
// files that are not generated, and the name of the package, "" without one.
func Declared(dir string) (names map[string]bool, pkg string, err error) {
	names = map[string]bool{}
	files, err := goFiles(dir)
	if err != nil {
		return nil, "", err
	}
	set := token.NewFileSet()
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, "", err
		}
		if isGenerated(text) || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, filepath.Join(dir, name), text, parser.SkipObjectResolution)
		if err != nil {
			return nil, "", fmt.Errorf("entities: %w", err)
		}
		pkg = file.Name.Name
		for _, d := range file.Decls {
			declared(d, names)
		}
	}
	return names, pkg, nil
}

func declared(d ast.Decl, names map[string]bool) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names[d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names[s.Name.Name] = true
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names[n.Name] = true
				}
			}
		}
	}
}

func goFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("entities: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".go") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func isGenerated(text []byte) bool { return bytes.HasPrefix(text, []byte(header+"\n")) }

// isEdited reports a generated file whose contents are not what they were.
func isEdited(text []byte) bool {
	_, rest, ok := bytes.Cut(text, []byte(sumComment))
	if !ok {
		return true
	}
	want, body, _ := bytes.Cut(rest, []byte("\n\n"))
	return string(want) != sum(body)
}

// Write brings the generated files of a folder up to date: it writes what differs,
// removes generated files that are no longer needed, and makes, once, a file for
// people beside each entity's. Files of people are never written. A generated file
// that was changed by hand is an ErrEdited, and nothing is written then.
func Write(dir string, result *Result, opts WriteOptions) (*Report, error) {
	report := &Report{}
	existing, err := goFiles(dir)
	if err != nil {
		return nil, err
	}
	old := map[string][]byte{}
	var edited []string
	for _, name := range existing {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("entities: %w", err)
		}
		old[name] = text
		if isGenerated(text) && isEdited(text) {
			edited = append(edited, name)
		}
	}
	for _, f := range result.Files {
		if text, ok := old[f.Name]; ok && !isGenerated(text) {
			return nil, fmt.Errorf("entities: %s is not a file of weft entities, which would write it; rename it", filepath.Join(dir, f.Name))
		}
	}
	if len(edited) > 0 && !opts.Force {
		return nil, fmt.Errorf("entities: %s %w; move what you changed into the file beside it (%s), or give --force to lose it",
			filepath.Join(dir, edited[0]), ErrEdited, strings.TrimSuffix(edited[0], "_weft.go")+".go")
	}
	for _, f := range result.Files {
		if bytes.Equal(old[f.Name], f.Source) {
			report.Unchanged++
		} else {
			report.Written = append(report.Written, f.Name)
		}
		if _, ok := old[f.Own]; f.Own != "" && !ok && !opts.NoOwn {
			report.Made = append(report.Made, f.Own)
		}
	}
	for _, name := range existing {
		if isGenerated(old[name]) && !slices.ContainsFunc(result.Files, func(f File) bool { return f.Name == name }) {
			report.Removed = append(report.Removed, name)
		}
	}
	if opts.Check {
		return report, nil
	}
	return report, report.apply(dir, result)
}

func (r *Report) apply(dir string, result *Result) error {
	for _, f := range result.Files {
		if slices.Contains(r.Written, f.Name) {
			if err := env.WriteFile(filepath.Join(dir, f.Name), f.Source); err != nil {
				return fmt.Errorf("entities: %w", err)
			}
		}
		if f.Own != "" && slices.Contains(r.Made, f.Own) {
			if err := env.WriteFile(filepath.Join(dir, f.Own), f.OwnSource); err != nil {
				return fmt.Errorf("entities: %w", err)
			}
		}
	}
	for _, name := range r.Removed {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("entities: %w", err)
		}
	}
	return nil
}
