package behaviour_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// A parade has floats in their order.
type (
	ordFloat struct {
		ID      int64
		Letter  string
		Parades []*ordParade `orm:",mappedBy=Floats"`
	}
	ordParade struct {
		ID     int64
		Name   string
		Floats []*ordFloat `orm:",ordered"`
	}
)

// parade keeps the floats of a test by their letters.
type parade struct {
	*testing.T
	em     *orm.EntityManager
	floats map[rune]*ordFloat
}

// of returns floats by their letters, and makes those that are new.
func (p parade) of(letters string) []*ordFloat {
	list := make([]*ordFloat, 0, len(letters))
	for _, letter := range letters {
		if p.floats[letter] == nil {
			p.floats[letter] = &ordFloat{Letter: string(letter)}
		}
		list = append(list, p.floats[letter])
	}
	return list
}

// stored reads the order of a parade in another unit.
func (e engine) stored(t *testing.T, key int64) string {
	t.Helper()
	p, err := orm.FindOneOrFail[ordParade](t.Context(), e.db.Fork(), key, orm.Populate("floats"))
	ok(t, err)
	var b strings.Builder
	for _, f := range p.Floats {
		b.WriteString(f.Letter)
	}
	return b.String()
}

// TestOrderedLinks changes ordered lists in every way one flush can: items join at any place, leave, move, are
// removed with their rows or never come to be, and the other side adds some. What is stored is what the list shows.
func TestOrderedLinks(t *testing.T) {
	tests := []struct{ before, after, removed, joined string }{
		{"ab", "xbya", "", ""},   // before and behind one that stays
		{"mqu", "xmu", "", ""},   // one left, so that another keeps its place
		{"abug", "gxu", "g", ""}, // one that stands at another place goes
		{"abug", "xgu", "g", "y"},
		{"a", "ba", "", "c"},  // the other side joins
		{"a", "xa", "x", "c"}, // a new one never comes to be
		{"a", "xba", "x", "cd"},
		{"abc", "xaby", "xa", "z"},
		{"", "xab", "x", ""},
		{"ab", "ba", "", ""},
		{"abc", "cxab", "", ""},
		{"abcd", "dxbyca", "", ""},
		{"abcdef", "fbedca", "", ""},
		{"abcdef", "fxbeyca", "e", "z"},
	}
	engines(t, []any{ordFloat{}, ordParade{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		for _, tt := range tests {
			p := parade{t, e.db.Fork(), map[rune]*ordFloat{}}
			show := &ordParade{Floats: p.of(tt.before)}
			p.em.Persist(show)
			ok(t, p.em.Flush(ctx))
			show.Floats = p.of(tt.after)
			for _, f := range p.of(tt.joined) {
				p.em.Persist(f)
				f.Parades = append(f.Parades, show)
			}
			for _, f := range p.of(tt.removed) {
				p.em.Persist(f)
				p.em.Remove(f)
			}
			ok(t, p.em.Flush(ctx))
			want := strings.Map(func(letter rune) rune {
				if strings.ContainsRune(tt.removed, letter) {
					return -1
				}
				return letter
			}, tt.after+tt.joined)
			if got := e.stored(t, show.ID); got != want {
				t.Errorf("%s made %s, removed %q, joined by %q: stored %s, want %s", tt.before, tt.after, tt.removed, tt.joined, got, want)
			}
			idle(t, p.em)
			show.Floats = slices.Insert(slices.Clone(show.Floats), min(1, len(show.Floats)), p.of("n")...)
			ok(t, p.em.Flush(ctx))
			want = want[:min(1, len(want))] + "n" + want[min(1, len(want)):]
			if got := e.stored(t, show.ID); got != want {
				t.Errorf("%s made %s, removed %q, joined by %q, then n at 1: stored %s, want %s", tt.before, tt.after, tt.removed, tt.joined, got, want)
			}
		}
	})
}
