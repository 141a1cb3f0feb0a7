package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/schema"
)

// Posting is unique by two columns, and has an index over two others.
type Posting struct {
	_    struct{} `orm:"unique=board|slug,index=slug|rank"`
	ID   int64    `orm:",assigned"`
	Slug string   `orm:",length=40"`
	// Board may be NULL, which is no duplicate of NULL.
	Board *string `orm:",length=40"`
	Rank  int
	State string `orm:",length=10"`
	Body  string `orm:",length=200"`
}

func posting(id int64, board, slug, state, body string) *Posting {
	p := &Posting{ID: id, Slug: slug, State: state, Body: body}
	if board != "" {
		p.Board = &board
	}
	return p
}

// indexed runs fn on the engines that can have the index; the others say that they cannot.
func indexed(t *testing.T, x mapper.IndexDefinition, can []string, fn func(t *testing.T, e engine)) {
	t.Helper()
	define := mapper.Define(func(e *mapper.Builder[Posting]) {
		if len(x.Properties) > 0 || x.Expression != "" {
			e.Index(x)
		}
	})
	engines(t, []any{define}, func(t *testing.T, e engine) {
		able := false
		for _, name := range can {
			able = able || name == e.caps.Name
		}
		if !able {
			if e.caps.Name != "memory" && !errors.Is(e.refused, driver.ErrUnsupported) && !errors.Is(e.refused, schema.ErrUnsupported) { // memory has no indexes to make
				t.Errorf("the schema gives %v", e.refused)
			}
			return
		}
		ok(t, e.refused)
		diff, err := schema.Diff(t.Context(), e.db)
		if err == nil && !diff.IsEmpty() {
			t.Errorf("a second look differs:\n%s", diff)
		}
		if err != nil && !errors.Is(err, schema.ErrNoSchema) {
			t.Error(err)
		}
		fn(t, e)
	})
}

// keep stores the rows, in a flush each.
func keep(t *testing.T, e engine, rows ...*Posting) {
	t.Helper()
	for _, p := range rows {
		em := e.db.Fork()
		em.Persist(p)
		ok(t, em.Flush(t.Context()))
	}
}

func refusedAsUnique(t *testing.T, e engine, p *Posting) {
	t.Helper()
	em := e.db.Fork()
	em.Persist(p)
	if err := em.Flush(t.Context()); !errors.Is(err, driver.ErrUniqueViolation) {
		t.Errorf("%+v gives %v", p, err)
	}
}

func TestCompositeUnique(t *testing.T) {
	all := []string{"sqlite", "postgres", "mysql", "mariadb", "mongo", "memory"}
	indexed(t, mapper.IndexDefinition{}, all, func(t *testing.T, e engine) {
		keep(t, e, posting(1, "a", "x", "", ""), posting(2, "b", "x", "", ""), posting(3, "a", "y", "", ""),
			posting(4, "", "x", "", ""), posting(5, "", "x", "", ""))
		refusedAsUnique(t, e, posting(6, "a", "x", "", ""))
	})
}

func TestPartialUnique(t *testing.T) {
	x := mapper.IndexDefinition{Name: "one_live", Properties: []string{"slug"}, Unique: true, Where: "state = 'live'"}
	indexed(t, x, []string{"sqlite", "postgres"}, func(t *testing.T, e engine) {
		keep(t, e, posting(1, "a", "x", "live", ""), posting(2, "b", "x", "draft", ""), posting(3, "c", "x", "draft", ""))
		refusedAsUnique(t, e, posting(4, "d", "x", "live", ""))
	})
}

func TestUniqueExpression(t *testing.T) {
	x := mapper.IndexDefinition{Name: "folded", Expression: "lower(slug)", Unique: true}
	indexed(t, x, []string{"sqlite", "postgres", "mysql"}, func(t *testing.T, e engine) {
		keep(t, e, posting(1, "a", "Tea", "", ""), posting(2, "a", "Teas", "", ""))
		refusedAsUnique(t, e, posting(3, "b", "tEA", "", ""))
	})
}

func TestFulltextIndex(t *testing.T) {
	x := mapper.IndexDefinition{Name: "words", Properties: []string{"body"}, Fulltext: true}
	indexed(t, x, []string{"postgres", "mysql", "mariadb", "mongo"}, func(t *testing.T, e engine) {
		keep(t, e, posting(1, "a", "x", "", "green herons wade"), posting(2, "b", "x", "", "owls sleep"), posting(3, "c", "x", "", "herons nest"))
		if e.caps.Name == "mongo" {
			t.Skip("the stand-in makes the index and knows no $text")
		}
		got, err := orm.Find[Posting](t.Context(), e.db.Fork(), orm.M{"body:fulltext": "herons"}, orm.OrderBy("id"))
		ok(t, err)
		if len(got) != 2 || got[0].ID != 1 || got[1].ID != 3 {
			t.Errorf("found %s", encode(t, got))
		}
	})
}

// Sketch has a property that only the program knows.
type Sketch struct {
	ID    int64 `orm:",assigned"`
	Name  string
	Draft string `orm:",virtual"`
}

func TestVirtual(t *testing.T) {
	engines(t, []any{Sketch{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		s := &Sketch{ID: 1, Name: "a", Draft: "first"}
		em.Persist(s)
		ok(t, em.Flush(t.Context()))
		s.Draft = "second"
		idle(t, em) // not compared
		if s.Draft != "second" {
			t.Errorf("a flush set %q", s.Draft)
		}
		dto, err := orm.ToDTO(em, s)
		ok(t, err)
		if got := encode(t, dto); got != `{"draft":"second","id":1,"name":"a"}` {
			t.Errorf("DTO %s", got)
		}
		s.Name = "b"
		ok(t, em.Flush(t.Context()))
		got, err := orm.FindOneOrFail[Sketch](t.Context(), e.db.Fork(), 1)
		ok(t, err)
		if *got != (Sketch{ID: 1, Name: "b"}) {
			t.Errorf("read %+v", got)
		}
		for name, find := range map[string]func() error{
			"condition": func() error { _, err := orm.Find[Sketch](t.Context(), e.db.Fork(), orm.M{"draft": "x"}); return err },
			"order": func() error {
				_, err := orm.Find[Sketch](t.Context(), e.db.Fork(), nil, orm.OrderBy("draft"))
				return err
			},
		} {
			if err := find(); !errors.Is(err, conditions.ErrOperator) && !errors.Is(err, qb.ErrOrder) {
				t.Errorf("a virtual property in the %s is no error: %v", name, err)
			}
		}
	})
}
