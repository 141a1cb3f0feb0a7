package mongo_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
)

// page sets limit and offset.
func (s *selection) page(limit, offset int64) *selection {
	s.Limit, s.Offset = s.slot(limit), s.slot(offset)
	return s
}

// read sets the properties to read, separated by spaces.
func (s *selection) read(names string) *selection {
	s.Output = properties(s.Entity, names)
	return s
}

// join adds nodes to be joined.
func (s *selection) join(nodes ...*populate.Node) *selection {
	s.Populate = nodes
	return s
}

// via makes it the query of select-in loading.
func (s *selection) via(owner, relation string, owners ...any) *selection {
	p := registry().Entity(owner).Property(relation)
	s.Via = &qb.Via{Relation: p, Owners: s.slot(owners), Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	return s
}

// each limits the rows of each owner.
func (s *selection) each(limit, offset int64) *selection {
	s.Via.Limit = s.slot(limit)
	if offset > 0 {
		s.Via.Offset = s.slot(offset)
	}
	return s
}

// filtered adds an active filter.
func (s *selection) filtered(t *testing.T, name string, cond any) *selection {
	e := entity(t, name)
	s.Filters = append(s.Filters, qb.Filter{Entity: e, Where: s.parse(t, e, cond)})
	return s
}

func properties(e *mapper.Entity, names string) []*mapper.Property {
	var out []*mapper.Property
	for _, name := range strings.Fields(names) {
		p := e.Property(name)
		if p == nil {
			panic(e.Name + " has no " + name)
		}
		out = append(out, p)
	}
	return out
}

// node is a joined node of a populate tree.
func node(entity, relation, fields string, children ...*populate.Node) *populate.Node {
	p := registry().Entity(entity).Property(relation)
	return &populate.Node{Relation: p, Strategy: populate.Joined, Fields: properties(p.Relation.Target, fields), Children: children}
}

func TestSelects(t *testing.T) {
	find := func(name string, cond any, order ...any) *selection { return newSelection(t, name, cond, order...) }
	count := func(s *selection) *selection { s.Count = true; return s }
	lowest := func(s *selection) *selection { s.NullsLowest = true; return s }
	cases := []struct {
		title string
		s     *selection
	}{
		{"properties", find("Book", M{"pages >": 3}).read("id title author publisher")},
		{"key is left out of the projection unless read", find("Book", nil).read("title")},
		{"composite key and reference", find("OrderLine", nil).read("order product quantity shipment")},
		{"reference to a composite key", find("Shipment", nil).read("id first")},
		{"inverse one-to-one", find("Author", nil).read("id profile").page(2, 0)},
		{"order", find("Author", nil, "name", "-age")},
		{"order and page", find("Author", M{"active": true}, "name").page(10, 20)},
		{"order by a unique property needs no key", find("Author", nil, "-email").page(10, 0)},
		{"nulls", lowest(find("Author", nil, "age asc nulls last", "bornAt desc nulls first", "rating asc nulls first"))},
		{"order through to-one", find("Book", M{"pages >": 3}, "author.name", "publisher.country desc nulls first").page(5, 0)},
		{"order through to-many", find("Author", nil, "books.pages", "-books.title")},
		{"order through two levels", find("Author", nil, "books.tags.name").page(5, 0)},
		{"order by a key in a document", find("Customer", nil, "meta.a number", "meta.list.[2].name string")},
		{"condition and order through relations, then the page", find("Book", M{"author.name": "Jon"}, "publisher.name").page(5, 5).read("id title")},
		{"count", count(find("Author", M{"age >": 3}))},
		{"count through a relation", count(find("Author", M{"books.title": "x"}))},
		{"filter", find("Author", M{"books.title": "x"}).filtered(t, "Book", M{"pages >": 0}).filtered(t, "Author", M{"active": true})},
		{"filter on a key array", find("Book", M{"tags": 3}).filtered(t, "Tag", M{"name:ne": "x"})},
		{"filter through a relation", find("Book", nil).filtered(t, "Book", M{"author.active": true})},
		{"joined to-one", find("Book", M{"pages >": 3}, "title").page(5, 0).read("id title author").join(node("Book", "author", "id name"), node("Book", "publisher", "code"))},
		{"joined below joined", find("Book", nil).read("id").join(node("Book", "author", "id name", node("Author", "profile", "id bio"), node("Author", "favourite", "id title")))},
		{"joined with a filter", find("Book", nil).read("id").join(node("Book", "author", "id")).filtered(t, "Author", M{"active": true})},
		{"joined composite reference", find("Shipment", nil).read("id first").join(node("Shipment", "first", "order product quantity"))},
		{"joined to-many", find("Author", nil).join(node("Author", "books", "id"))},
		{"select-in one-to-many", find("Book", M{"pages >": 3}).read("id title").via("Author", "books", int64(1), int64(2))},
		{"select-in with order", find("Book", nil, "-title").read("id title").via("Author", "books", int64(1))},
		{"select-in with a limit for each", find("Book", nil, "-pages").read("id").via("Author", "books", int64(1), int64(2)).each(3, 0)},
		{"select-in with a page for each", find("Book", nil, "author.name").read("id").via("Publisher", "books", "a", "b").each(3, 6)},
		{"select-in inverse one-to-one", find("Profile", nil).read("id bio").via("Author", "profile", int64(1))},
		{"select-in composite", find("OrderLine", nil).read("order product quantity").via("Order", "lines", int64(1))},
		{"select-in many-to-many", find("Tag", M{"name:ne": "x"}).read("id name").via("Book", "tags", int64(1), int64(2))},
		{"select-in many-to-many, order and limit", find("Tag", nil, "-name").read("id").via("Book", "tags", int64(1)).each(2, 1)},
		{"select-in many-to-many, inverse", find("Book", M{"author.name": "x"}).read("id title").via("Tag", "books", int64(1), int64(2))},
		{"select-in with joined", find("Book", nil).read("id").via("Author", "books", int64(1)).join(node("Book", "publisher", "code name"))},
		{"select-in many-to-many with a filter", find("Tag", nil).read("id").via("Book", "tags", int64(1)).filtered(t, "Tag", M{"name:ne": "x"})},
	}
	var b strings.Builder
	for _, c := range cases {
		b.WriteString("## " + c.title + "\n" + text(&c.s.Select, c.s.args) + "\n\n")
	}
	golden.Check(t, "selects.golden", b.String())
}

// TestJoins shows joins written by hand.
func TestJoins(t *testing.T) {
	author := func() *qb.Builder { return qb.New(registry(), "Author", "a") }
	var b strings.Builder
	for _, c := range []struct {
		title string
		q     *qb.Builder
	}{
		{"join", author().Select("id", "b.title").Join("books", "b", qb.M{"pages >": 3}).Where(qb.M{"active": true, "b.title:like": "W%"}).OrderBy("b.title")},
		{"left join without a row", author().Select("id").LeftJoin("books", "b").Where(qb.M{"$or": []any{qb.M{"b": nil}, qb.M{"b.tags": qb.M{"$none": qb.M{}}}, qb.M{"b.author.age": nil}}})},
		{"what a left join found is joined further", author().Select("id").LeftJoin("favourite", "f").LeftJoin("f.tags", "t").LeftJoin("t.books", "u")},
		{"count", author().Join("books", "b").Where(qb.M{"b.pages >": 3}).Count()},
		{"count of a join to one", author().Join("favourite", "f").Count()},
		{"page of roots", author().Select("id", "name").JoinAndSelect("books", "b").OrderBy("-b.pages nulls last", "name").Limit(3).Offset(1)},
		{"page of columns", author().Select("id", "b.title").Join("books", "b").OrderBy("b.title").Limit(3)},
	} {
		text, _, err := c.q.ToSQL(mongo.Printer{})
		if err != nil {
			t.Fatal(c.title, err)
		}
		b.WriteString("## " + c.title + "\n" + text + "\n\n")
	}
	golden.Check(t, "joins.golden", b.String())
}

func TestGroups(t *testing.T) {
	field := func(e, path string) conditions.Field {
		order, err := qb.ParseOrder(conditions.Env{Registry: registry(), Entity: entity(t, e)}, path)
		if err != nil {
			t.Fatal(err)
		}
		return order[0].Expr.(qb.FieldExpr).Field
	}
	pages := field("Book", "pages")
	cases := []struct {
		title string
		cond  any
		exprs []qb.Output
		by    []qb.Expr
		order []qb.Order
	}{
		{"count all", nil, []qb.Output{{Expr: qb.Aggregate{Func: "count"}, Name: "n"}}, nil, nil},
		{"every aggregate", M{"pages >": 1}, []qb.Output{
			{Expr: qb.Aggregate{Func: "count", Field: field("Book", "isbn")}}, {Expr: qb.Aggregate{Func: "sum", Field: pages}},
			{Expr: qb.Aggregate{Func: "avg", Field: pages}}, {Expr: qb.Aggregate{Func: "min", Field: pages}}, {Expr: qb.Aggregate{Func: "max", Field: pages}},
		}, nil, nil},
		{"distinct", nil, []qb.Output{
			{Expr: qb.Aggregate{Func: "count", Field: pages, Distinct: true}}, {Expr: qb.Aggregate{Func: "sum", Field: pages, Distinct: true}},
		}, nil, nil},
		{"by a field", nil, []qb.Output{{Expr: qb.FieldExpr{Field: field("Book", "publisher")}}, {Expr: qb.Aggregate{Func: "count"}}},
			[]qb.Expr{qb.FieldExpr{Field: field("Book", "publisher")}}, []qb.Order{{Expr: qb.Aggregate{Func: "max", Field: pages}, Desc: true}}},
		{"by a field of a relation", M{"author.name": "x"}, []qb.Output{{Expr: qb.FieldExpr{Field: field("Book", "author.name")}}, {Expr: qb.Aggregate{Func: "count"}}},
			[]qb.Expr{qb.FieldExpr{Field: field("Book", "author.name")}}, []qb.Order{{Expr: qb.FieldExpr{Field: field("Book", "author.name")}}}},
		{"a field that is not grouped by", nil, []qb.Output{{Expr: qb.FieldExpr{Field: field("Book", "title")}}, {Expr: qb.Aggregate{Func: "count"}}}, nil, nil},
	}
	var b strings.Builder
	for _, c := range cases {
		s := newSelection(t, "Book", c.cond)
		s.Output, s.Exprs, s.GroupBy, s.OrderBy = nil, c.exprs, c.by, c.order
		b.WriteString("## " + c.title + "\n" + text(&s.Select, s.args) + "\n\n")
	}
	golden.Check(t, "groups.golden", b.String())
}

func TestHaving(t *testing.T) {
	book := func(columns ...any) *qb.Builder { return qb.New(registry(), "Book", "b").Select(columns...) }
	perAuthor := book("author.name", qb.Count().As("n"), qb.Sum("price").As("total")).GroupBy("author.name")
	var b strings.Builder
	for _, c := range []struct {
		title string
		query *qb.Builder
	}{
		{"aggregates and names", perAuthor.Having(M{"n >": 3, "sum(price)": M{"$gte": 10}, "max(pages):in": []int{1, 2}}).OrderBy("-total").Limit(5)},
		{"what is grouped by, or an aggregate without values", perAuthor.Having(M{"$or": []any{M{"author.name:like": "J%"}, M{"total": nil}}})},
		{"aggregates compared", book("author").GroupBy("author").Having(M{"count(*) >": conditions.Col("count(distinct publisher)")})},
		{"by the key of a target", book("author.id").GroupBy("author.id").Having(M{"author": 7})},
		{"one group, also of no rows", book(qb.Count(), qb.Max("pages")).Having(M{"count(*)": 0})},
		{"count of groups", perAuthor.Having(M{"n >": 3}).Count()},
		{"the place of null", perAuthor.OrderBy("total nulls last", "author.name desc nulls first", "n nulls first").Limit(5)},
		{"in SQL", perAuthor.Having("count(*) > 1")},
	} {
		q, args, err := c.query.Query()
		if err != nil {
			t.Errorf("%s: %v", c.title, err)
			continue
		}
		b.WriteString("## " + c.title + "\n" + text(q, args) + "\n\n")
	}
	golden.Check(t, "having.golden", b.String())
}

func TestIndexHints(t *testing.T) {
	author := func() *qb.Builder { return qb.New(registry(), "Author", "a").Select("id").UseIndex("by_name") }
	for _, c := range []struct {
		query *qb.Builder
		want  string
	}{
		{author().Where(M{"name": "x"}).OrderBy("name"), `db.authors.find({name: "x"}, {_id: 1}).hint("by_name").sort({name: 1})`},
		{author().Count(), "db.authors.aggregate([{$count: \"n\"}], {hint: \"by_name\"})"},
		{author().UseIndex("by_age"), "error: qb/mongo: Author: use index: not supported on MongoDB: several indexes"},
	} {
		q, args, err := c.query.Query()
		if err != nil {
			t.Fatal(err)
		}
		if got := text(q, args); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}

func TestUnsupportedSelects(t *testing.T) {
	cases := []struct {
		change func(*qb.Select)
		want   string
	}{
		{func(q *qb.Select) { q.Lock.Mode = qb.LockUpdate }, "error: qb/mongo: Author: lock: not supported on MongoDB: documents cannot be locked by a read"},
		{func(q *qb.Select) { q.Source = "old" }, "error: qb/mongo: Author: from old: not supported on MongoDB: a common table expression that the query does not have"},
		{func(q *qb.Select) { q.DistinctOn = []qb.Expr{qb.RawExpr{}} }, "error: qb/mongo: Author: distinct on: not supported on MongoDB"},
		{func(q *qb.Select) {
			q.Distinct, q.Joins = true, []*qb.Join{{Relation: q.Entity.Property("books"), Alias: "b", Output: q.Output}}
		}, "error: qb/mongo: Author: distinct: not supported on MongoDB: together with joined relations"},
		{func(q *qb.Select) { q.OrderBy = []qb.Order{{Expr: qb.RawExpr{}}} }, "error: qb/mongo: Author: order: not supported on MongoDB: SQL"},
		{func(q *qb.Select) { q.OrderBy[0].Collation = "de" }, "error: qb/mongo: Author.name: collation: not supported on MongoDB: an order with a collation of its own"},
		{func(q *qb.Select) { q.Exprs = []qb.Output{{Expr: qb.RawExpr{}, Name: "x"}} }, "error: qb/mongo: Author: select x: not supported on MongoDB: SQL"},
		{func(q *qb.Select) { q.Where = &conditions.Exists{} }, "error: qb/mongo: Author: $exists: not supported on MongoDB: this sub-query"},
	}
	for _, c := range cases {
		s := newSelection(t, "Author", nil, "name")
		c.change(&s.Select)
		if got := text(&s.Select, s.args); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}
