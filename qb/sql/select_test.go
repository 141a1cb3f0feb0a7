package sql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// maker makes logical queries the way the orm does, with arguments in slots.
type maker struct {
	t    *testing.T
	reg  *mapper.Registry
	args []any
}

func (m *maker) arg(v any) conditions.Slot {
	m.args = append(m.args, v)
	return conditions.Slot(len(m.args) - 1)
}

func (m *maker) where(entity string, cond any) *conditions.Tree {
	m.t.Helper()
	tree, values, err := conditions.Compile(conditions.Env{Registry: m.reg, Entity: m.reg.Entity(entity)}, cond, conditions.Slot(len(m.args)))
	if err != nil {
		m.t.Fatal(err)
	}
	m.args = append(m.args, values...)
	return tree
}

func (m *maker) sel(entity string, cond any) *qb.Select {
	e := m.reg.Entity(entity)
	q := &qb.Select{Registry: m.reg, Entity: e, Output: e.Key, Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	if cond != nil {
		q.Where = m.where(entity, cond).Root
	}
	return q
}

func (m *maker) relation(path string) *mapper.Property {
	m.t.Helper()
	entity, name, _ := strings.Cut(path, ".")
	p := m.reg.Entity(entity).Property(name)
	if p == nil {
		m.t.Fatalf("no property %s", path)
	}
	return p
}

func (m *maker) filter(entity string, cond any) qb.Filter {
	return qb.Filter{Entity: m.reg.Entity(entity), Where: m.where(entity, cond).Root}
}

// via is the query of select-in loading.
func (m *maker) via(path string, owners []any, cond any) *qb.Select {
	rel := m.relation(path)
	q := m.sel(rel.Relation.Target.Name, cond)
	q.Via = &qb.Via{Relation: rel, Owners: m.arg(owners), Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	return q
}

func (m *maker) node(path string, children ...*populate.Node) *populate.Node {
	rel := m.relation(path)
	return &populate.Node{Relation: rel, Path: rel.Name, Strategy: populate.Joined, Fields: rel.Relation.Target.Key, Limit: -1, Offset: -1, Children: children}
}

// selects are logical queries that show joins, filters, pages and loading.
var selects = []struct {
	name string
	make func(m *maker) *qb.Select
}{
	{"via one-to-many", func(m *maker) *qb.Select { return m.via("Author.books", []any{int64(1), int64(2)}, nil) }},
	{"via one-to-many with a condition", func(m *maker) *qb.Select {
		return m.via("Author.books", []any{int64(1), int64(2)}, M{"publisher.name": "x"})
	}},
	{"via many-to-many", func(m *maker) *qb.Select { return m.via("Book.tags", []any{int64(1), int64(2)}, nil) }},
	{"via the inverse of many-to-many", func(m *maker) *qb.Select { return m.via("Tag.books", []any{int64(1)}, nil) }},
	{"via the inverse of one-to-one", func(m *maker) *qb.Select { return m.via("Author.profile", []any{int64(1)}, nil) }},
	{"via many-to-many of a self-reference", func(m *maker) *qb.Select { return m.via("Employee.mentees", []any{int64(1)}, nil) }},
	{"via with limits per owner", func(m *maker) *qb.Select {
		q := m.via("Author.books", []any{int64(1), int64(2)}, nil)
		q.OrderBy = []qb.Order{{Expr: qb.FieldExpr{Field: conditions.Field{Property: m.relation("Book.pages")}}, Desc: true, Nulls: qb.NullsLast}}
		q.Via.Limit, q.Via.Offset = m.arg(int64(2)), m.arg(int64(1))
		return q
	}},
	{"via many-to-many with a limit per owner", func(m *maker) *qb.Select {
		q := m.via("Book.tags", []any{int64(1), int64(2), int64(3)}, nil)
		q.Via.Limit = m.arg(int64(1))
		return q
	}},
	{"populate to-one", func(m *maker) *qb.Select {
		q := m.sel("Book", M{"author.name": "Jon"})
		q.Populate = []*populate.Node{m.node("Book.author"), m.node("Book.publisher")}
		return q
	}},
	{"populate to-many", func(m *maker) *qb.Select {
		q := m.sel("Author", nil)
		q.Populate = []*populate.Node{m.node("Author.books", m.node("Book.tags"))}
		return q
	}},
	{"populate to-many with a condition", func(m *maker) *qb.Select {
		q := m.sel("Author", nil)
		n := m.node("Author.books")
		n.Where, n.OrderBy = m.where("Book", M{"pages >": 1, "publisher.country": nil}), []string{"-title"}
		q.Populate = []*populate.Node{n}
		return q
	}},
	{"a page with a joined collection", func(m *maker) *qb.Select {
		q := m.sel("Author", M{"books.pages >": 0})
		q.Populate = []*populate.Node{m.node("Author.books")}
		q.OrderBy = []qb.Order{{Expr: qb.FieldExpr{Field: conditions.Field{Property: m.relation("Author.name")}}}}
		q.Limit, q.Offset = m.arg(int64(2)), m.arg(int64(1))
		return q
	}},
	{"filter on the root", func(m *maker) *qb.Select {
		q := m.sel("Author", M{"name": "Jon"})
		q.Filters = []qb.Filter{m.filter("Author", M{"active": true})}
		return q
	}},
	{"filter on a to-one", func(m *maker) *qb.Select {
		q := m.sel("Book", M{"author.name": "Jon"})
		q.Filters = []qb.Filter{m.filter("Author", M{"active": true})}
		return q
	}},
	{"filter hides the target of a negation", func(m *maker) *qb.Select {
		q := m.sel("Book", M{"author.age": nil})
		q.Filters = []qb.Filter{m.filter("Author", M{"age": nil})}
		return q
	}},
	{"filter leaves the foreign key alone", func(m *maker) *qb.Select {
		q := m.sel("Book", M{"author": 1})
		q.Filters = []qb.Filter{m.filter("Author", M{"active": true})}
		return q
	}},
	{"filter through a relation", func(m *maker) *qb.Select {
		q := m.sel("Author", M{"favourite.title": "x"})
		q.Filters = []qb.Filter{m.filter("Book", M{"publisher.name": "x"})}
		return q
	}},
	{"filter on to-many", func(m *maker) *qb.Select {
		q := m.sel("Book", M{"tags": M{"$every": M{"name:ne": "x"}}})
		q.Filters = []qb.Filter{m.filter("Tag", M{"name:ne": "hidden"})}
		return q
	}},
	{"filter takes keys off the pivot", func(m *maker) *qb.Select {
		q := m.sel("Book", M{"tags": 1})
		q.Filters = []qb.Filter{m.filter("Tag", M{"name:ne": "hidden"})}
		return q
	}},
	{"filter on a populated collection", func(m *maker) *qb.Select {
		q := m.sel("Book", nil)
		q.Populate = []*populate.Node{m.node("Book.tags"), m.node("Book.author")}
		q.Filters = []qb.Filter{m.filter("Tag", M{"books.title:ne": "x"}), m.filter("Author", M{"active": true})}
		return q
	}},
	{"filter on a count", func(m *maker) *qb.Select {
		q := m.sel("Author", nil)
		q.Count, q.Filters = true, []qb.Filter{m.filter("Author", M{"active": true})}
		return q
	}},
	{"subtype", func(m *maker) *qb.Select { return m.sel("Dog", M{"name": "x"}) }},
	{"to-many of subtypes", func(m *maker) *qb.Select { return m.sel("Dog", M{"friends.lives >": 1}) }},
	{"composite keys", func(m *maker) *qb.Select {
		return m.sel("OrderLine", []any{[]any{1, 1}, []any{2, 2}})
	}},
	{"composite reference", func(m *maker) *qb.Select { return m.sel("Shipment", M{"first:nin": []any{[]any{1, 1}}}) }},
	{"composite reference is null", func(m *maker) *qb.Select { return m.sel("Shipment", M{"first": nil}) }},
	{"order by a composite reference", func(m *maker) *qb.Select {
		q := m.sel("Shipment", nil)
		orders, err := qb.ParseOrder(conditions.Env{Registry: m.reg, Entity: q.Entity}, "first nulls first")
		if err != nil {
			m.t.Fatal(err)
		}
		q.OrderBy = orders
		return q
	}},
}

// TestSelects compares logical queries with a golden file, and runs them.
func TestSelects(t *testing.T) {
	reg := registry(t)
	list := engines(t, reg)
	var out strings.Builder
	for _, c := range selects {
		m := &maker{t: t, reg: reg}
		q := compiled{c.make(m), m.args}
		fmt.Fprintf(&out, "== %s\n", c.name)
		for _, d := range sql.Dialects() {
			out.WriteString(printed(d, q))
		}
		out.WriteByte('\n')
		var want []string
		for i, e := range list {
			got, err := e.run(q)
			if err != nil {
				t.Errorf("%s: %s: %v", c.name, e.dialect.Name(), err)
				continue
			}
			slices.Sort(got)
			if i == 0 {
				want = got
			} else if !slices.Equal(got, want) {
				t.Errorf("%s:\n%s gives %v\nsqlite gives %v", c.name, e.dialect.Name(), got, want)
			}
		}
	}
	golden.Check(t, "select.golden", out.String())
}
