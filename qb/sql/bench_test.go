package sql_test

import (
	"testing"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// benchmarked is a query with three joins and six conditions.
func benchmarked(b *testing.B) (*qb.Select, []any) {
	b.Helper()
	q, args, err := qb.New(registry(b), "Book", "").Where(M{
		"title:like": "x%", "pages >": 10, "author.name": "Jon", "author.favourite.title": "y", "publisher.country": "IT", "price <": 5.0,
	}).OrderBy("author.name").Limit(10).Query()
	if err != nil {
		b.Fatal(err)
	}
	return q.(*qb.Select), args
}

func BenchmarkCompile(b *testing.B) {
	q, _ := benchmarked(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sql.Postgres().Compile(q); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBind(b *testing.B) {
	q, args := benchmarked(b)
	st, err := sql.Postgres().Compile(q)
	if err != nil {
		b.Fatal(err)
	}
	params := make([]any, 0, len(st.Uses))
	b.ReportAllocs()
	for b.Loop() {
		if params, err = st.Bind(params[:0], args); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteText(b *testing.B) {
	author := registry(b).Entity("Author")
	w := &qb.Write{Kind: qb.Insert, Entity: author, Table: author.Table, Set: author.Columns[1:]}
	ws, err := sql.MySQL().CompileWrite(w)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = ws.Text(100)
	}
}
