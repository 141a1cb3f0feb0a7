package tests_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStyle counts what a reader would stumble over and reports all of it at once. The limits are hard ones: good code
// stays far below them. Exceptions stand, with their reasons, in CONTRIBUTING.md.
func TestStyle(t *testing.T) {
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	allow := readExceptions(string(text))
	for _, fault := range checkStyle(sourceFiles(t, ".."), allow) {
		t.Error(fault)
	}
}

// sourceFile is one parsed file that is neither a test nor generated.
type sourceFile struct {
	path string // from the root of the repository, with slashes
	set  *token.FileSet
	ast  *ast.File
}

// sourceFiles parses every hand-written file below root, of every module, in lexical order.
func sourceFiles(t *testing.T, root string) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		short, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if fits, err := build.Default.MatchFile(filepath.Dir(path), name); err == nil && !fits && strings.Contains(name, "_go1") {
			return nil // written for a newer Go, whose syntax this one does not know
		}
		file, err := parseSource(filepath.ToSlash(short), string(text))
		if err == nil && !ast.IsGenerated(file.ast) {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func parseSource(path, text string) (sourceFile, error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, path, text, parser.ParseComments|parser.SkipObjectResolution)
	return sourceFile{path: path, set: set, ast: parsed}, err
}

// exceptions are the lists of CONTRIBUTING.md, each entry mapped to whether the code still needs it.
type exceptions struct {
	interfaces map[string]bool // "driver.Session"
	panics     map[string]bool // "rel.Ref.Get"
	reflection map[string]bool // "mapper", with what lies below it
}

// readExceptions takes the lists from the sections of CONTRIBUTING.md: every line that begins with "* `name`".
func readExceptions(text string) *exceptions {
	section := func(title string) map[string]bool {
		names := map[string]bool{}
		_, rest, _ := strings.Cut(text, "\n### "+title+"\n")
		body, _, _ := strings.Cut(rest, "\n#")
		for _, match := range regexp.MustCompile("(?m)^\\* `([^`]+)`").FindAllStringSubmatch(body, -1) {
			names[match[1]] = false
		}
		return names
	}
	return &exceptions{
		interfaces: section("Wide interfaces"),
		panics:     section("Panics"),
		reflection: section("Reflection"),
	}
}

// use reports whether a list holds name, and notes that it was needed.
func use(list map[string]bool, name string) bool {
	_, ok := list[name]
	if ok {
		list[name] = true
	}
	return ok
}

// useFolder is use for a list of folders that stand for everything below them.
func useFolder(list map[string]bool, folder string) bool {
	for name := range list {
		if within(folder, name) {
			list[name] = true
			return true
		}
	}
	return false
}

// unused lists the exceptions of interfaces and panics that no code needs any more. Folders may be ahead of the code.
func (e *exceptions) unused() []string {
	var faults []string
	for _, list := range []map[string]bool{e.interfaces, e.panics} {
		for name, needed := range list {
			if !needed {
				faults = append(faults, "CONTRIBUTING.md: the exception for "+name+" is not needed")
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// checkStyle applies every rule to every file.
func checkStyle(files []sourceFile, allow *exceptions) []string {
	c := &styleChecker{allow: allow}
	for _, file := range files {
		c.checkFile(file)
	}
	c.checkPackages(files)
	return slices.Concat(c.faults, allow.unused())
}
