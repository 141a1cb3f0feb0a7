package naming_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/weft-orm/weft/naming"
)

var seeds = []string{
	"", "ID", "BlogPost", "HTTPServer", "UserIDs", "_", "A_B", "\xff\x00", "ǅ", "İd", "名前", "x9Y", "Quizzes", "a-b.c",
}

// valid reports what is wrong with a name made from source, or "".
func valid(source, name string) string {
	switch {
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case strings.IndexFunc(name, unicode.IsControl) >= 0:
		return "has a control character"
	case name == "" && source != "":
		return "is empty"
	}
	return ""
}

func FuzzWords(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		snake, camel := naming.Snake(name), naming.LowerCamel(name)
		for _, got := range []string{snake, camel} {
			if fault := valid(name, got); fault != "" {
				t.Errorf("%q gives %q, which %s", name, got, fault)
			}
		}
		if again := naming.Snake(snake); again != snake {
			t.Errorf("Snake(%q) = %q, and Snake of that = %q", name, snake, again)
		}
		if again := naming.LowerCamel(camel); again != camel {
			t.Errorf("LowerCamel(%q) = %q, and LowerCamel of that = %q", name, camel, again)
		}
	})
}

func FuzzStrategies(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed, "tags")
	}
	strategies := []naming.Strategy{
		naming.Underscore{}, naming.Underscore{Singular: true}, naming.EntityCase{}, naming.Mongo{}, naming.Mongo{Singular: true},
	}
	f.Fuzz(func(t *testing.T, entity, property string) {
		for _, s := range strategies {
			names := []struct{ source, name string }{
				{entity, s.Table(entity)},
				{property, s.Column(property)},
				{property, s.JoinColumn(property, "id")},
				{entity, s.JoinTable(entity, property, entity)},
				{entity, naming.DiscriminatorValue(naming.Underscore{}, entity)},
			}
			for _, n := range names {
				if fault := valid(n.source, n.name); fault != "" {
					t.Errorf("%#v: %q gives %q, which %s", s, n.source, n.name, fault)
				}
			}
		}
	})
}

func FuzzIndex(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, "author_id", strings.Repeat(seed, 20), 10*i)
	}
	f.Fuzz(func(t *testing.T, table, first, second string, max int) {
		name := naming.Index(naming.KindUnique, table, []string{first, second}, max)
		short := naming.Shorten(table, max)
		for _, got := range []string{name, short} {
			if max > 0 && len(got) > max {
				t.Errorf("%q is %d bytes long, the limit is %d", got, len(got), max)
			}
		}
		if fault := valid("x", name); fault != "" {
			t.Errorf("Index(%q, %q, %q, %d) = %q, which %s", table, first, second, max, name, fault)
		}
		if fault := valid(table, short); fault != "" {
			t.Errorf("Shorten(%q, %d) = %q, which %s", table, max, short, fault)
		}
		if again := naming.Index(naming.KindUnique, table, []string{first, second}, max); again != name {
			t.Errorf("the same index is called %q and %q", name, again)
		}
	})
}
