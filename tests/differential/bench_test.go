package differential_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// bench is an engine that holds a world.
type bench struct {
	*world
	db      *orm.DB
	engine  driver.Engine // what compiles; tests plant faults here
	session driver.Session
	// asked and refused count requests, found those whose answer tells rows apart.
	asked, refused, found int
}

func newBench(t testing.TB, e testengine.Engine, seed uint64) *bench {
	t.Helper()
	db := e.Open(t, orm.Entities(entities()...))
	s, err := db.Engine().Session(t.Context(), driver.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.End(context.Background(), false) })
	b := &bench{world: newWorld(db.Registry(), seed, !db.Engine().Caps().ForeignKeys), db: db, engine: db.Engine(), session: s}
	b.store(t, b.engine, s)
	return b
}

// view is the world as a query sees it.
func (b *bench) view(q *qb.Select, args []any) *view {
	nullsHigh := b.engine.Caps().NullsHigh && !q.NullsLowest
	return &view{b.world, &conditions.Evaluator{Args: args}, q.Filters, nullsHigh}
}

// check compares the engine's answer with the evaluator's; the error tells how they differ.
func (b *bench) check(ctx context.Context, r request) error {
	q, args, err := r.query(b.registry, false)
	if err != nil {
		return fmt.Errorf("%s\n%w", r, err)
	}
	return b.checkQuery(ctx, r, q, args, func() (*qb.Select, []any, error) { return r.query(b.registry, true) })
}

// checkQuery compares the roots of a query, and the number that count asks for.
func (b *bench) checkQuery(ctx context.Context, r fmt.Stringer, q *qb.Select, args []any, count func() (*qb.Select, []any, error)) error {
	b.asked++
	v := b.view(q, args)
	all, err := v.find(q)
	if err != nil {
		return fmt.Errorf("%s\nevaluator: %w", r, err)
	}
	if len(all) > 0 && len(all) < len(b.all(q.Entity)) {
		b.found++
	}
	got, program, err := b.run(ctx, q, args)
	if errors.Is(err, driver.ErrUnsupported) {
		b.refused++
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s\n%s\n%s\n%w", r, conditions.Print(q.Where), program, err)
	}
	if want, fault := v.differs(q, args, all, got); fault != "" {
		return fmt.Errorf("%s\n%s\n%s\n got %s\nwant %s\n%s", r, conditions.Print(q.Where), program, strings.Join(got, " "), strings.Join(want, " "), fault)
	}
	if q, args, err = count(); err != nil {
		return err
	}
	if got, program, err = b.run(ctx, q, args); err != nil {
		return fmt.Errorf("count: %s\n%s\n%w", r, program, err)
	}
	if want := fmt.Sprint(len(all)); len(got) != 1 || got[0] != want {
		return fmt.Errorf("count: %s\n%s\n%s\n got %v\nwant %s", r, conditions.Print(q.Where), program, got, want)
	}
	return nil
}

// differs compares an answer with the sorted roots. Without a page the key does not decide between equal sort keys, so
// that only their order among each other is free.
func (v *view) differs(q *qb.Select, args []any, all []row, got []string) (want []string, fault string) {
	paged := q.Limit != conditions.NoSlot || q.Offset != conditions.NoSlot
	if paged {
		all = page(all, number(args, q.Offset), number(args, q.Limit))
	}
	at := map[string]row{}
	for _, r := range all {
		want = append(want, shown(r.key()))
		at[shown(r.key())] = r
	}
	if slices.Equal(got, want) {
		return want, ""
	}
	a, b := slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	switch {
	case !slices.Equal(a, b):
		return want, "other roots"
	case paged:
		return want, "another order"
	}
	for i := 1; i < len(got); i++ {
		before, after := at[got[i-1]], at[got[i]]
		for k := range q.OrderBy {
			x, _ := sortKey(before, q.OrderBy[k])
			y, _ := sortKey(after, q.OrderBy[k])
			one := &qb.Select{OrderBy: q.OrderBy[k : k+1]}
			if c := v.compare(one, []any{x}, []any{y}); c < 0 {
				break
			} else if c > 0 {
				return want, fmt.Sprintf("%s before %s", got[i-1], got[i])
			}
		}
	}
	return want, ""
}

func number(args []any, slot conditions.Slot) int {
	if slot == conditions.NoSlot {
		return -1
	}
	return int(args[slot].(int64))
}

func page(all []row, offset, limit int) []row {
	all = all[min(max(offset, 0), len(all)):]
	if limit >= 0 {
		all = all[:min(limit, len(all))]
	}
	return all
}

// run gives the keys of the roots, or the number of a count.
func (b *bench) run(ctx context.Context, q *qb.Select, args []any) (keys []string, program fmt.Stringer, err error) {
	p, err := b.engine.Compile(q)
	if err != nil {
		return nil, nil, err
	}
	rows, err := b.session.Query(ctx, p, args)
	if err != nil {
		return nil, p, err
	}
	defer rows.Close()
	columns, others := []*mapper.Column{{Type: &mapper.Type{Kind: mapper.Int}}}, 0
	if !q.Count {
		columns, others = q.Entity.KeyColumns, joinedColumns(q.Populate)+outputsOf(q.Joins)
	}
	for rows.Next() {
		cells, dest := make([]cell, len(columns)), make([]any, len(columns))
		for i, c := range columns {
			cells[i].kind = c.Type.Kind
			dest[i] = &cells[i]
		}
		for range others {
			dest = append(dest, new(cell))
		}
		if err := rows.Scan(dest); err != nil {
			return nil, p, err
		}
		texts := make([]string, len(cells))
		for i := range cells {
			texts[i] = cells[i].text
		}
		key := strings.Join(texts, "/")
		if joined := joinedColumns(q.Populate) > 0; !joined || !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys, p, rows.Close()
}

// outputsOf counts the columns of joins that are read.
func outputsOf(joins []*qb.Join) int {
	n := 0
	for _, j := range joins {
		for _, p := range j.Output {
			n += len(p.Columns)
		}
	}
	return n
}

// joinedColumns counts the columns of joined relations, which multiply the rows of their roots.
func joinedColumns(nodes []*populate.Node) int {
	n := 0
	for _, node := range nodes {
		for _, p := range node.Fields {
			n += len(p.Columns)
		}
		n += joinedColumns(node.Children)
	}
	return n
}

// cell reads a part of a key, whatever form the engine gives it, as text.
type cell struct {
	kind mapper.ValueKind
	text string
}

// Scan implements sql.Scanner.
func (c *cell) Scan(v any) error {
	switch v := v.(type) {
	case [16]byte:
		c.text = hex.EncodeToString(v[:])
	case []byte:
		c.text = string(v)
		if c.kind == mapper.UUIDKind && len(v) == 16 {
			c.text = hex.EncodeToString(v)
		}
	default:
		c.text = fmt.Sprint(v)
	}
	if c.kind == mapper.UUIDKind {
		c.text = strings.ReplaceAll(c.text, "-", "")
	} else if c.kind == mapper.String {
		c.text = fmt.Sprintf("%q", c.text)
	}
	return nil
}

// shown is a key as the cells of a row show it.
func shown(key any) string {
	parts := mapper.Parts(nil, key)
	texts := make([]string, len(parts))
	for i, p := range parts {
		c := cell{kind: mapper.Int}
		switch p.(type) {
		case string:
			c.kind = mapper.String
		case mapper.UUID:
			c.kind = mapper.UUIDKind
		}
		_ = c.Scan(p)
		texts[i] = c.text
	}
	return strings.Join(texts, "/")
}
