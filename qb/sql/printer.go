package sql

import (
	"fmt"
	"strings"

	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
)

// printer writes a relational tree as SQL. It writes the text of each clause
// itself; goqu assembles clauses into statements, and places the parameters. The
// only values goqu sees are numbers of uses, from 1: its value layer changes
// operators by the Go type of a value. The first error sticks.
type printer struct {
	fragments
	d    *Dialect
	uses []Use
	// lists are those that may be long.
	lists []listAt
	err   error
}

func newPrinter(d *Dialect, slots int) *printer {
	p := &printer{d: d, uses: make([]Use, 0, slots)}
	p.text, p.places = make([]byte, 0, 512), make([]place, 0, slots)
	return p
}

func (p *printer) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// statement orders the uses as goqu has put their numbers into the text.
func (p *printer) statement(text string, numbers []any) (*Statement, error) {
	if p.err != nil {
		return nil, p.err
	}
	st := &Statement{Text: strings.TrimRight(text, " "), Uses: make([]Use, len(numbers))}
	for i, n := range numbers {
		k, ok := n.(int64)
		if !ok || k < 1 || int(k) > len(p.uses) {
			return nil, fmt.Errorf("%w: the printer lost a parameter", ErrQuery)
		}
		st.Uses[i] = p.uses[k-1]
	}
	return st, nil
}

// number notes a use and returns what goqu gets for it.
func (p *printer) number(u Use) int64 {
	p.uses = append(p.uses, u)
	return int64(len(p.uses))
}

// use writes the placeholder of a use.
func (p *printer) use(u Use) { p.place(p.number(u)) }

// slot is the placeholder of a slot in an encoding of its own.
func (p *printer) slot(s conditions.Slot, enc Encoding) part {
	return func() { p.use(Use{Slot: s, Encode: enc}) }
}

// constant is the placeholder of a value known at compile time.
func (p *printer) constant(v any) part {
	return func() { p.use(Use{Slot: conditions.NoSlot, Const: v}) }
}

// ident writes a checked and quoted identifier, after its qualifier if it has one.
func (p *printer) ident(qualifier, name string) {
	if qualifier != "" {
		p.quote(qualifier)
		p.write(".")
	}
	p.quote(name)
}

func (p *printer) quote(name string) {
	if err := checkIdentifier(name); err != nil {
		p.fail("%w", err)
	}
	p.text = append(p.text, p.d.quote)
	p.text = append(p.text, p.d.escape(name)...)
	p.text = append(p.text, p.d.quote)
}

// identifier is a checked and escaped identifier where goqu wants it as such; a
// part that is not needed is "".
func (p *printer) identifier(schema, table, column string) exp.IdentifierExpression {
	for _, part := range []string{schema, table, column} {
		if part == "" {
			continue
		}
		if err := checkIdentifier(part); err != nil {
			p.fail("%w", err)
			return exp.NewIdentifierExpression("", "", "x")
		}
	}
	if column == "" {
		return exp.NewIdentifierExpression(p.d.escape(schema), p.d.escape(table), nil)
	}
	return exp.NewIdentifierExpression(p.d.escape(schema), p.d.escape(table), p.d.escape(column))
}
