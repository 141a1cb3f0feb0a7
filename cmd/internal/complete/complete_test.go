package complete_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/internal/complete"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes/testdata/several"
	"github.com/weft-orm/weft/tests/model"
)

func context(t testing.TB) *complete.Context {
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return &complete.Context{
		Commands: []string{"entity", "exit", "order", "populate", "where"}, Entities: []string{"entity"},
		Words:    map[string][]string{"dialect": {"sqlite", "mongo", "all"}},
		Registry: reg, Entity: reg.Entity("Author"),
	}
}

func TestWord(t *testing.T) {
	c := context(t)
	for _, x := range []struct{ line, head, words string }{
		{"e", "", "entity exit"},
		{"entity Or", "entity ", "Order OrderLine"},
		{"dialect sqlite,m", "dialect sqlite,", "mongo"},
		{"populate bo", "populate ", "books bornAt"},
		{"populate books.t", "populate books.", "tags title"},
		{"order name,-books.publisher.co", "order name,-books.publisher.", "code country"},
		{`{"na`, `{"`, "name"},
		{`where {"books": {"tags": {"n`, `where {"books": {"tags": {"`, "name"},
		{`{"$or": [{"name": "x"}, {"books.author:some": {"fav`, `{"$or": [{"name": "x"}, {"books.author:some": {"`, "favourite"},
		{`{"books": {"title": "x"}, "prof`, `{"books": {"title": "x"}, "`, "profile"},
		{`{"nothing": {"n`, `{"nothing": {"n`, ""},
		{`{"name": "bo`, `{"name": "`, "books bornAt"},
	} {
		head, words := c.Word(x.line)
		if head != x.head || strings.Join(words, " ") != x.words {
			t.Errorf("%s: got %q %v, want %q [%s]", x.line, head, words, x.head, x.words)
		}
	}
}

// TestWordBehindSeveralTargets completes the names of what a reference may lead to, and goes on behind one.
func TestWordBehindSeveralTargets(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, several.Mappings...)
	if err != nil {
		t.Fatal(err)
	}
	c := &complete.Context{Commands: []string{"order", "populate", "where"}, Registry: reg, Entity: reg.Entity("Note")}
	for _, x := range []struct{ line, head, words string }{
		{"populate about.", "populate about.", "Shop Ware"},
		{"populate about.Shop.no", "populate about.Shop.", "notes"},
		{`where {"about": {"Ware": {"ti`, `where {"about": {"Ware": {"`, "title"},
	} {
		head, words := c.Word(x.line)
		if head != x.head || strings.Join(words, " ") != x.words {
			t.Errorf("%s: got %q %v, want %q [%s]", x.line, head, words, x.head, x.words)
		}
	}
}

// TestCondition offers the operators of the language, those that cannot stand behind a colon alone.
func TestCondition(t *testing.T) {
	c := context(t)
	for _, x := range []struct{ text, head, words string }{
		{`{"price": {"$gt`, `{"price": {"`, "$gt $gte"},
		{`{"$no`, `{"`, "$none $nor $not"},
		{`{"name:n`, `{"name:`, "ne near nin none"},
		{`{"na`, `{"`, "name"},
	} {
		head, words := c.Condition(x.text)
		if head != x.head || strings.Join(words, " ") != x.words {
			t.Errorf("%s: got %q %v, want %q [%s]", x.text, head, words, x.head, x.words)
		}
	}
}

func FuzzWord(f *testing.F) {
	for _, seed := range []string{"", "entity A", `{"books": {"ti`, `where {"a`, "order -", `{"x"}]}`} {
		f.Add(seed)
	}
	c := context(f)
	f.Fuzz(func(t *testing.T, line string) {
		head, words := c.Word(line)
		if len(words) > 0 && !strings.HasPrefix(line, head) {
			t.Fatalf("%q: head %q", line, head)
		}
	})
}
