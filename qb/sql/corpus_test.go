package sql_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
	"github.com/weft-orm/weft/tests/model"
)

// registry builds the test model.
func registry(t testing.TB) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// compiled is a case of the corpus as a logical query with its arguments.
type compiled struct {
	query *qb.Select
	args  []any
}

// query makes the logical query of a case, as a find would.
func query(reg *mapper.Registry, c corpus.Case) (compiled, error) {
	e := reg.Entity(c.Entity)
	env := conditions.Env{Registry: reg, Entity: e}
	tree, args, err := conditions.Compile(env, c.Where, 0)
	if err != nil {
		return compiled{}, err
	}
	q := &qb.Select{
		Registry: reg, Entity: e, Output: e.Key, Where: tree.Root, Slots: tree.Slots,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot,
	}
	for _, o := range c.Order {
		orders, err := qb.ParseOrder(env, o)
		if err != nil {
			return compiled{}, err
		}
		q.OrderBy = append(q.OrderBy, orders...)
	}
	slot := func(n int) conditions.Slot {
		if n < 0 {
			return conditions.NoSlot
		}
		args = append(args, int64(n))
		return conditions.Slot(len(args) - 1)
	}
	q.Limit, q.Offset = slot(c.Limit), slot(c.Offset)
	if err := populateJoined(q, c.Populate); err != nil {
		return compiled{}, err
	}
	return compiled{q, args}, nil
}

// populateJoined loads relations by the same statement.
func populateJoined(q *qb.Select, paths []string) error {
	for _, path := range paths {
		if strings.ContainsAny(path, "*$") {
			continue
		}
		e, nodes := q.Entity, &q.Populate
		for i, name := range strings.Split(path, ".") {
			p := e.Property(name)
			if p == nil {
				return fmt.Errorf("no property %s", name)
			}
			var n *populate.Node
			for _, have := range *nodes {
				if have.Relation == p {
					n = have
				}
			}
			if n == nil {
				n = &populate.Node{
					Relation: p, Path: strings.Join(strings.Split(path, ".")[:i+1], "."), Strategy: populate.Joined,
					Fields: p.Relation.Target.Key, Limit: -1, Offset: -1,
				}
				*nodes = append(*nodes, n)
			}
			e, nodes = p.Relation.Target, &n.Children
		}
	}
	return nil
}

// TestCorpus compares the SQL and arguments of every case, on every dialect, with golden files.
func TestCorpus(t *testing.T) {
	reg := registry(t)
	texts := map[string]*strings.Builder{}
	var files []string
	for _, c := range load(t) {
		b := texts[c.File]
		if b == nil {
			b = &strings.Builder{}
			texts[c.File] = b
			files = append(files, c.File)
		}
		fmt.Fprintf(b, "== %s\n   %s\n", c, c.Source)
		q, err := query(reg, c)
		if err != nil {
			fmt.Fprintf(b, "error     %v\n\n", err)
			continue
		}
		for _, d := range sql.Dialects() {
			b.WriteString(printed(d, q))
		}
		b.WriteByte('\n')
	}
	for _, f := range files {
		golden.Check(t, f+".golden", texts[f].String())
	}
}

func load(t testing.TB) []corpus.Case {
	t.Helper()
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// printed is the statement of a dialect and its parameters on two lines.
func printed(d *sql.Dialect, q compiled) string {
	name := fmt.Sprintf("%-9s ", d.Name())
	st, err := d.Compile(q.query)
	if err != nil {
		return name + "error: " + err.Error() + "\n"
	}
	args, err := st.Bind(nil, q.args)
	if err != nil {
		return name + st.Text + "\n          error: " + err.Error() + "\n"
	}
	s := name + st.Text + "\n"
	if len(args) > 0 {
		s += "          " + parameters(args) + "\n"
	}
	return s
}

// parameters shows parameters with what tells their types apart.
func parameters(args []any) string {
	out := make([]string, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			out[i] = fmt.Sprintf("%q", a)
		case []string:
			out[i] = fmt.Sprintf("%q", a)
		case []byte:
			out[i] = "0x" + hex.EncodeToString(a)
		case [16]byte:
			out[i] = "uuid " + mapper.UUID(a).String()
		case time.Time:
			out[i] = a.Format(time.RFC3339Nano)
		case float64:
			out[i] = fmt.Sprintf("%T(%v)", a, a)
		default:
			out[i] = fmt.Sprint(a)
		}
	}
	return strings.Join(out, ", ")
}
