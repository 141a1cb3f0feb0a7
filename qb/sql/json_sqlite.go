package sql

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// sqliteJSON reads documents kept as text.
type sqliteJSON struct{}

// document is what the path of a place begins at.
func (sqliteJSON) document(p *printer, j *plan.JSON) part {
	for j.Element != nil {
		j = j.Element.Array
	}
	return p.of(j.Document)
}

// path is the path of a place; inside an element it goes on from where that stands.
func (f sqliteJSON) path(p *printer, j *plan.JSON) part {
	if j.Element == nil {
		return p.constant(jsonPath(j.Path))
	}
	key := func() { p.ident(j.Element.Alias, "key") }
	if len(j.Path) == 0 {
		return func() { p.format("(? || '[' || ? || ']')", f.path(p, j.Element.Array), key) }
	}
	return func() {
		p.format("(? || '[' || ? || ']' || ?)", f.path(p, j.Element.Array), key, p.constant(jsonPath(j.Path)[1:]))
	}
}

// kinds are the names json_type has for values of a kind.
func (sqliteJSON) kinds(k mapper.ValueKind) string {
	switch k {
	case mapper.Int, mapper.Uint, mapper.Float:
		return "('integer', 'real')"
	case mapper.Bool:
		return "('true', 'false')"
	}
	return "('text')"
}

func (f sqliteJSON) some(p *printer, n *plan.Elements) {
	doc, path := f.document(p, n.Element.Array), f.path(p, n.Element.Array)
	p.test("json_type(?, ?) = 'array' AND "+not(n.Not)+"EXISTS (SELECT 1 FROM json_each(?, ?) AS ??)",
		doc, path, doc, path, func() { p.quote(n.Element.Alias) }, p.where(n.Where))
}

func (f sqliteJSON) size(p *printer, j *plan.JSON) {
	doc, path := f.document(p, j), f.path(p, j)
	p.format("CASE WHEN json_type(?, ?) = 'array' THEN json_array_length(?, ?) END", doc, path, doc, path)
}

func (f sqliteJSON) contains(p *printer, n *plan.Set, list conditions.Slot) {
	doc, path := f.document(p, n.Element.Array), f.path(p, n.Element.Array)
	p.test("json_type(?, ?) = 'array' AND "+not(!n.Not)+"EXISTS (SELECT 1 FROM json_each(?) AS w WHERE NOT EXISTS "+
		"(SELECT 1 FROM json_each(?, ?) AS e WHERE e.type IN "+f.kinds(n.Type.Kind)+" AND e.value = w.value))",
		doc, path, p.slot(list, listJSON(nil)), doc, path)
}

func (f sqliteJSON) value(p *printer, j *plan.JSON) {
	doc := f.document(p, j)
	p.format("CASE WHEN json_type(?, ?) IN "+f.kinds(j.As)+" THEN json_extract(?, ?) END", doc, f.path(p, j), doc, f.path(p, j))
}

func (f sqliteJSON) absent(p *printer, j *plan.JSON) {
	p.format("coalesce(json_type(?, ?), 'null')", f.document(p, j), f.path(p, j))
}

func (sqliteJSON) number(v any) (any, error) {
	if u, ok := v.(uint64); ok {
		return signedUint(u)
	}
	return v, nil
}

func (f sqliteJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) {
	doc := f.document(p, j)
	const object = "json_type(?, ?) = 'object' AND "
	switch op {
	case conditions.OpHasKey:
		p.test(object+"EXISTS (SELECT 1 FROM json_each(?, ?) WHERE key = ?)",
			doc, f.path(p, j), doc, f.path(p, j), p.slot(keys, nil))
	case conditions.OpHasKeys:
		p.test(object+"NOT EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value NOT IN (SELECT key FROM json_each(?, ?)))",
			doc, f.path(p, j), p.slot(keys, listJSON(nil)), doc, f.path(p, j))
	default:
		p.test(object+"EXISTS (SELECT 1 FROM json_each(?, ?) WHERE key IN (SELECT value FROM json_each(?)))",
			doc, f.path(p, j), doc, f.path(p, j), p.slot(keys, listJSON(nil)))
	}
}

// sqliteArrays tests arrays kept as JSON.
func sqliteArrays(p *printer, n *plan.Set) {
	col := p.of(n.Expr)
	list := p.slot(n.Arg.(*plan.Arg).Slot, p.d.encode(n.Type))
	switch n.Op {
	case conditions.OpContains:
		p.test("? IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value NOT IN (SELECT value FROM json_each(?)))",
			col, list, col)
	case conditions.OpOverlap:
		p.test("EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value IN (SELECT value FROM json_each(?)))", col, list)
	default:
		p.test("? IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value NOT IN (SELECT value FROM json_each(?)))",
			col, col, list)
	}
}
