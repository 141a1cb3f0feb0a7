package sql

import (
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// jsonForm is how an engine reads documents. A value of another kind than the
// one asked for, JSON null and a missing key all read as NULL. Paths travel as
// parameters: their keys come from conditions.
type jsonForm interface {
	// value writes the value at a path as an SQL value of kind As.
	value(p *printer, j *plan.JSON)
	// absent writes text equal to 'null' where there is no value at the path.
	absent(p *printer, j *plan.JSON)
	// number turns a number of a condition into what compares with value.
	number(v any) (any, error)
	// keys tests for keys of an object; keys is a string or a list of strings.
	keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot)
}

// elementForm is how an engine looks at the elements of an array inside a document.
type elementForm interface {
	// some writes a test of the elements, with parentheses.
	some(p *printer, n *plan.Elements)
	// size writes the number of elements, NULL where there is no array.
	size(p *printer, j *plan.JSON)
	// contains tests an array for all elements of a list.
	contains(p *printer, n *plan.Set, list conditions.Slot)
}

// arrayForm is how an engine tests an array column as a set.
type arrayForm func(p *printer, n *plan.Set)

// jsonNull tests whether there is a value at a path.
func (p *printer) jsonNull(j *plan.JSON, not bool) {
	absent := func() { p.d.json.absent(p, j) }
	if not {
		p.test("? <> 'null'", absent)
		return
	}
	p.test("? = 'null'", absent)
}

// jsonArg writes the placeholder of a value that is compared with one in a document.
func (p *printer) jsonArg(j *plan.JSON, e plan.Expr) {
	a, ok := e.(*plan.Arg)
	if !ok {
		p.comparable(e)
		return
	}
	enc := Encoding(jsonString)
	switch j.As {
	case mapper.Int, mapper.Uint, mapper.Float:
		enc = p.d.json.number
	case mapper.Bool:
		enc = p.d.encode(&mapper.Type{Kind: mapper.Bool})
	}
	p.use(Use{Slot: a.Slot, Encode: enc})
}

// jsonString writes values that documents hold as text.
func jsonString(v any) (any, error) {
	if t := untypedKinds(v); t != nil {
		return sqliteEncode(t)(v)
	}
	return v, nil
}

// set writes an operator on an array or a document.
func (p *printer) set(n *plan.Set) {
	a, ok := n.Arg.(*plan.Arg)
	if !ok {
		p.fail("%w: a set operator needs a list of values", ErrUnsupported)
		return
	}
	switch n.Op {
	case conditions.OpHasKey, conditions.OpHasKeys, conditions.OpHasSomeKeys:
		p.hasKeys(n, a)
	case conditions.OpSize:
		p.arraySize(n, a)
	case conditions.OpContains:
		if n.Element != nil {
			p.d.elements.contains(p, n, a.Slot)
			return
		}
		fallthrough
	default:
		in := func() { p.d.arrays(p, n) }
		if n.Not {
			p.test("? IS NOT NULL AND NOT ?", p.of(n.Expr), in)
			return
		}
		in()
	}
}

// hasKeys tests for keys of a document that has some.
func (p *printer) hasKeys(n *plan.Set, a *plan.Arg) {
	j := documentOf(n.Expr)
	if j == nil {
		p.fail("%w: keys of something that is not a document", ErrQuery)
		return
	}
	has := func() { p.d.json.keys(p, j, n.Op, a.Slot) }
	if n.Not {
		p.test("? AND NOT ?", func() { p.jsonNull(j, true) }, has)
		return
	}
	has()
}

// arraySize compares the number of elements of an array.
func (p *printer) arraySize(n *plan.Set, a *plan.Arg) {
	op, ok := operators[n.SizeOp]
	if !ok {
		op = operators[conditions.OpEq]
	}
	if n.Not {
		p.fail("%w: a negated size is a comparison of its own", ErrQuery)
	}
	if n.Element != nil {
		p.test("?"+op+"?", func() { p.d.elements.size(p, n.Element.Array) }, p.slot(a.Slot, nil))
		return
	}
	p.test(p.d.arraySize+op+"?", p.of(n.Expr), p.slot(a.Slot, nil))
}

// where writes the condition on an element of a sub-query.
func (p *printer) where(n plan.Pred) part {
	return func() {
		if n == nil || n == plan.Bool(true) {
			return
		}
		p.write(" WHERE ")
		p.pred(n)
	}
}

// not is the word before what is negated.
func not(negated bool) string {
	if negated {
		return "NOT "
	}
	return ""
}

// documentOf is the document, or the place inside one, an operator is about.
func documentOf(e plan.Expr) *plan.JSON {
	switch e := e.(type) {
	case *plan.JSON:
		return e
	case *plan.Ref:
		return &plan.JSON{Document: e}
	default:
		return nil
	}
}

// jsonPath writes a path the way SQLite and MySQL read it, $."a"[0].
func jsonPath(path []string) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, k := range path {
		if docpath.IsElement(k) {
			b.WriteString(k)
			continue
		}
		b.WriteByte('.')
		b.Write(appendJSONString(nil, k))
	}
	return b.String()
}
