package mongo_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

type M = conditions.M

var registry = sync.OnceValue(func() *mapper.Registry {
	precision := 3
	reg, err := mapper.Build(mapper.Options{Naming: naming.Mongo{}, TimePrecision: &precision}, model.All()...)
	if err != nil {
		panic(err)
	}
	return reg
})

// bench is an engine on a database of its own, with the schema in place.
type bench struct {
	t      testing.TB
	engine driver.Engine
}

func newBench(t testing.TB) *bench {
	t.Helper()
	uri, db := testdb.Mongo(t)
	engine, err := mongo.URI(uri, db).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.(driver.SchemaEnsurer).EnsureSchema(t.Context(), registry(), ""); err != nil {
		t.Fatal(err)
	}
	return &bench{t, engine}
}

func (b *bench) session(opts driver.SessionOptions) driver.Session {
	b.t.Helper()
	s, err := b.engine.Session(b.t.Context(), opts)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = s.End(context.Background(), false) })
	return s
}

func entity(name string) *mapper.Entity { return registry().Entity(name) }

// columns returns columns of an entity by name.
func columns(e *mapper.Entity, names ...string) []*mapper.Column {
	var out []*mapper.Column
	for _, name := range names {
		for _, c := range e.Columns {
			if c.Name == name {
				out = append(out, c)
			}
		}
	}
	if len(out) != len(names) {
		panic(fmt.Sprintf("%s has not all of %v", e, names))
	}
	return out
}

// op compiles a write over rows.
func (b *bench) op(w *qb.Write, rows ...[]any) *driver.Op {
	b.t.Helper()
	w.Registry = registry()
	p, err := b.engine.Compile(w)
	if err != nil {
		b.t.Fatal(err)
	}
	return &driver.Op{P: p, Rows: rows}
}

// insert makes an insert of rows; names are the columns, separated by spaces.
func (b *bench) insert(name, names string, rows ...[]any) *driver.Op {
	b.t.Helper()
	e := entity(name)
	return b.op(&qb.Write{Kind: qb.Insert, Entity: e, Table: e.Table, Set: columns(e, strings.Fields(names)...)}, rows...)
}

// link makes an insert or delete of links, rows of owner and target.
func (b *bench) link(kind qb.WriteKind, name, property string, rows ...[]any) *driver.Op {
	b.t.Helper()
	p := entity(name).Property(property)
	pivot := p.Relation.Pivot
	w := &qb.Write{Kind: kind, Pivot: p, Table: pivot.Table}
	keys := append(append([]*mapper.Column{}, pivot.Owner...), pivot.Target...)
	if kind == qb.Delete {
		w.Match = keys
	} else {
		w.Set = keys
	}
	return b.op(w, rows...)
}

// exec runs operations outside of a transaction.
func (b *bench) exec(ops ...*driver.Op) {
	b.t.Helper()
	if err := b.session(driver.SessionOptions{}).Exec(b.t.Context(), ops); err != nil {
		b.t.Fatal(err)
	}
}

// query is a select with its arguments.
type query struct {
	qb.Select
	args []any
}

// find makes a select of properties, separated by spaces, of entities by condition.
func (b *bench) find(name, properties string, cond any, order ...any) *query {
	b.t.Helper()
	e := entity(name)
	q := &query{Select: qb.Select{Registry: registry(), Entity: e, Limit: conditions.NoSlot, Offset: conditions.NoSlot}}
	for _, p := range strings.Fields(properties) {
		q.Output = append(q.Output, e.Property(p))
	}
	env := conditions.Env{Registry: registry(), Entity: e}
	if cond != nil {
		tree, values, err := conditions.Compile(env, cond, 0)
		if err != nil {
			b.t.Fatal(err)
		}
		q.Where, q.args = tree.Root, values
	}
	var err error
	if q.OrderBy, err = qb.ParseOrder(env, order...); err != nil {
		b.t.Fatal(err)
	}
	return q
}

// slot appends an argument.
func (q *query) slot(v any) conditions.Slot {
	q.args = append(q.args, v)
	return conditions.Slot(len(q.args) - 1)
}

// page sets limit and offset.
func (q *query) page(limit, offset int64) *query {
	q.Limit, q.Offset = q.slot(limit), q.slot(offset)
	return q
}

// rows runs a query and returns its rows as text, one for each, cells separated by spaces.
func (b *bench) rows(q *query) []string {
	b.t.Helper()
	return b.rowsIn(b.session(driver.SessionOptions{}), q)
}

func (b *bench) rowsIn(s driver.Session, q *query) []string {
	b.t.Helper()
	out, err := b.tryRows(s, q)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) tryRows(s driver.Session, q *query) ([]string, error) {
	p, err := b.engine.Compile(&q.Select)
	if err != nil {
		return nil, err
	}
	rows, err := s.Query(b.t.Context(), p, q.args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		cells := make([]any, width(&q.Select))
		dest := make([]any, len(cells))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest); err != nil {
			return nil, err
		}
		out = append(out, strings.TrimSpace(fmt.Sprintln(cells...)))
	}
	return out, rows.Close()
}

// width is the number of columns of a result row, as documented at qb.Select.
func width(q *qb.Select) int {
	n := len(q.Exprs)
	if q.Count {
		return 1
	}
	if q.Via != nil {
		n += len(q.Via.Relation.Entity.KeyColumns)
	}
	leaves := q.Output
	for _, node := range q.Populate {
		leaves = append(leaves[:len(leaves):len(leaves)], node.Fields...)
	}
	for _, p := range leaves {
		if p.Kind == mapper.OneToOne && !p.Relation.Owning {
			n += len(p.Relation.Target.KeyColumns)
			continue
		}
		n += len(p.Columns)
	}
	return n
}

func equal(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
