package sql

import (
	"fmt"
	"strings"

	"github.com/doug-martin/goqu/v9"
	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// compileBulk prints an update or delete of the rows a condition finds.
func (d *Dialect) compileBulk(w *qb.Write) (*Statement, error) {
	if w.Kind == qb.Truncate {
		return d.compileTruncate(w)
	}
	if w.Where == nil && !w.All {
		return nil, fmt.Errorf("sql: %w: a write in row form is compiled by CompileWrite", ErrQuery)
	}
	if w.From != nil {
		return d.compileInsertFrom(w)
	}
	if n := len(w.Returning); n > 0 && (w.Kind == qb.Update && !d.writes.updateReturning || w.Kind == qb.Delete && !d.writes.deleteReturning) {
		return nil, fmt.Errorf("sql: %s: %w: RETURNING of a bulk %s of %s", d.name, ErrUnsupported, map[qb.WriteKind]string{qb.Update: "update", qb.Delete: "delete"}[w.Kind], w.Entity.Name)
	}
	b, err := plan.BuildBulk(w, d.planOptions())
	if err != nil {
		return nil, fmt.Errorf("sql: %s: %w", d.name, err)
	}
	st, list, err := d.printBulk(w, b)
	if err != nil {
		return nil, fmt.Errorf("sql: %s: %w", d.name, err)
	}
	if b.Whole != nil {
		whole := *b
		whole.Joins, whole.Where = nil, b.Whole
		if _, list, err = d.printBulk(w, &whole); err != nil {
			return nil, fmt.Errorf("sql: %s: %w", d.name, err)
		}
	}
	st.long = list
	return st, nil
}

// printBulk prints a planned write, and finds the list in it that may be long.
func (d *Dialect) printBulk(w *qb.Write, b *plan.Bulk) (*Statement, *spelledList, error) {
	p := newPrinter(d, len(w.Slots))
	st, err := p.bulk(b)
	if p.err != nil {
		err = p.err
	}
	if err != nil {
		return nil, nil, err
	}
	st.Text = comments(w.Comments) + st.Text
	for i, c := range w.Returning {
		if c.Table != nil && b.Table.Name != c.Table.Name {
			return nil, nil, fmt.Errorf("%w: RETURNING of %s, which stands in another table than the one written", ErrUnsupported, c.Name)
		}
		st.Text += []string{" RETURNING ", ", "}[min(i, 1)] + d.Quote(c.Name)
	}
	return st, p.longList(st), nil
}

// compileInsertFrom prints an insert of the rows of a query.
func (d *Dialect) compileInsertFrom(w *qb.Write) (*Statement, error) {
	if len(w.Returning) > 0 && !d.writes.returning {
		return nil, fmt.Errorf("sql: %s: %w: RETURNING of an insert from a query", d.name, ErrUnsupported)
	}
	rows := *w.From
	rows.Slots = w.Slots
	if rows.Schema == "" {
		rows.Schema = w.Schema
	}
	st, err := d.compileSelect(&rows)
	if err != nil {
		return nil, err
	}
	wr, err := newWriter(d, &qb.Write{Kind: qb.Insert, Entity: w.Entity, Table: w.Table, Set: w.Set, Schema: w.Schema, Returning: w.Returning})
	if err != nil {
		return nil, fmt.Errorf("sql: %s: %w", d.name, err)
	}
	t := wr.newText(64 + len(st.Text))
	t.WriteString("INSERT INTO " + wr.table + " (")
	t.names(wr, w.Set)
	t.WriteString(") " + st.Text)
	t.returning(wr, "", "")
	if wr.err != nil {
		return nil, fmt.Errorf("sql: %s: %w", d.name, wr.err)
	}
	st.Text = comments(w.Comments) + t.String()
	return st, nil
}

func (p *printer) bulk(b *plan.Bulk) (*Statement, error) {
	if len(b.Joins) > 0 {
		return p.bulkJoined(b)
	}
	var write interface {
		ToSQL() (string, []any, error)
	}
	table := p.identifier(b.Table.Schema, b.Table.Name, "")
	var where []exp.Expression
	if b.Where != nil {
		where = append(where, p.clause(func() { p.pred(b.Where) }))
	}
	switch b.Kind {
	case qb.Update:
		write = p.d.printer.Update(table).Prepared(true).Set(p.assignments(b.Set)).Where(where...)
	case qb.Delete:
		write = p.d.printer.Delete(table).Prepared(true).Where(where...)
	default:
		return nil, fmt.Errorf("%w: kind %d has no condition form", ErrQuery, b.Kind)
	}
	text, numbers, err := write.ToSQL()
	if err != nil {
		return nil, err
	}
	return p.statement(text, numbers)
}

// bulkJoined writes an update or delete of the rows that joins find, which goqu does
// not: several tables, of which one is changed.
func (p *printer) bulkJoined(b *plan.Bulk) (*Statement, error) {
	name := func() { p.quote(b.Table.Name) }
	if b.Kind == qb.Delete {
		p.write("DELETE ")
		name()
		p.write(" FROM ")
	} else {
		p.write("UPDATE ")
	}
	p.ident(b.Table.Schema, b.Table.Name)
	if b.Table.Schema != "" {
		p.as(b.Table.Name)
	}
	p.joins(b.Joins)
	if b.Kind == qb.Update {
		p.write(" SET ")
		p.each(len(b.Set), ", ", func(i int) {
			p.ident(b.Table.Name, b.Set[i].Column)
			p.write("=")
			p.expr(b.Set[i].Value)
		})
	}
	if b.Where != nil {
		p.write(" WHERE ")
		p.pred(b.Where)
	}
	return p.assembled()
}

// assembled makes a statement of the text so far without goqu; placeholders are
// question marks.
func (p *printer) assembled() (*Statement, error) {
	if p.d.numbered {
		p.fail("%w: a write with joins", ErrUnsupported)
	}
	var text strings.Builder
	var numbers []any
	from := 0
	for _, place := range p.places {
		text.Write(p.text[from:place.at])
		from = place.at
		switch what := place.what.(type) {
		case int64:
			text.WriteByte('?')
			numbers = append(numbers, what)
		case *goqu.SelectDataset:
			sub, args, err := what.ToSQL()
			if err != nil {
				return nil, err
			}
			text.WriteString("(" + sub + ")")
			numbers = append(numbers, args...)
		default:
			p.fail("%w: %T in a write with joins", ErrQuery, what)
		}
	}
	text.Write(p.text[from:])
	return p.statement(text.String(), numbers)
}

// assignments hands all columns over as the value of the first one: goqu's
// records would sort them and split their names at dots.
func (p *printer) assignments(set []plan.Assign) any {
	if len(set) == 0 {
		p.fail("%w: a bulk update that sets nothing", ErrQuery)
		return nil
	}
	values := p.clause(func() {
		p.expr(set[0].Value)
		for _, a := range set[1:] {
			p.write(", ")
			p.quote(a.Column)
			p.write("=")
			p.expr(a.Value)
		}
	})
	return p.identifier("", "", set[0].Column).Set(values)
}

// compileTruncate empties a table.
func (d *Dialect) compileTruncate(w *qb.Write) (*Statement, error) {
	t := w.Table
	if t == nil && w.Entity != nil {
		t = w.Entity.Table
	}
	if t == nil {
		return nil, fmt.Errorf("sql: %w: truncate without a table", ErrQuery)
	}
	if e := w.Entity; e != nil && (e.Base != nil || e.Inheritance == mapper.TablePerType && len(e.Children) > 0) {
		return nil, fmt.Errorf("sql: %w: truncate of %s, which does not have one table to itself; delete with AllowAll", ErrUnsupported, e.Name)
	}
	wr, err := newWriter(d, &qb.Write{Table: t, Schema: w.Schema})
	if err != nil {
		return nil, fmt.Errorf("sql: %w", err)
	}
	return &Statement{Text: comments(w.Comments) + d.emptyTable + wr.table}, nil
}
