package sql

import (
	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// sqliteJSON reads documents kept as text.
type sqliteJSON struct{}

func (sqliteJSON) path(p *printer, j *plan.JSON) exp.Expression { return p.constant(jsonPath(j.Path)) }

func (f sqliteJSON) value(p *printer, j *plan.JSON) exp.Expression {
	kinds := "('text')"
	switch j.As {
	case mapper.Int, mapper.Uint, mapper.Float:
		kinds = "('integer', 'real')"
	case mapper.Bool:
		kinds = "('true', 'false')"
	}
	doc := p.expr(j.Document)
	return lit("CASE WHEN json_type(?, ?) IN "+kinds+" THEN json_extract(?, ?) END", doc, f.path(p, j), doc, f.path(p, j))
}

func (f sqliteJSON) absent(p *printer, j *plan.JSON) exp.Expression {
	return lit("coalesce(json_type(?, ?), 'null')", p.expr(j.Document), f.path(p, j))
}

func (sqliteJSON) number(v any) (any, error) {
	if u, ok := v.(uint64); ok {
		return int64(u), nil
	}
	return v, nil
}

func (f sqliteJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) exp.Expression {
	doc := p.expr(j.Document)
	const object = "json_type(?, ?) = 'object' AND "
	switch op {
	case conditions.OpHasKey:
		return test(object+"EXISTS (SELECT 1 FROM json_each(?, ?) WHERE key = ?)",
			doc, f.path(p, j), doc, f.path(p, j), p.slot(keys, nil))
	case conditions.OpHasKeys:
		return test(object+"NOT EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value NOT IN (SELECT key FROM json_each(?, ?)))",
			doc, f.path(p, j), p.slot(keys, listJSON(nil)), doc, f.path(p, j))
	default:
		return test(object+"EXISTS (SELECT 1 FROM json_each(?, ?) WHERE key IN (SELECT value FROM json_each(?)))",
			doc, f.path(p, j), doc, f.path(p, j), p.slot(keys, listJSON(nil)))
	}
}

// sqliteArrays tests arrays kept as JSON.
func sqliteArrays(p *printer, n *plan.Set) exp.Expression {
	col := p.expr(n.Expr)
	list := p.slot(n.Arg.(*plan.Arg).Slot, p.d.encode(n.Type))
	switch n.Op {
	case conditions.OpContains:
		return test("? IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value NOT IN (SELECT value FROM json_each(?)))",
			col, list, col)
	case conditions.OpOverlap:
		return test("EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value IN (SELECT value FROM json_each(?)))", col, list)
	default:
		return test("? IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(?) AS w WHERE w.value NOT IN (SELECT value FROM json_each(?)))",
			col, col, list)
	}
}
