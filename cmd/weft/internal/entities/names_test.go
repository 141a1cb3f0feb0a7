package entities

import (
	"testing"

	"github.com/weft-orm/weft/naming"
)

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"film_actor": "FilmActor", "EMPLOYEE_ID": "EmployeeID", "InvoiceLine": "InvoiceLine", "zip code": "ZipCode", "2fa": "X2fa",
		"user_ids": "UserIDs", "öl": "Öl", "a,b": "AB", "url": "URL", "__x__": "X", "名前": "X名前",
	} {
		if got := goName(words(in)); got != want || !isExported(got) {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
	for _, c := range [][3]string{
		{"categories", "underscore", "Category"}, {"film", "underscore", "Film"}, {"address", "underscore-singular", "Address"},
		{"statuses", "underscore", "Status"}, {"people", "underscore", "Person"}, {"us_states", "underscore", "UsState"},
		{"InvoiceLine", "entity-case", "InvoiceLine"}, {"blog-posts", "mongo", "BlogPost"},
	} {
		s, _ := naming.Parse(c[1])
		if got := entityName(s, c[0]); got != c[2] {
			t.Errorf("the entity of %s is %s, want %s", c[0], got, c[2])
		}
	}
}

func TestTags(t *testing.T) {
	for _, c := range []struct {
		column  string
		options []option
		want    string
	}{
		{"", []option{{"pk", ""}}, "`orm:\",pk\"`"},
		{"zip code", []option{{"length", "5"}}, "`orm:\"zip code,length=5\"`"},
		{"", []option{{"default", "'a'"}}, "`orm:\",default='a'\"`"},
		{"", []option{{"check", "a in (1, 2)"}}, "`orm:\",check='a in (1, 2)'\"`"},
		{"", []option{{"generated", "upper(`a`)"}}, "\"orm:\\\",generated=upper(`a`)\\\"\""},
		{"", []option{{"comment", `say "x"`}}, "`orm:\",comment=say \\\"x\\\"\"`"},
	} {
		if got := tag(c.column, c.options); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestListedIn(t *testing.T) {
	for text, want := range map[string]int{
		"rating in ('G','PG')":                       2,
		"`rating` in ('it''s', 'x')":                 2,
		"[rating] IN ('G')":                          1,
		"rating = ANY (ARRAY['a'::text, 'b'::text])": 2,
		"(rating)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])": 2,
		"rating in ('G') or x = 1":          0,
		"other in ('G')":                    0,
		"rating in (1, 2)":                  0,
		"length(rating) in ('G')":           0,
		"rating in ('G') and rating <> 'x'": 0,
	} {
		if got := listedIn(text, "rating"); len(got) != want {
			t.Errorf("%s: %q, want %d values", text, got, want)
		}
	}
}

func TestFileStem(t *testing.T) {
	for in, want := range map[string]string{"Film": "film", "OrderTest": "order_test_entity", "HostLinux": "host_linux_entity", "CpuArm64": "cpu_arm64_entity"} {
		if got := fileStem(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzGoName(f *testing.F) {
	for _, s := range []string{"film_actor", "", "2fa", "\x00", "ǅ", "_", "a,b", "名前"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if got := goName(words(name)); !isExported(got) {
			t.Errorf("%q gives %q, which is no exported name", name, got)
		}
	})
}
