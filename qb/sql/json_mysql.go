package sql

import (
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// mysqlJSON reads documents of MySQL and MariaDB.
type mysqlJSON struct{}

// at is the JSON at a path. The engine takes what is no array for an array of one
// element, so that the first element is asked for of arrays only.
func (f mysqlJSON) at(p *printer, j *plan.JSON) part {
	if len(j.Path) == 0 {
		return p.of(j.Document)
	}
	var guards []string
	var args []part
	for i, key := range j.Path {
		if key == "[0]" {
			guards = append(guards, "json_type(?) = 'ARRAY'")
			args = append(args, f.plain(p, j.Document, j.Path[:i]))
		}
	}
	value := f.plain(p, j.Document, j.Path)
	if len(guards) == 0 {
		return value
	}
	return func() { p.format("CASE WHEN "+strings.Join(guards, " AND ")+" THEN ? END", append(args, value)...) }
}

func (mysqlJSON) plain(p *printer, document plan.Expr, path []string) part {
	if len(path) == 0 {
		return p.of(document)
	}
	return func() { p.format("json_extract(?, ?)", p.of(document), p.constant(jsonPath(path))) }
}

func (f mysqlJSON) value(p *printer, j *plan.JSON) {
	format := "CASE WHEN json_type(?) = 'STRING' THEN " + strings.Replace(p.d.texts.convert, "?", "json_unquote(?)", 1) + " END"
	switch j.As {
	case mapper.Int, mapper.Uint:
		format = "CASE WHEN json_type(?) IN (" + mysqlNumbers + ") THEN CAST(json_unquote(?) AS DECIMAL(65,30)) END"
	case mapper.Float:
		format = "CASE WHEN json_type(?) IN (" + mysqlNumbers + ") THEN CAST(json_unquote(?) AS DOUBLE) END"
	case mapper.Bool:
		format = "CASE WHEN json_type(?) = 'BOOLEAN' THEN json_unquote(?) = 'true' END"
	}
	p.format(format, f.at(p, j), f.at(p, j))
}

// mysqlNumbers are the names json_type has for numbers.
const mysqlNumbers = "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'"

func (f mysqlJSON) absent(p *printer, j *plan.JSON) {
	p.format("lower(coalesce(json_type(?), 'null'))", f.at(p, j))
}

func (mysqlJSON) number(v any) (any, error) { return v, nil }

func (f mysqlJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) {
	switch op {
	case conditions.OpHasKey:
		p.test("coalesce(json_contains(json_keys(?), json_quote(?)), FALSE)", f.at(p, j), p.slot(keys, nil))
	case conditions.OpHasKeys:
		p.test("coalesce(json_contains(json_keys(?), ?), FALSE)", f.at(p, j), p.slot(keys, listJSON(nil)))
	default:
		p.test("EXISTS (SELECT 1 FROM JSON_TABLE(?, '$[*]' COLUMNS (v longtext CHARACTER SET utf8mb4 PATH '$')) AS j "+
			"WHERE json_contains(json_keys(?), json_quote(j.v)))", p.slot(keys, listJSON(nil)), f.at(p, j))
	}
}

// mysqlArrays tests arrays kept as JSON.
func mysqlArrays(p *printer, n *plan.Set) {
	col := p.of(n.Expr)
	list := p.slot(n.Arg.(*plan.Arg).Slot, p.d.encode(n.Type))
	switch n.Op {
	case conditions.OpContains:
		p.test("json_contains(?, ?)", col, list)
	case conditions.OpOverlap:
		p.test("json_overlaps(?, ?)", col, list)
	default:
		p.test("json_contains(?, ?)", list, col)
	}
}
