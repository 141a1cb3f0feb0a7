package differential_test

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// store writes a world to an engine: rows without their nullable references, then these, then links.
func (w *world) store(t testing.TB, engine driver.Engine, s driver.Session) {
	t.Helper()
	var rows, references, links []*driver.Op
	op := func(write *qb.Write, rows [][]any) *driver.Op {
		write.Registry = w.registry
		p, err := engine.Compile(write)
		if err != nil {
			t.Fatal(err)
		}
		return &driver.Op{P: p, Rows: rows}
	}
	for _, e := range w.inOrder() {
		first := func(c *mapper.Column) bool { return c.References != nil && c.Nullable }
		columns := slices.Clone(e.Columns)
		if d := e.Discriminator; d != nil && !slices.ContainsFunc(columns, func(c *mapper.Column) bool { return c.Name == d.Name }) {
			columns = append(columns, d)
		}
		own := slices.DeleteFunc(slices.Clone(columns), first)
		rows = append(rows, op(&qb.Write{Kind: qb.Insert, Entity: e, Table: e.Table, Set: own}, w.cells(e, own)))
		for _, p := range e.Relations {
			switch {
			case p.Kind == mapper.ManyToMany && p.Relation.Owning:
				pivot := p.Relation.Pivot
				links = append(links, op(&qb.Write{Kind: qb.Insert, Pivot: p, Table: pivot.Table, Set: slices.Concat(pivot.Owner, pivot.Target)}, w.links(e, p)))
			case len(p.Columns) > 0 && first(p.Columns[0]):
				write := &qb.Write{Kind: qb.Update, Entity: e, Table: e.Table, Set: p.Columns, Match: e.KeyColumns}
				references = append(references, op(write, w.cells(e, slices.Concat(p.Columns, e.KeyColumns))))
			}
		}
	}
	for _, ops := range [][]*driver.Op{rows, references, links} {
		ops = slices.DeleteFunc(ops, func(o *driver.Op) bool { return len(o.Rows) == 0 })
		if err := s.Exec(t.Context(), ops); err != nil {
			t.Fatal(err)
		}
	}
}

// cells returns the values of columns, row by row.
func (w *world) cells(e *mapper.Entity, columns []*mapper.Column) [][]any {
	var out [][]any
	for _, x := range w.rows[e] {
		row := make([]any, len(columns))
		for i, c := range columns {
			if c == e.Discriminator || c.Property == nil {
				row[i] = e.DiscriminatorValue
			} else if v := x.vals[c.Property.Path]; v != nil {
				row[i] = mapper.Parts(nil, v)[c.Part]
			}
		}
		out = append(out, row)
	}
	return out
}

func (w *world) links(e *mapper.Entity, p *mapper.Property) [][]any {
	var out [][]any
	for _, x := range w.rows[e] {
		for _, to := range x.many[p.Path] {
			out = append(out, append(mapper.Parts(nil, x.key()), mapper.Parts(nil, to.key())...))
		}
	}
	return out
}
