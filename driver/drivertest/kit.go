package drivertest

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// kit is an engine with the tables of the model, and short ways to use it.
type kit struct {
	*testing.T
	ctx    context.Context
	opts   *Options
	engine driver.Engine
	reg    *mapper.Registry
	shelf  *mapper.Entity
	item   *mapper.Entity
	pair   *mapper.Entity
}

func open(t *testing.T, opts *Options) *kit {
	t.Helper()
	reg, err := Registry()
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{
		T: t, ctx: t.Context(), opts: opts, reg: reg,
		shelf: reg.Entity("Shelf"), item: reg.Entity("Item"), pair: reg.Entity("Pair"),
	}
	if k.engine, err = opts.Open(t).Connect(k.ctx); err != nil {
		t.Fatalf("connect: %v", err)
	}
	create := opts.Create
	if create == nil {
		create = func(ctx context.Context, engine driver.Engine, _ *mapper.Registry) error {
			return createTables(ctx, engine)
		}
	}
	if err := create(k.ctx, k.engine, reg); err != nil {
		t.Fatalf("create tables: %v", err)
	}
	return k
}

// need skips the test when the engine lacks a capability.
func (k *kit) need(has bool, what string) {
	k.Helper()
	if !has {
		k.Skipf("%s: no %s", k.engine.Caps().Name, what)
	}
}

func (k *kit) compile(q qb.Query) driver.Program {
	k.Helper()
	p, err := k.engine.Compile(q)
	if err != nil {
		k.Fatalf("compile: %v", err)
	}
	if p.String() == "" {
		k.Errorf("program has no text")
	}
	return p
}

func (k *kit) session(opts driver.SessionOptions) driver.Session {
	k.Helper()
	s, err := k.engine.Session(k.ctx, opts)
	if err != nil {
		k.Fatalf("session: %v", err)
	}
	return s
}

// transaction returns a transaction; outside of the engine's abilities the test is skipped.
func (k *kit) transaction() driver.Session {
	k.Helper()
	k.need(k.engine.Caps().Transactions, "transactions")
	return k.session(driver.SessionOptions{Transaction: true})
}

func (k *kit) end(s driver.Session, commit bool) {
	k.Helper()
	if err := s.End(k.ctx, commit); err != nil {
		k.Fatalf("end: %v", err)
	}
}

// insert returns an operation that inserts rows, without the generated key.
func (k *kit) insert(e *mapper.Entity, rows ...[]any) *driver.Op {
	k.Helper()
	w := &qb.Write{Registry: k.reg, Kind: qb.Insert, Entity: e, Table: e.Table}
	for _, c := range e.Columns {
		if c.AutoIncrement {
			w.Returning = append(w.Returning, c)
		} else {
			w.Set = append(w.Set, c)
		}
	}
	return &driver.Op{P: k.compile(w), Rows: rows}
}

// change returns an operation that updates columns, or deletes when there are none, by key.
func (k *kit) change(e *mapper.Entity, columns []string, rows ...[]any) *driver.Op {
	k.Helper()
	w := &qb.Write{Registry: k.reg, Kind: qb.Delete, Entity: e, Table: e.Table, Match: e.KeyColumns}
	for _, name := range columns {
		w.Kind = qb.Update
		w.Set = append(w.Set, k.column(e, name))
	}
	return &driver.Op{P: k.compile(w), Rows: rows}
}

func (k *kit) column(e *mapper.Entity, name string) *mapper.Column {
	k.Helper()
	for _, c := range e.Columns {
		if c.Name == name {
			return c
		}
	}
	k.Fatalf("%s has no column %s", e.Name, name)
	return nil
}

// run runs operations in a session of their own, which commits.
func (k *kit) run(ops ...*driver.Op) {
	k.Helper()
	s := k.session(driver.SessionOptions{Transaction: k.engine.Caps().Transactions})
	if err := s.Exec(k.ctx, ops); err != nil {
		_ = s.End(k.ctx, false)
		k.Fatalf("exec: %v", err)
	}
	k.end(s, true)
}

// all returns a read of the leaves of e in key order.
func (k *kit) all(e *mapper.Entity) *qb.Select {
	q := &qb.Select{Registry: k.reg, Entity: e, Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	for _, p := range e.Leaves {
		if len(p.Columns) > 0 {
			q.Output = append(q.Output, p)
		}
	}
	for _, p := range e.Key {
		q.OrderBy = append(q.OrderBy, qb.Order{Expr: qb.FieldExpr{Field: conditions.Field{Property: p}}})
	}
	return q
}

// captured is a destination that keeps the value the engine delivers.
type captured struct{ value any }

// Scan implements sql.Scanner.
func (c *captured) Scan(src any) error {
	if b, ok := src.([]byte); ok {
		src = append([]byte{}, b...)
	}
	c.value = src
	return nil
}

// rows runs a read and returns canonical values.
func (k *kit) rows(s driver.Session, q *qb.Select, args ...any) [][]any {
	k.Helper()
	result, err := s.Query(k.ctx, k.compile(q), args)
	if err != nil {
		k.Fatalf("query: %v", err)
	}
	return k.read(result, q)
}

func (k *kit) read(result driver.Rows, q *qb.Select) [][]any {
	k.Helper()
	var types []*mapper.Type
	for _, p := range q.Output {
		for _, c := range p.Columns {
			types = append(types, c.Type)
		}
	}
	cells := make([]captured, len(types))
	dest := make([]any, len(types))
	for i := range cells {
		dest[i] = &cells[i]
	}
	var all [][]any
	for result.Next() {
		if err := result.Scan(dest); err != nil {
			k.Fatalf("scan: %v", err)
		}
		row := make([]any, len(types))
		for i, t := range types {
			v, err := t.Decode(cells[i].value)
			if err != nil {
				k.Fatalf("column %d: engine delivered %T %v: %v", i, cells[i].value, cells[i].value, err)
			}
			row[i] = v
		}
		all = append(all, row)
	}
	if err := result.Close(); err != nil {
		k.Fatalf("close rows: %v", err)
	}
	return all
}

// names returns the names of the shelves as another session sees them.
func (k *kit) names() []string {
	k.Helper()
	s := k.session(driver.SessionOptions{})
	defer k.end(s, true)
	return k.namesIn(s)
}

func (k *kit) namesIn(s driver.Session) []string {
	k.Helper()
	names := []string{}
	for _, row := range k.rows(s, k.all(k.shelf)) {
		names = append(names, row[1].(string))
	}
	return names
}
