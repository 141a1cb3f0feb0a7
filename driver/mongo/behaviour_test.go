package mongo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

func fieldOf(entityName, path string) conditions.Field {
	order, err := qb.ParseOrder(conditions.Env{Registry: registry(), Entity: entity(entityName)}, path)
	if err != nil {
		panic(err)
	}
	return order[0].Expr.(qb.FieldExpr).Field
}

func joined(owner, relation, fields string, children ...*populate.Node) *populate.Node {
	p := entity(owner).Property(relation)
	n := &populate.Node{Relation: p, Strategy: populate.Joined, Children: children}
	for _, name := range strings.Fields(fields) {
		n.Fields = append(n.Fields, p.Relation.Target.Property(name))
	}
	return n
}

func TestJoinedPopulate(t *testing.T) {
	b := newLibrary(t)
	q := b.find("Book", "id title", nil, "id")
	q.Populate = []*populate.Node{joined("Book", "publisher", "code name"), joined("Book", "author", "id name")}
	equal(t, "two relations", b.rows(q), "11 Winter p Press 1 Ann", "12 Summer <nil> <nil> 1 Ann", "13 Autumn q Quill 2 Bob", "14 winter p Press 1 Ann")

	q = b.find("Author", "id", nil, "id")
	q.Populate = []*populate.Node{joined("Author", "profile", "id bio"), joined("Author", "favourite", "id title")}
	equal(t, "inverse and nullable", b.rows(q), "1 1 writes 11 Winter", "2 <nil> <nil> <nil> <nil>", "3 <nil> <nil> 12 Summer")

	q = b.find("Book", "id author", nil, "id").page(2, 0)
	q.Populate = []*populate.Node{joined("Book", "author", "id")}
	q.Filters = []qb.Filter{{Entity: entity("Author"), Where: &conditions.Compare{Field: fieldOf("Author", "id"), Op: conditions.OpEq, Value: q.slot(int64(2))}}}
	equal(t, "a hidden target removes no root", b.rows(q), "11 1 <nil>", "12 1 <nil>")
}

func TestJoinedBelowJoined(t *testing.T) {
	b := newLibrary(t)
	q := b.find("Book", "id", nil, "id")
	below := joined("Author", "favourite", "id title")
	q.Populate = []*populate.Node{{Relation: entity("Book").Property("author"), Strategy: populate.Joined, Fields: entity("Author").Key, Children: []*populate.Node{below}}}
	// width counts one level of nodes only.
	q.Exprs = []qb.Output{{Expr: qb.FieldExpr{Field: fieldOf("Book", "title")}}, {Expr: qb.FieldExpr{Field: fieldOf("Book", "publisher.name")}}}
	p, err := b.engine.Compile(&q.Select)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.session(driver.SessionOptions{}).Query(t.Context(), p, q.args)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatal(rows.Close())
	}
	var book, author, favourite int64
	var name, title, publisher string
	if err := rows.Scan([]any{&book, &author, &favourite, &name, &title, &publisher}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintln(book, author, favourite, name, title, publisher); got != "11 1 11 Winter Winter Press\n" {
		t.Error(got)
	}
}

func TestGroups(t *testing.T) {
	b := newLibrary(t)
	group := func(cond any, by []string, order []qb.Order, exprs ...qb.Expr) []string {
		q := b.find("Book", "", cond)
		for _, path := range by {
			q.GroupBy = append(q.GroupBy, qb.FieldExpr{Field: fieldOf("Book", path)})
		}
		for _, e := range exprs {
			q.Exprs = append(q.Exprs, qb.Output{Expr: e})
		}
		q.OrderBy = order
		return b.rows(q)
	}
	count, sum := qb.Aggregate{Func: "count"}, qb.Aggregate{Func: "sum", Field: fieldOf("Book", "pages")}
	avg, isbn := qb.Aggregate{Func: "avg", Field: fieldOf("Book", "pages")}, qb.Aggregate{Func: "count", Field: fieldOf("Book", "isbn")}
	equal(t, "all", group(nil, nil, nil, count, sum, avg, isbn), "4 650 162.5 2")
	equal(t, "no rows", group(M{"title": "nothing"}, nil, nil, count, sum, avg), "0 <nil> <nil>")
	publisher := qb.FieldExpr{Field: fieldOf("Book", "publisher")}
	equal(t, "by publisher", group(nil, []string{"publisher"}, []qb.Order{{Expr: publisher}}, publisher, count), "<nil> 1", "p 2", "q 1")
	author := qb.FieldExpr{Field: fieldOf("Book", "author.name")}
	equal(t, "by author", group(M{"pages >": 60}, []string{"author.name"}, []qb.Order{{Expr: count, Desc: true}}, author, count), "Ann 2", "Bob 1")
	distinct := qb.Aggregate{Func: "count", Field: fieldOf("Book", "publisher"), Distinct: true}
	equal(t, "distinct", group(nil, nil, nil, distinct), "2")
	lowest, highest := qb.Aggregate{Func: "min", Field: fieldOf("Book", "title")}, qb.Aggregate{Func: "max", Field: fieldOf("Book", "isbn")}
	equal(t, "min and max", group(nil, nil, nil, lowest, highest), "Autumn i4")
}

func TestDistinct(t *testing.T) {
	b := newLibrary(t)
	q := b.find("Book", "publisher", nil, "-publisher").page(10, 0)
	q.Distinct = true
	equal(t, "distinct", b.rows(q), "q", "p", "<nil>")
}

func TestExplicitJoin(t *testing.T) {
	b := newLibrary(t)
	q := b.find("Author", "id", nil)
	q.Alias = "a"
	q.Joins = []*qb.Join{{From: "a", Relation: entity("Author").Property("books"), Alias: "b"}}
	title := conditions.Field{Alias: "b", Property: entity("Book").Property("title")}
	q.Where = &conditions.Match{Field: title, Op: conditions.OpILike, Value: q.slot("winter")}
	q.OrderBy = []qb.Order{{Expr: qb.FieldExpr{Field: title}}}
	q.Exprs = []qb.Output{{Expr: qb.FieldExpr{Field: title}}}
	equal(t, "a row for each book", b.rows(q), "1 Winter", "1 winter")

	q = b.find("Author", "id", nil, "id")
	q.Alias = "a"
	q.Joins = []*qb.Join{{Left: true, From: "a", Relation: entity("Author").Property("favourite"), Alias: "f"}}
	q.Exprs = []qb.Output{{Expr: qb.FieldExpr{Field: conditions.Field{Alias: "f", Property: entity("Book").Property("title")}}}}
	equal(t, "left join", b.rows(q), "1 Winter", "2 <nil>", "3 Summer")
}

func TestBulkChanges(t *testing.T) {
	b := newLibrary(t)
	change := func(kind qb.WriteKind, name string, cond any, set func(q *query) []qb.Assign) int64 {
		t.Helper()
		q := b.find(name, "", cond)
		w := &qb.Write{Kind: kind, Entity: entity(name), Where: q.Where, All: cond == nil}
		if set != nil {
			w.Assign = set(q)
		}
		o := b.op(w, q.args)
		b.exec(o)
		return o.Affected[0]
	}
	book := entity("Book")
	n := change(qb.Update, "Book", M{"author.name": "Ann", "pages >": 60}, func(q *query) []qb.Assign {
		return []qb.Assign{{Column: columns(book, "pages")[0], Value: q.slot(int64(7))}, {Column: columns(book, "publisher")[0], Value: q.slot("$q")}}
	})
	equal(t, "updated through a relation", b.rows(b.find("Book", "id publisher", M{"pages": 7}, "id")), "11 $q", "12 $q")
	if n != 2 {
		t.Errorf("affected %d", n)
	}
	change(qb.Update, "Book", M{"id": 13}, func(q *query) []qb.Assign {
		return []qb.Assign{{Column: columns(book, "title")[0], Value: q.slot("$pages")}, {Column: columns(book, "isbn")[0], Value: fieldOf("Book", "title")}}
	})
	equal(t, "copied", b.rows(b.find("Book", "title isbn", M{"id": 13})), "$pages Autumn")
	if n := change(qb.Delete, "Author", M{"books": nil}, nil); n != 1 {
		t.Errorf("deleted %d authors", n)
	}
	equal(t, "deleted", b.rows(b.find("Author", "id", nil, "id")), "1", "2")
	if n := change(qb.Delete, "Tag", nil, nil); n != 3 {
		t.Errorf("deleted %d tags", n)
	}
}

func TestUpsert(t *testing.T) {
	b := newLibrary(t)
	tag := entity("Tag")
	both := columns(tag, "id", "name")
	upsert := func(conflict *qb.Conflict, rows ...[]any) {
		t.Helper()
		b.exec(b.op(&qb.Write{Kind: qb.Insert, Entity: tag, Set: both, Conflict: conflict}, rows...))
	}
	upsert(&qb.Conflict{On: both[:1], Merge: both[1:]}, []any{int64(1), "new"}, []any{int64(8), "eight"})
	upsert(&qb.Conflict{On: both[1:]}, []any{int64(9), "crime"}, []any{int64(10), "ten"})
	upsert(&qb.Conflict{}, []any{int64(3), "ignored"})
	equal(t, "upserted", b.rows(b.find("Tag", "id name", nil, "id")), "1 new", "2 crime", "3 poetry", "8 eight", "10 ten")
}

func TestLinks(t *testing.T) {
	b := newLibrary(t)
	tags := entity("Book").Property("tags")
	pivot := tags.Relation.Pivot
	keys := func() []string { return b.rows(b.find("Book", "id", M{"tags": 1}, "id")) }
	b.exec(b.link(qb.Insert, "Book", "tags", []any{int64(14), int64(1)}, []any{int64(11), int64(1)}))
	equal(t, "linked once", keys(), "11", "12", "14")
	equal(t, "a set", b.rows(b.find("Book", "id", M{"tags": M{"$size": 2}})), "11")
	b.exec(b.op(&qb.Write{Kind: qb.Delete, Pivot: tags, Match: pivot.Owner}, []any{int64(11)}))
	equal(t, "without the owner", keys(), "12", "14")
	b.exec(b.op(&qb.Write{Kind: qb.Delete, Pivot: tags, Match: pivot.Target}, []any{int64(1)}))
	equal(t, "without the target", keys())
}

func TestCompositeKeys(t *testing.T) {
	b := newBench(t)
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	customer := mapper.UUID{1}
	b.exec(
		b.insert("Order", "id customer placedAt", []any{int64(1), customer, at}),
		b.insert("OrderLine", "order product quantity shipment", []any{int64(1), int64(2), int64(3), int64(9)}, []any{int64(1), int64(4), int64(5), nil}),
		b.insert("Shipment", "id firstOrder firstProduct note", []any{int64(9), int64(1), int64(4), nil}, []any{int64(10), nil, nil, nil}),
	)
	equal(t, "lines", b.rows(b.find("OrderLine", "order product quantity shipment", M{"order": 1}, "-quantity")), "1 4 5 <nil>", "1 2 3 9")
	equal(t, "by key", b.rows(b.find("OrderLine", "quantity", []any{1, 2})), "3")
	equal(t, "reference", b.rows(b.find("Shipment", "id first", nil, "id")), "9 1 4", "10 <nil> <nil>")
	equal(t, "through the reference", b.rows(b.find("Shipment", "id", M{"first.quantity": 5})), "9")
	line := entity("OrderLine")
	update := b.op(&qb.Write{Kind: qb.Update, Entity: line, Set: columns(line, "quantity"), Match: line.KeyColumns}, []any{int64(8), int64(1), int64(2)})
	b.exec(update)
	if update.Affected[0] != 1 {
		t.Errorf("affected %v", update.Affected)
	}
	q := b.find("OrderLine", "product quantity", nil)
	q.Via = &qb.Via{Relation: entity("Order").Property("lines"), Owners: q.slot([]any{int64(1)}), Limit: -1, Offset: -1}
	equal(t, "select-in", b.rows(q), "1 2 8", "1 4 5")
	q = b.find("Shipment", "id first", nil, "id")
	q.Populate = []*populate.Node{joined("Shipment", "first", "order product quantity")}
	equal(t, "joined", b.rows(q), "9 1 4 1 4 5", "10 <nil> <nil> <nil> <nil> <nil>")
}

func TestKindsRoundTrip(t *testing.T) {
	b := newBench(t)
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	date := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	prefs, meta := json.RawMessage(`{"Theme":"dark","PageSize":20,"Limits":{"a":1.5}}`), json.RawMessage(`{"z":[1,null,{"y":"<&>"}],"a":12345678901,"b":-0.5,"c":true}`)
	customer := mapper.UUID{0xfe, 1, 2}
	b.exec(
		b.insert("Customer", "id name home_street home_city office_city prefs labels meta joinedAt",
			[]any{customer, "n", "s", "c", nil, prefs, []any{"b", "a"}, meta, at}),
		b.insert("Product", "id name status price released image",
			[]any{int64(1), "p", "active", mapper.Decimal("-12345678.90"), date, []byte{0, 255}},
			[]any{int64(2), "q", "draft", mapper.Decimal("0.00"), nil, []byte{}}))
	q := b.find("Customer", "id labels meta joinedAt", M{"id": [16]byte(customer)})
	q.Output = append(q.Output, entity("Customer").Property("prefs"))
	s := b.session(driver.SessionOptions{})
	p, err := b.engine.Compile(&q.Select)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(t.Context(), p, q.args)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatal("no customer", rows.Close())
	}
	var cells [5]any
	if err := rows.Scan([]any{&cells[0], &cells[1], &cells[2], &cells[3], &cells[4]}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []any{customer, []any{"b", "a"}, meta, at, prefs} {
		if got := fmt.Sprintf("%T %s", cells[i], cells[i]); got != fmt.Sprintf("%T %s", want, want) {
			t.Errorf("cell %d: got %s, want %T %s", i, got, want, want)
		}
	}
	equal(t, "products", b.rows(b.find("Product", "price released image", nil, "id")),
		"-12345678.90 2024-02-29 00:00:00 +0000 UTC [0 255]", "0.00 <nil> []")
	equal(t, "decimals compare as numbers", b.rows(b.find("Product", "id", M{"price <": "0"})), "1")
	equal(t, "decimals sort as numbers", b.rows(b.find("Product", "id", nil, "-price")), "2", "1")
}

func TestStoredValueThatDoesNotFit(t *testing.T) {
	b := newLibrary(t)
	q := b.find("Author", "", nil)
	q.Exprs = []qb.Output{{Expr: qb.FieldExpr{Field: fieldOf("Author", "name")}}}
	p, err := b.engine.Compile(&q.Select)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.session(driver.SessionOptions{}).Query(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var n int64
	if !rows.Next() {
		t.Fatal("no rows")
	}
	if err := rows.Scan([]any{&n}); !errors.Is(err, driver.ErrScan) {
		t.Errorf("error is %v", err)
	}
}
