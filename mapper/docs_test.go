package mapper_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
)

var (
	code = regexp.MustCompile("`([A-Za-z0-9]+)[`=\\\\]")
	row  = regexp.MustCompile(`(?m)^\| ([^|]|\\\|)+ \|`)
)

// documented are the names in the first column of the tables of a section.
func documented(t *testing.T, heading string) []string {
	t.Helper()
	page, err := os.ReadFile("../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), heading)
	if !found {
		t.Fatalf("no %q on the page", heading)
	}
	if i := strings.Index(section, "\n\n\n"); i >= 0 {
		section = section[:i]
	}
	lines := strings.Split(section, "\n")
	var names []string
	inTable := false
	for _, l := range lines {
		if !strings.HasPrefix(l, "|") {
			if inTable {
				break
			}
			continue
		}
		inTable = true
		for _, m := range code.FindAllStringSubmatch(row.FindString(l), -1) {
			if !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	slices.Sort(names)
	return names
}

// methods are the exported methods of a type.
func methods(t reflect.Type) []string {
	var names []string
	for i := range t.NumMethod() {
		names = append(names, t.Method(i).Name)
	}
	return names
}

func TestThePageKnowsEveryOption(t *testing.T) {
	tests := []struct {
		heading string
		want    []string
	}{
		{"## Options of a field", mapper.FieldOptions()},
		{"## Options of an entity", mapper.EntityOptions()},
		{"| call on the entity", methods(reflect.TypeFor[*mapper.EntityBuilder]())},
		{"| call on a field", methods(reflect.TypeFor[*mapper.FieldBuilder]())},
	}
	for _, tt := range tests {
		got := documented(t, tt.heading)
		if strings.HasPrefix(tt.heading, "|") {
			got = slices.DeleteFunc(got, func(s string) bool { return s[0] >= 'a' })
		}
		for _, name := range tt.want {
			if !slices.Contains(got, name) {
				t.Errorf("%s: the page lacks %s", tt.heading, name)
			}
		}
		for _, name := range got {
			if !slices.Contains(tt.want, name) {
				t.Errorf("%s: the parser does not know %s", tt.heading, name)
			}
		}
	}
}

func TestOptionsAreSorted(t *testing.T) {
	if !slices.IsSorted(mapper.FieldOptions()) || !slices.IsSorted(mapper.EntityOptions()) {
		t.Error("options are looked up by binary search")
	}
}
