package sql_test

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// evil is an entity whose names would break out of quotes, or be split at dots,
// if goqu got them as they are.
type evil struct {
	_     struct{} `orm:"table=t\"; drop table x; --"`
	ID    int64    `orm:"i.d"`
	Quote string   `orm:"a\"b"`
	Tick  *string  "orm:\"c`d\""
}

func evilRegistry(t *testing.T) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, evil{})
	if err != nil {
		t.Skipf("the mapper refuses such names: %v", err)
	}
	return reg
}

// TestIdentifiersAreEscaped: goqu quotes names without escaping them, and splits them at dots.
func TestIdentifiersAreEscaped(t *testing.T) {
	reg := evilRegistry(t)
	name := reg.Entities()[0].Name
	find := qb.New(reg, name, `x"y.z`).Where(M{"quote": "v", "tick": nil}).OrderBy("quote").Limit(1)
	set := qb.New(reg, name, "").Update(M{"quote": "v", "tick": "w"}).Where(M{"id": 1})
	for _, d := range sql.Dialects() {
		for _, b := range []*qb.Builder{find, set, qb.New(reg, name, "").Delete().Where(M{"id": 1}), qb.New(reg, name, "").Insert(M{"quote": "a", "tick": "b"})} {
			text, _, err := b.ToSQL(d)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []string{`t"; drop table x; --`} {
				if !strings.Contains(text, d.Quote(n)) {
					t.Errorf("%s: %s is not quoted in %s", d.Name(), n, text)
				}
			}
			if rest := outsideQuotes(text); strings.Contains(rest, "drop") || strings.Contains(rest, ";") {
				t.Errorf("%s: a name escapes: %s", d.Name(), text)
			}
		}
		e := engine{d, nil}
		if d == sql.SQLite() {
			e.db = open(t, sqliteDriver(), ":memory:")
			e.fill(t, reg)
			for _, b := range []*qb.Builder{find, set} {
				text, args, err := b.ToSQL(d)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := e.rows(text, args); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

var quoted = regexp.MustCompile("\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|'(?:[^']|'')*'")

// outsideQuotes is a statement without its quoted parts.
func outsideQuotes(text string) string { return quoted.ReplaceAllString(text, "") }

func TestImpossibleNamesAreRefused(t *testing.T) {
	reg := registry(t)
	for _, name := range []string{"*", "a\x00b"} {
		for _, b := range []*qb.Builder{
			qb.New(reg, "Author", name), qb.New(reg, "Author", "").FromCTE(name),
			qb.New(reg, "Author", "").With(name, qb.New(reg, "Author", "")),
			qb.New(reg, "Author", "").Schema(name).Select(qb.Count().As(name)),
		} {
			if text, _, err := b.ToSQL(sql.Postgres()); !errors.Is(err, sql.ErrIdentifier) {
				t.Errorf("%q: %s, %v", name, text, err)
			}
		}
	}
}

// TestValuesStayOutOfTheText: whatever goqu would do by the Go type of a value,
// it never sees one.
func TestValuesStayOutOfTheText(t *testing.T) {
	reg := registry(t)
	const canary = "c4n4ry'\"`?$1--"
	for _, cond := range []any{
		M{"name": canary}, M{"name:ne": canary}, M{"name": []string{canary}}, M{"name:like": canary + "%"}, M{"name:startsWith": canary},
		M{"books": M{"title": canary}}, M{"$or": []any{M{"name": canary}, M{"favourite.title": canary}}},
		M{"books": M{"$none": M{"tags.name": canary}}},
	} {
		for _, d := range sql.Dialects() {
			text, args, err := qb.New(reg, "Author", "").Where(cond).ToSQL(d)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, "c4n4ry") || len(args) == 0 {
				t.Errorf("%s: %s %v", d.Name(), text, args)
			}
		}
	}
	for _, cond := range []any{M{"meta": M{canary: "x"}}, M{"meta": M{"$hasKey": canary}}, M{"meta": M{"$contains": M{canary: canary}}}} {
		for _, d := range sql.Dialects() {
			text, _, err := qb.New(reg, "Customer", "").Where(cond).ToSQL(d)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, "c4n4ry") {
				t.Errorf("%s: a key of a document is in the text: %s", d.Name(), text)
			}
		}
	}
}

// TestOperatorsDoNotDependOnValues: goqu turns = into IS, IN or ~ by the type of the value.
func TestOperatorsDoNotDependOnValues(t *testing.T) {
	reg := registry(t)
	text, args, err := qb.New(reg, "Author", "a").Select("id").Where(M{"active": true}).ToSQL(sql.Postgres())
	if err != nil {
		t.Fatal(err)
	}
	if want := `SELECT "a"."id" FROM "authors" AS "a" WHERE ("a"."active" = $1)`; text != want || args[0] != true {
		t.Errorf("%s %v", text, args)
	}
	text, args, err = qb.New(reg, "Author", "a").Select("id").Where(M{"age": nil}).ToSQL(sql.SQLite())
	if want := `SELECT "a"."id" FROM "authors" AS "a" WHERE ("a"."age" IS NULL)`; err != nil || text != want || len(args) > 0 {
		t.Errorf("IS NULL must be a literal, so that partial indexes match: %s %v %v", text, args, err)
	}
}

// TestSubqueriesUseTheDialect: a dataset of goqu's default dialect would print ? and
// double quotes everywhere.
func TestSubqueriesUseTheDialect(t *testing.T) {
	reg := registry(t)
	sub := qb.New(reg, "Book", "b").Select("author").Where(M{"pages >": 1})
	b := qb.New(reg, "Author", "").With("c", qb.New(reg, "Author", "").Where(M{"age": 1})).
		Where(M{"id:in": sub, "books.tags.name": "x"}).Union(qb.New(reg, "Author", "").Where(M{"age": 2}))
	text, _, err := b.ToSQL(sql.Postgres())
	if err != nil || strings.Contains(text, "?") || strings.Contains(text, "`") || !strings.Contains(text, "$4") {
		t.Errorf("postgres: %s %v", text, err)
	}
	text, _, err = b.ToSQL(sql.MySQL())
	if err != nil || strings.Contains(text, `"`) || strings.Contains(text, "$1") {
		t.Errorf("mysql: %s %v", text, err)
	}
}

// TestLimitZero: goqu takes a limit of 0 for none; it gets numbers from 1 only.
func TestLimitZero(t *testing.T) {
	text, args, err := qb.New(registry(t), "Tag", "").Select("id").Limit(0).ToSQL(sql.SQLite())
	if want := `SELECT "e0"."id" FROM "tags" AS "e0" ORDER BY "e0"."id" ASC LIMIT 0 + ?`; err != nil || text != want || len(args) != 1 || args[0] != int64(0) {
		t.Errorf("%s %v %v", text, args, err)
	}
}

// TestWritesHaveNoIgnore: IGNORE forms turn other errors into warnings.
func TestWritesHaveNoIgnore(t *testing.T) {
	reg := registry(t)
	for _, b := range []*qb.Builder{
		qb.New(reg, "Tag", "").Upsert(M{"id": 1, "name": "x"}),
		qb.New(reg, "Tag", "").Insert(M{"id": 1, "name": "x"}).Ignore(),
	} {
		for _, d := range sql.Dialects() {
			text, _, err := b.ToSQL(d)
			if err != nil || strings.Contains(strings.ToUpper(text), "IGNORE") {
				t.Errorf("%s: %s %v", d.Name(), text, err)
			}
		}
	}
}

// TestRawQuestionMarks: goqu takes every ? in a literal with arguments for a placeholder.
func TestRawQuestionMarks(t *testing.T) {
	reg := registry(t)
	b := qb.New(reg, "Customer", "c").Select("id").Where("c.meta ?? 'k' and c.name = ? and c.name <> 'a?b'", "x")
	text, args, err := b.ToSQL(sql.Postgres())
	want := `SELECT "c"."id" FROM "customers" AS "c" WHERE (c.meta ? 'k' and c.name = $1 and c.name <> 'a?b')`
	if err != nil || text != want || len(args) != 1 {
		t.Errorf("%s %v %v", text, args, err)
	}
}

// TestLongListsStayShallow: SQLite refuses expressions 1,000 deep.
func TestLongListsStayShallow(t *testing.T) {
	reg := registry(t)
	var or []any
	for i := range 5000 {
		or = append(or, M{"name": "n", "age": i})
	}
	text, args, err := qb.New(reg, "Author", "").Select("id").Where(M{"$or": or}).ToSQL(sql.SQLite())
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, sqliteDriver(), ":memory:")
	engine{sql.SQLite(), db}.fill(t, reg)
	st, err := db.Prepare(text)
	if err != nil {
		t.Fatalf("%d parameters: %v", len(args), err)
	}
	_ = st.Close()
}

// TestBranchesDoNotShareMemory: goqu's own datasets overwrite each other's CTEs and unions.
func TestBranchesDoNotShareMemory(t *testing.T) {
	reg := registry(t)
	cte := func(age int) *qb.Builder { return qb.New(reg, "Author", "").Where(M{"age": age}) }
	base := qb.New(reg, "Author", "a").Select("id", "name", "age", "rating").With("c0", cte(0)).Where(M{"name": "x"}).OrderBy("name").Comment("base")
	for range 3 { // leave spare capacity behind in every list
		base = base.With("c", cte(9)).Where(M{"age": 1}).OrderBy("age").AddSelect("name").Union(cte(8)).Comment("more")
	}
	before, _, err := base.ToSQL(sql.Postgres())
	if err != nil {
		t.Fatal(err)
	}
	left := base.With("left", cte(1)).Where(M{"email": "l"}).OrderBy("rating").Union(cte(2)).Comment("left").Join("books", "l")
	right := base.With("right", cte(3)).Where(M{"bornAt": nil}).OrderBy("-rating").Union(cte(4)).Comment("right").Join("books", "r")
	leftText, _, err := left.ToSQL(sql.Postgres())
	if err != nil || strings.Contains(leftText, "right") || !strings.Contains(leftText, `"left"`) || strings.Contains(leftText, `"r"`) {
		t.Errorf("left: %s %v", leftText, err)
	}
	rightText, _, err := right.ToSQL(sql.Postgres())
	if err != nil || strings.Contains(rightText, "left") || !strings.Contains(rightText, `"right"`) {
		t.Errorf("right: %s %v", rightText, err)
	}
	if after, _, _ := base.ToSQL(sql.Postgres()); after != before {
		t.Errorf("the base has changed:\n%s\n%s", before, after)
	}
}

// TestCompileFromManyGoroutines, for the race detector; and always the same text.
func TestCompileFromManyGoroutines(t *testing.T) {
	reg := registry(t)
	base := qb.New(reg, "Author", "").Where(M{"books.tags.name:like": "fan%", "age >=": 18})
	want, _, err := base.OrderBy("name").Limit(1).ToSQL(sql.Postgres())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				b := base.OrderBy("name").Limit(1)
				for _, d := range sql.Dialects() {
					text, _, err := b.ToSQL(d)
					if err != nil || d == sql.Postgres() && text != want {
						t.Errorf("%s %v", text, err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestUsesCarryTheirEncoding: one slot used in two ways gets two encodings.
func TestUsesCarryTheirEncoding(t *testing.T) {
	reg := registry(t)
	e := reg.Entity("Author")
	name := conditions.Field{Property: e.Property("name")}
	q := &qb.Select{
		Registry: reg, Entity: e, Output: e.Key, Limit: conditions.NoSlot, Offset: conditions.NoSlot,
		Where: &conditions.OrNode{Nodes: []conditions.Node{
			&conditions.Compare{Field: name, Op: conditions.OpEq, Value: conditions.Slot(0)},
			&conditions.Match{Field: name, Op: conditions.OpLike, Value: conditions.Slot(0)},
		}},
	}
	st, err := sql.SQLite().Compile(q)
	if err != nil {
		t.Fatal(err)
	}
	args, err := st.Bind(nil, []any{"a%[b"})
	if err != nil || len(args) != 2 || args[0] != "a%[b" || args[1] != "a*[[]b" {
		t.Errorf("%v %v", args, err)
	}
}
