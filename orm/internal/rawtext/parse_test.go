package rawtext

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
)

var postgres = driver.Language{EscapeStrings: true, DollarStrings: true, NestedComments: true}

var languages = map[string]driver.Language{
	"postgres": postgres,
	"mysql":    {Backslash: true, HashComments: true, DashesNeedSpace: true},
	"sqlite":   {Brackets: true},
}

// shown prints a text with its placeholders in angle brackets.
func shown(t *Text) string {
	var b strings.Builder
	for i, piece := range t.Pieces {
		b.WriteString(piece)
		if i < len(t.Params) {
			p := t.Params[i]
			name := p.Name
			if name == "" {
				name = fmt.Sprint(p.Number)
			}
			if p.List {
				name += "..."
			}
			b.WriteString("<" + name + ">")
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		dialect string
		style   Style
		text    string
		want    string
	}{
		{"sqlite", Positional, "select ?, '?', \"?\", `?`, [?] -- ?\n, ? /* ? /* */ from t", "select <0>, '?', \"?\", `?`, [?] -- ?\n, <1> /* ? /* */ from t"},
		{"postgres", Positional, "select 1 /* ? /* ? */ ? */, ?", "select 1 /* ? /* ? */ ? */, <0>"},
		{"postgres", Positional, "select a ?? 'b', $$ ? $$, $x$ $$ ? $x$, E'\\'?', 'it''s ?', ?::int", "select a ? 'b', $$ ? $$, $x$ $$ ? $x$, E'\\'?', 'it''s ?', <0>::int"},
		{"postgres", Positional, "select a ? 'b', $2, $1, '$3', a$4", "select a ? 'b', <1>, <0>, '$3', a$4"},
		{"mysql", Positional, "select 'it\\'s ?', 5--?, @x := ? # ?\n-- ?\n", "select 'it\\'s ?', 5--<0>, @x := <1> # ?\n-- ?\n"},
		{"postgres", Named, "select :a::text, b::int, ':c', c[1:n], x[a:b], y :a , t @> :doc", "select <a>::text, b::int, ':c', c[1:n], x[a:b], y <a> , t @> <doc>"},
		{"mysql", Named, "set @v := :a, @w = ':b' # :c", "set @v := <a>, @w = ':b' # :c"},
		{"sqlite", Named, "select * from t where id in (:ids) or id IN ( :ids ) or id in (:a, :b)", "select * from t where id in (<ids...>) or id IN ( <ids...> ) or id in (<a>, <b>)"},
		{"sqlite", Named, "select :größe, ?", "select <größe>, ?"},
		{"sqlite", Positional, "", ""},
		{"postgres", Positional, "select '$1', ?", "select '$1', <0>"},
		{"postgres", Positional, "select '\\', ?", "select '\\', <0>"},
	} {
		got, err := Parse(c.text, c.style, languages[c.dialect])
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		} else if shown(got) != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, shown(got), c.want)
		}
	}
}

func TestParseUnended(t *testing.T) {
	for _, text := range []string{"select 'a", "select \"a", "/* a", "$$ a", "/* /* */", "E'\\'", "select e'"} {
		if _, err := Parse(text, Positional, postgres); !errors.Is(err, ErrUnended) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestMutates(t *testing.T) {
	for text, want := range map[string]bool{
		"select 1": false, "with a as (select 1) select * from a": false, "/* x */ select 'insert'": false, "": false,
		"insert into t values (1)": true, "with a as (delete from t returning *) select * from a": true,
		"select * from t for update": true, "set local x = 1": true, "vacuum": true, "(select 1)": false, "select * into u from t": true,
	} {
		if got := Verbatim(text, postgres).Mutates; got != want {
			t.Errorf("%s: mutates %v", text, got)
		}
	}
}

// FuzzParse checks that no text is lost: with its placeholders printed as they were,
// the pieces are the text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"select ?, ':a', :a::int", "$1 $$ $1 $$ /* */ -- ?\n", "E'\\'' in (:a)", "[a] `b` \"c\"", "a ?? b"} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(7))
	}
	dialects := []string{"sqlite", "postgres", "mysql", "other"}
	f.Fuzz(func(t *testing.T, text string, how uint8) {
		style := Style(how & 1)
		got, err := Parse(text, style, languages[dialects[how>>1&3]])
		if err != nil {
			if !errors.Is(err, ErrUnended) {
				t.Fatal(err)
			}
			return
		}
		if len(got.Pieces) != len(got.Params)+1 {
			t.Fatalf("%d pieces, %d placeholders", len(got.Pieces), len(got.Params))
		}
		rest := text
		for i, piece := range got.Pieces {
			for _, c := range []byte(piece) { // ?? stands for ?
				if rest == "" || rest[0] != c {
					t.Fatalf("%q is not in %q", piece, text)
				}
				if strings.HasPrefix(rest, "??") && c == '?' && style == Positional && !got.Numbered && !strings.Contains(piece, "??") {
					rest = rest[1:]
				}
				rest = rest[1:]
			}
			if i == len(got.Params) {
				break
			}
			n := 1
			if p := got.Params[i]; p.Name != "" {
				n += len(p.Name)
			} else if got.Numbered {
				for n < len(rest) && isDigit(rest[n]) {
					n++
				}
			}
			if len(rest) < n {
				t.Fatalf("placeholder %d is not in %q", i, text)
			}
			rest = rest[n:]
		}
		if rest != "" {
			t.Fatalf("%q is lost", rest)
		}
	})
}
