package check

import (
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
)

type checkedRow struct {
	ID    int64
	N     int
	Low   float64
	Price string `orm:",type=decimal,precision=6,scale=2"`
	Name  string
	Note  *string
	On    bool
	At    time.Time
}

// TestChecks decides expressions for a row; ? says that only the database can.
func TestChecks(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, checkedRow{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entities()[0]
	row := map[string]any{
		"id": int64(1), "n": int64(5), "low": 2.5, "price": mapper.Decimal("9.50"), "name": "Ann", "note": nil, "on": true,
		"at": time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC),
	}
	for _, tt := range []struct{ text, want string }{
		{"n > 0", "yes"}, {"n>=5 AND n<=5", "yes"}, {"n <> 5", "no"}, {"n != 5 or low < 3", "yes"}, {"NOT (n = 5)", "no"},
		{"n between 1 and 4", "no"}, {"n not between 1 and 4", "yes"}, {"n in (1, 5)", "yes"}, {"n not in (1, 5)", "no"},
		{"-n < -4", "yes"}, {"n + 1 = 2 * 3", "yes"}, {"low >= 2.5", "yes"}, {"price = 9.5", "yes"}, {"price > 10", "no"},
		{"name = 'Ann'", "yes"}, {`"name" <> 'O''Neil'`, "yes"}, {"`name` like 'A%'", "yes"}, {"name like 'a%'", "?"}, {"name like '_n'", "no"},
		{"length(name) = 3", "yes"}, {"lower(name) = 'ann' and upper(trim(name)) = 'ANN'", "yes"}, {"abs(n - 7) = 2", "yes"},
		{"note is null", "yes"}, {"note is not null", "no"}, {"note > 'a'", "yes"}, {"not (note > 'a')", "yes"}, {"note = 'a' and n = 6", "no"},
		{"on", "yes"}, {"not on", "no"}, {"on = true", "yes"}, {"at < '2024-05-02'", "yes"}, {"checked_rows.n = 5", "yes"},
		{"n % 2 = 1", "yes"}, {"low % 2 = 1", "?"}, {"mod(n, 3) = 2 and -n % 3 = -2", "yes"}, {"n % 0 = 1", "?"},
		{"coalesce(note, name) = 'Ann'", "yes"}, {"nullif(n, 5) is null", "yes"}, {"case when n > 4 then low else 0 end > 2", "yes"},
		{"on is true and on is not false and (n > 7) is not true", "yes"}, {"low = 2.5 and low <> 2.4", "yes"}, {"at = 'x'", "?"}, {"on = 1", "yes"}, {"on > false", "?"},
		{"name like 'A\\%'", "?"}, {"name and on", "?"}, {"coalesce(n, name) = 1", "?"}, {"name ~ '^A'", "?"}, {"substr(name, 1, 1) = 'A'", "?"}, {"n = 5 or gone(name)", "?"}, {"n >", "?"}, {"(n = 5", "?"},
		{"name = 5", "?"}, {"other = 1", "?"}, {"n in ()", "?"}, {"", "?"}, {"n = 5 n", "?"}, {"name = 'x", "?"},
	} {
		c := Parse(tt.text, e.Columns)
		ok, understood := c.Allows(func(c *mapper.Column) (any, bool) {
			v, known := row[c.Name]
			return v, known
		})
		got := "no"
		switch {
		case !understood:
			got = "?"
		case ok:
			got = "yes"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestCheckMentions(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, checkedRow{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entities()[0]
	for text, want := range map[string]bool{"n % 2 = 1": true, "name = 'n'": false, `"n" > 0`: true, "N > 0": true, "nn > 0": false, "? > 0": true} {
		if got := Parse(text, e.Columns).Mentions(e.Property("n").Columns[0]); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestHolds decides for rows that no database looks at, and says why it cannot.
func TestHolds(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, checkedRow{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entities()[0]
	row := func(c *mapper.Column) (any, bool) {
		return map[string]any{"n": int64(5), "name": "Äß", "low": 0.1, "note": nil}[c.Name], true
	}
	for text, want := range map[string]bool{
		"length(name) = 2": true, "name like 'ä_'": false, "name like 'Ä_'": true, "lower(name) = name": true, "n % 0 = 1": true,
		"low = 0.1": true, "note <> 'x'": true, "n = 5 and note = 'x'": true, "n = 4 and note = 'x'": false,
	} {
		if c := Parse(text, e.Columns); c.Holds(row) != want || c.Refused() != "" {
			t.Errorf("%s: %v, %s", text, !want, c.Refused())
		}
	}
	for text, why := range map[string]string{
		"name ~ 'x'": `'~' is not understood`, "foo(n) > 1": "the function foo of 1 is not understood", "name = 5": "text is compared with a number",
		"n": "it is no condition", "n = 1 n": `"n" is not understood`, "other > 1": `there is no column "other"`, "n >": "it ends too early",
		"name and n = 1": "text stands where there must be a truth value", "name like n": "the pattern of LIKE must be text without a backslash",
	} {
		if got := Parse(text, e.Columns).Refused(); got != why {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// FuzzCheck expects every expression to be read without a panic or an endless loop.
func FuzzCheck(f *testing.F) {
	reg, err := mapper.Build(mapper.Options{}, checkedRow{})
	if err != nil {
		f.Fatal(err)
	}
	columns := reg.Entities()[0].Columns
	for _, text := range []string{"n in (1,2) or not name like 'a%'", "((n", "length(name) between 1 and -2", "a.b.c is not null", "'"} {
		f.Add(text)
	}
	f.Add(strings.Repeat("(", 500) + "n" + strings.Repeat(" between 1 and 2)", 500))
	f.Add(strings.Repeat("not -", 500))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 20_000 {
			t.Skip()
		}
		c := Parse(text, columns)
		c.Allows(func(*mapper.Column) (any, bool) { return nil, true })
		c.Allows(func(*mapper.Column) (any, bool) { return "text", true })
		c.Allows(func(*mapper.Column) (any, bool) { return int64(7), true })
		c.Holds(func(*mapper.Column) (any, bool) { return int64(7), true })
	})
}
