package sql

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// sqliteJSON reads documents kept as text.
type sqliteJSON struct{}

func (sqliteJSON) path(p *printer, j *plan.JSON) part { return p.constant(jsonPath(j.Path)) }

func (f sqliteJSON) value(p *printer, j *plan.JSON) {
	kinds := "('text')"
	switch j.As {
	case mapper.Int, mapper.Uint, mapper.Float:
		kinds = "('integer', 'real')"
	case mapper.Bool:
		kinds = "('true', 'false')"
	}
	doc := p.of(j.Document)
	p.format("CASE WHEN json_type(?, ?) IN "+kinds+" THEN json_extract(?, ?) END", doc, f.path(p, j), doc, f.path(p, j))
}

func (f sqliteJSON) absent(p *printer, j *plan.JSON) {
	p.format("coalesce(json_type(?, ?), 'null')", p.of(j.Document), f.path(p, j))
}

func (sqliteJSON) number(v any) (any, error) {
	if u, ok := v.(uint64); ok {
		return signedUint(u)
	}
	return v, nil
}

func (f sqliteJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) {
	doc := p.of(j.Document)
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
