package tests_test

import (
	"slices"
	"strings"
	"testing"
)

const plantedExceptions = `
### Wide interfaces

* ` + "`a.Allowed`" + `: a reason

### Panics

* ` + "`a.T.Get`" + `: a reason
* ` + "`a.Gone`" + `: a reason

### Reflection

* ` + "`mapper`" + `: a reason

## Next
`

const plantedSource = `package a

import "reflect"

var ErrLoose = errors.New("loose")

// These are grouped.
const (
	One = 1
	Two = 2
)

var (
	Bare = 1
	// Documented is fine.
	Documented = 2
)

// Something else.
type Misnamed struct{}

// Wide is too wide.
type Wide interface { A(); B(); C(); D(); fmt.Stringer }

// Allowed is listed.
type Allowed interface { A(); B(); C(); D(); E() }

// Number is a constraint, not a set of methods.
type Number interface { int | int8; ~string }

func (*T[K]) Get() { panic("listed") }

func (t hidden) Exported() { if true { panic("not listed") } }

// MustDo may panic.
func MustDo() { panic("must") }

// Kind compares texts.
func Kind(err error) bool { return strings.Contains(err.Error(), "x") || strings.Contains(name, "x") }
`

func TestStyleCanFail(t *testing.T) {
	long := "package b\n\n// Long is long.\nfunc Long() {\n" + strings.Repeat("\tx()\n", 700) + "}\n"
	sources := []struct{ path, text string }{
		{"a/a.go", plantedSource},
		{"b/doc.go", "// Package b is documented.\npackage b\n"},
		{"b/errors.go", "package b\n\n// ErrB is in its place.\nvar ErrB = errors.New(\"b\")\n"},
		{"b/long.go", long},
		{"cmd/x/main.go", "// Command x.\npackage main\n\nfunc Exported() {}\n"},
		{"mapper/inner/r.go", "package inner\n\nimport \"reflect\"\n"},
	}
	var files []sourceFile
	for _, s := range sources {
		file, err := parseSource(s.path, s.text)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	want := []string{
		"a/a.go:3: imports reflect; it belongs to mapper (exceptions in CONTRIBUTING.md)",
		"a/a.go:5: ErrLoose has no comment",
		"a/a.go:5: a package-level error belongs in errors.go",
		"a/a.go:14: Bare has no comment, and neither has its group",
		"a/a.go:20: the comment of Misnamed does not begin with Misnamed",
		"a/a.go:23: interface Wide has 5 methods, the limit is 4 (exceptions in CONTRIBUTING.md)",
		"a/a.go:31: T.Get has no comment",
		"a/a.go:33: hidden.Exported panics; return an error (exceptions in CONTRIBUTING.md)",
		"a/a.go:39: compares the text of an error; use errors.Is or errors.As",
		"b/long.go: 705 lines, the limit is 600",
		"b/long.go:4: Long has 702 lines, the limit is 100",
		"a: no doc.go with a package comment",
		"mapper/inner: no doc.go with a package comment",
		"CONTRIBUTING.md: the exception for a.Gone is not needed",
	}
	if got := checkStyle(files, readExceptions(plantedExceptions)); !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
