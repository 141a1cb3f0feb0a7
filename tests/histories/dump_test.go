package histories_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// What the tables hold, read without the unit of work that wrote them: by statements
// of the engine's own where it has any.

// dump is a database as it was found.
type dump struct {
	database
	// keys are those of rows, as text.
	keys map[int]string
}

// cell is a column of a row that was read by a statement.
type cell struct{ v any }

// Scan keeps the value.
func (c *cell) Scan(v any) error {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	c.v = v
	return nil
}

func (c *cell) text() string { return fmt.Sprint(c.v) }

func (c *cell) number() (int, error) { return strconv.Atoi(c.text()) }

// reader reads tables by statements.
type reader struct {
	*project
	reg   *mapper.Registry
	quote string
	plans []tablePlan
}

// tablePlan is how the rows of a type are read.
type tablePlan struct {
	typ     *typ
	text    string
	keys    int   // key columns come first
	scalars []int // columns of each scalar
	refs    []refPlan
}

// refPlan is a foreign key of so many columns.
type refPlan struct {
	assoc *assoc
	width int
}

func newReader(p *project, reg *mapper.Registry, dialect string) *reader {
	r := &reader{project: p, reg: reg, quote: `"`}
	if dialect == "mysql" || dialect == "mariadb" {
		r.quote = "`"
	}
	for _, t := range p.types {
		if !t.abstract {
			r.plans = append(r.plans, r.plan(t))
		}
	}
	return r
}

func (r *reader) name(s string) string { return r.quote + s + r.quote }

func (r *reader) column(c *mapper.Column) string { return r.name(c.Table.Name) + "." + r.name(c.Name) }

// plan writes the statement that reads all rows of a type.
func (r *reader) plan(t *typ) tablePlan {
	e := r.reg.Entity(t.name)
	p := tablePlan{typ: t, keys: len(e.TableKey)}
	var columns []string
	add := func(list []*mapper.Column) int {
		for _, c := range list {
			columns = append(columns, r.column(c))
		}
		return len(list)
	}
	add(e.TableKey)
	for _, s := range t.scalars {
		p.scalars = append(p.scalars, add(r.columnsOf(e, s)))
	}
	if t.version {
		add(e.Version.Columns)
	}
	for _, v := range t.allViews() {
		if v.left && !v.many && v.style != asScalar {
			p.refs = append(p.refs, refPlan{v.assoc, add(leaf(e, v.path()).Columns)})
		}
	}
	p.text = "select " + strings.Join(columns, ", ") + " from " + r.name(e.Table.Name)
	switch {
	case e.Base != nil && e.Base.Table.Name != e.Table.Name:
		base := e.Base.Table.Name
		p.text += " join " + r.name(base) + " on " + r.column(e.Base.TableKey[0]) + " = " + r.column(e.TableKey[0])
	case e.Base != nil:
		p.text += " where " + r.column(e.Discriminator) + " = '" + fmt.Sprint(e.DiscriminatorValue) + "'"
	}
	return p
}

// leaf finds a property, also one that embedded properties make up.
func leaf(e *mapper.Entity, path string) *mapper.Property {
	for _, p := range e.Leaves {
		if p.Path == path {
			return p
		}
	}
	return nil
}

func (r *reader) columnsOf(e *mapper.Entity, s *scalar) []*mapper.Column {
	path := strings.ToLower(s.name[:1]) + s.name[1:]
	switch {
	case s.kind == embedded || s.kind == maybeEmbedded:
		return slices.Concat(leaf(e, path+".street").Columns, leaf(e, path+".city").Columns)
	case len(s.name) <= 2: // H, ID, No, N
		for _, p := range e.Leaves {
			if p.Field == s.name {
				return p.Columns
			}
		}
	}
	return leaf(e, path).Columns
}

// foreign is a reference by key, until all keys are known.
type foreign struct {
	assoc *assoc
	left  int
	key   string
}

// read reads all tables in a session.
func (r *reader) read(ctx context.Context, s driver.Session) (*dump, error) {
	d := &dump{database: newModel(r.project).db, keys: map[int]string{}}
	byKey := map[string]int{}
	var refs []foreign
	for _, p := range r.plans {
		err := r.rows(ctx, s, p.text, func(cells []*cell) error {
			h, fk, err := p.take(d, cells)
			refs = append(refs, fk...)
			byKey[p.typ.root().name+d.keys[h]] = h
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for h, x := range d.rows {
		for _, g := range x.typ.unique {
			if s := x.typ.scalar(g.names[0]); s != nil && len(g.names) == 1 {
				byKey[fmt.Sprint(x.typ.root().name, s.name, x.values[s.at])] = h
			}
		}
	}
	for _, f := range refs {
		h, ok := byKey[f.assoc.right.root().name+f.assoc.by+f.key]
		if !ok {
			return nil, fmt.Errorf("%s of %d is %s, which is nowhere", f.assoc.name, f.left, f.key)
		}
		d.edges[f.assoc.at].add(f.left, h)
	}
	return d, r.links(ctx, s, d, byKey)
}

// take makes a row of cells.
func (p *tablePlan) take(d *dump, cells []*cell) (h int, refs []foreign, err error) {
	next := func(n int) []*cell { out := cells[:n]; cells = cells[n:]; return out }
	key := keyOf(next(p.keys))
	x := &row{typ: p.typ, values: make([]any, len(p.typ.scalars))}
	for i, s := range p.typ.scalars {
		if x.values[i], err = s.stored(next(p.scalars[i])); err != nil {
			return 0, nil, fmt.Errorf("%s.%s: %w", p.typ.name, s.name, err)
		}
	}
	h = x.values[p.typ.scalar("H").at].(int)
	if p.typ.version {
		if x.version, err = next(1)[0].number(); err != nil {
			return h, nil, err
		}
	}
	for _, f := range p.refs {
		columns := next(f.width)
		if !slices.ContainsFunc(columns, func(c *cell) bool { return c.v == nil }) {
			refs = append(refs, foreign{f.assoc, h, keyOf(columns)})
		}
	}
	if d.rows[h] != nil {
		return h, nil, fmt.Errorf("%s %d stands in its table twice", p.typ.name, h)
	}
	d.rows[h], d.keys[h] = x, key
	return h, refs, nil
}

func keyOf(cells []*cell) string {
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = c.text()
	}
	return strings.Join(words, "/")
}

// stored is the value of a scalar as the model holds it.
func (s *scalar) stored(cells []*cell) (any, error) {
	switch c := cells[0]; {
	case s.kind == embedded || s.kind == maybeEmbedded:
		if c.v == nil && cells[1].v == nil {
			return nil, nil
		}
		return c.text() + "|" + cells[1].text(), nil
	case c.v == nil:
		return nil, nil
	case s.kind == number || s.kind == maybeNumber:
		return c.number()
	default:
		return c.text(), nil
	}
}

// links reads the join tables.
func (r *reader) links(ctx context.Context, s driver.Session, d *dump, byKey map[string]int) error {
	for _, a := range r.assocs {
		if !a.links {
			continue
		}
		p := leaf(r.reg.Entity(a.left.name), a.leftView().path()).Relation.Pivot
		left, right := r.name(p.Owner[0].Name), r.name(p.Target[0].Name)
		order := right
		if p.Order != nil {
			order = r.name(p.Order.Name)
		}
		text := "select " + left + ", " + right + " from " + r.name(p.Table.Name) + " order by " + left + ", " + order
		err := r.rows(ctx, s, text, func(cells []*cell) error {
			l, found := byKey[a.left.root().name+cells[0].text()]
			right, too := byKey[a.right.root().name+cells[1].text()]
			if !found || !too {
				return fmt.Errorf("%s links %v and %v, which are nowhere", a.name, cells[0].v, cells[1].v)
			}
			d.edges[a.at].add(l, right)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rows runs a statement and hands out its rows.
func (r *reader) rows(ctx context.Context, s driver.Session, text string, each func([]*cell) error) error {
	rows, err := s.(driver.TextQueryer).QueryText(ctx, text)
	if err != nil {
		return err
	}
	cells := make([]*cell, len(rows.Columns()))
	dest := make([]any, len(cells))
	for rows.Next() {
		for i := range cells {
			cells[i] = &cell{}
			dest[i] = cells[i]
		}
		if err = rows.Scan(dest); err == nil {
			err = each(cells)
		}
		if err != nil {
			break
		}
	}
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return err
}
