package sql

import (
	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// mysqlJSON reads documents of MySQL and MariaDB.
type mysqlJSON struct{}

// at is the JSON at a path.
func (mysqlJSON) at(p *printer, j *plan.JSON) exp.Expression {
	if len(j.Path) == 0 {
		return p.expr(j.Document)
	}
	return lit("json_extract(?, ?)", p.expr(j.Document), p.constant(jsonPath(j.Path)))
}

func (f mysqlJSON) value(p *printer, j *plan.JSON) exp.Expression {
	switch j.As {
	case mapper.Int, mapper.Uint:
		return lit("CASE WHEN json_type(?) IN ("+mysqlNumbers+") THEN CAST(json_unquote(?) AS DECIMAL(65,30)) END", f.at(p, j), f.at(p, j))
	case mapper.Float:
		return lit("CASE WHEN json_type(?) IN ("+mysqlNumbers+") THEN CAST(json_unquote(?) AS DOUBLE) END", f.at(p, j), f.at(p, j))
	case mapper.Bool:
		return lit("CASE WHEN json_type(?) = 'BOOLEAN' THEN json_unquote(?) = 'true' END", f.at(p, j), f.at(p, j))
	default:
		return lit("CASE WHEN json_type(?) = 'STRING' THEN "+p.d.texts.convert+" END", f.at(p, j), lit("json_unquote(?)", f.at(p, j)))
	}
}

// mysqlNumbers are the names json_type has for numbers.
const mysqlNumbers = "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'"

func (f mysqlJSON) absent(p *printer, j *plan.JSON) exp.Expression {
	return lit("lower(coalesce(json_type(?), 'null'))", f.at(p, j))
}

func (mysqlJSON) number(v any) (any, error) { return v, nil }

func (f mysqlJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) exp.Expression {
	switch op {
	case conditions.OpHasKey:
		return test("coalesce(json_contains(json_keys(?), json_quote(?)), FALSE)", f.at(p, j), p.slot(keys, nil))
	case conditions.OpHasKeys:
		return test("coalesce(json_contains(json_keys(?), ?), FALSE)", f.at(p, j), p.slot(keys, listJSON(nil)))
	default:
		return test("EXISTS (SELECT 1 FROM JSON_TABLE(?, '$[*]' COLUMNS (v longtext CHARACTER SET utf8mb4 PATH '$')) AS j "+
			"WHERE json_contains(json_keys(?), json_quote(j.v)))", p.slot(keys, listJSON(nil)), f.at(p, j))
	}
}

// mysqlArrays tests arrays kept as JSON.
func mysqlArrays(p *printer, n *plan.Set) exp.Expression {
	col := p.expr(n.Expr)
	list := p.slot(n.Arg.(*plan.Arg).Slot, p.d.encode(n.Type))
	switch n.Op {
	case conditions.OpContains:
		return test("json_contains(?, ?)", col, list)
	case conditions.OpOverlap:
		return test("json_overlaps(?, ?)", col, list)
	default:
		return test("json_contains(?, ?)", list, col)
	}
}
