package sql

import (
	"fmt"
	"strconv"

	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// postgresJSON reads jsonb documents.
type postgresJSON struct{}

// at is the jsonb at a path. The operator takes a numeric key for an element
// where it meets an array, so that such paths are walked by a strict JSON path.
func (postgresJSON) at(p *printer, j *plan.JSON) exp.Expression {
	doc := p.expr(j.Document)
	if len(j.Path) == 0 {
		return doc
	}
	for _, k := range j.Path {
		if _, err := strconv.Atoi(k); err == nil || isElement(k) {
			return lit("jsonb_path_query_first(?, ?::jsonpath, '{}', true)", doc, p.constant("strict "+jsonPath(j.Path)))
		}
	}
	return lit("? #> ?::text[]", doc, p.constant(append([]string(nil), j.Path...)))
}

func (f postgresJSON) value(p *printer, j *plan.JSON) exp.Expression {
	const format = "CASE WHEN jsonb_typeof(?) = '%s' THEN (? #>> '{}')%s END"
	kind, cast := "string", ` COLLATE "C"`
	switch j.As {
	case mapper.Int, mapper.Uint, mapper.Float:
		kind, cast = "number", "::numeric"
	case mapper.Bool:
		kind, cast = "boolean", "::boolean"
	}
	return lit(fmt.Sprintf(format, kind, cast), f.at(p, j), f.at(p, j))
}

func (f postgresJSON) absent(p *printer, j *plan.JSON) exp.Expression {
	return lit("coalesce(jsonb_typeof(?), 'null')", f.at(p, j))
}

// number gives numbers as text, which a numeric parameter keeps exactly.
func (postgresJSON) number(v any) (any, error) {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10), nil
	case uint64:
		return strconv.FormatUint(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case mapper.Decimal:
		return string(v), nil
	default:
		return nil, fmt.Errorf("%w: %T where a number is expected", ErrArgument, v)
	}
}

// keys uses the operators ?, ?& and ?|, handed over as text of their own lest
// their question marks be taken for placeholders.
func (f postgresJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) exp.Expression {
	operator, arg := lit("?"), p.slot(keys, nil)
	switch op {
	case conditions.OpHasKeys:
		operator, arg = lit("?&"), p.slot(keys, encodeArrayPostgres(textType))
	case conditions.OpHasSomeKeys:
		operator, arg = lit("?|"), p.slot(keys, encodeArrayPostgres(textType))
	}
	return test("jsonb_typeof(?) = 'object' AND (?) ? ?", f.at(p, j), f.at(p, j), operator, arg)
}

// postgresArrays tests arrays kept as native arrays.
func postgresArrays(p *printer, n *plan.Set) exp.Expression {
	operator := map[conditions.Op]string{
		conditions.OpContains: "@>", conditions.OpContained: "<@", conditions.OpOverlap: "&&",
	}[n.Op]
	list := p.slot(n.Arg.(*plan.Arg).Slot, p.d.encode(n.Type))
	return test("? "+operator+" ?", p.expr(n.Expr), list)
}
