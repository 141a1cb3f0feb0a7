package bench

import (
	"context"
	"testing"

	"github.com/doug-martin/goqu/v9"
	_ "github.com/doug-martin/goqu/v9/dialect/sqlite3"

	"github.com/weft-orm/weft/bench/internal/null"
	"github.com/weft-orm/weft/bench/internal/raced"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/model"
)

// threeJoins is a condition of six terms that joins three relations.
func threeJoins() orm.M {
	return orm.M{
		"pages >=": 100, "title:ne": "x",
		"author.name": "Jon", "author.favourite.pages <": 500,
		"publisher.country": "NZ", "publisher.name:ne": "y",
	}
}

// compilers are the ways to build the query of threeJoins: by goqu, and by weft
// in three parts. "seen" is what depends on the condition in a read whose shape
// was seen before: reading the map, finding the statement, binding the values.
// "find" is the whole of such a read, on an engine without rows. "new" is a
// shape never seen, from the map to the text.
func compilers(tb testing.TB) []contestant {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	db, err := orm.Open(ctx, null.Connector{}, orm.Entities(model.Library()...))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close(); cancel() })
	em, cond, seen := db.Fork(), threeJoins(), newStatements(db.Registry(), "Book")
	return []contestant{
		{"goqu", func() error { _, _, err := goquThreeJoins().ToSQL(); return err }},
		{"seen", func() error { return seen.bind(cond) }},
		{"find", func() error { _, err := orm.Find[model.Book](ctx, em, cond); return err }},
		{"new", func() error { return compileThreeJoins(db.Registry()) }},
	}
}

// BenchmarkCompile compares what a query of three joins and six conditions costs
// to build. The budgets are a thirtieth of goqu for "seen", and goqu and a third for "new".
func BenchmarkCompile(b *testing.B) { contest(b, 50, compilers(b)...) }

// TestCompileAllocations holds the budgets in numbers of allocations, beyond the user's own map.
func TestCompileAllocations(t *testing.T) {
	raced.Skip(t)
	budgets := map[string]float64{"seen": 1, "find": 6, "new": 180}
	for _, c := range compilers(t) {
		budget, ok := budgets[c.name]
		if !ok {
			continue
		}
		got := testing.AllocsPerRun(100, func() {
			if err := c.run(); err != nil {
				t.Fatal(err)
			}
		})
		if got > budget {
			t.Errorf("%s allocates %v times, its budget is %v", c.name, got, budget)
		}
	}
}

// statements is the way of a condition through a cache of statements.
type statements struct {
	env     conditions.Env
	byShape map[string]*conditions.Tree
	reading conditions.Reading
	args    []any
}

func newStatements(registry *mapper.Registry, entity string) *statements {
	env := conditions.Env{Registry: registry, Entity: registry.Entity(entity)}
	return &statements{env: env, byShape: map[string]*conditions.Tree{}}
}

// bind finds the statement of cond, parsing it the first time, and binds its values.
func (s *statements) bind(cond orm.M) error {
	s.reading.Reset()
	err := conditions.Read(&s.reading, cond)
	if err != nil {
		return err
	}
	tree, ok := s.byShape[string(s.reading.Shape)]
	if !ok {
		if tree, err = conditions.Parse(s.env, s.reading.Shape, 0); err != nil {
			return err
		}
		s.byShape[string(s.reading.Shape)] = tree
	}
	s.args, err = tree.Bind(s.args[:0], s.reading.Values)
	return err
}

func compileThreeJoins(registry *mapper.Registry) error {
	q, _, err := qb.New(registry, "Book", "").Where(threeJoins()).Query()
	if err == nil {
		_, err = sql.SQLite().Compile(q)
	}
	return err
}

func goquThreeJoins() *goqu.SelectDataset {
	t, c := goqu.T, func(alias, name string) goqu.Expression { return goqu.T(alias).Col(name) }
	on := func(a, ac, b, bc string) goqu.Expression { return goqu.T(a).Col(ac).Eq(goqu.T(b).Col(bc)) }
	return goqu.Dialect("sqlite3").From(t("books").As("e0")).Prepared(true).
		Select(c("e0", "id"), c("e0", "title"), c("e0", "isbn"), c("e0", "pages"), c("e0", "price"), c("e0", "author_id"), c("e0", "publisher_code")).
		InnerJoin(t("authors").As("e1"), goqu.On(on("e1", "id", "e0", "author_id"))).
		LeftJoin(t("books").As("e2"), goqu.On(on("e2", "id", "e1", "favourite_id"))).
		LeftJoin(t("publishers").As("e3"), goqu.On(on("e3", "code", "e0", "publisher_code"))).
		Where(goqu.And(
			t("e0").Col("pages").Gte(100), t("e0").Col("title").Neq("x"),
			t("e1").Col("name").Eq("Jon"), t("e2").Col("pages").Lt(500),
			t("e3").Col("country").Eq("NZ"), t("e3").Col("name").Neq("y"),
		))
}
