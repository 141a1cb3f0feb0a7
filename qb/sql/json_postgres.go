package sql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// postgresJSON reads jsonb documents.
type postgresJSON struct{}

// at is the jsonb at a path. The operator takes a numeric key for an element
// where it meets an array, so that such paths are walked by a strict JSON path.
func (postgresJSON) at(p *printer, j *plan.JSON) part {
	doc := part(func() { p.ident(j.Element.Alias, "v") })
	if j.Element == nil {
		doc = p.of(j.Document)
	}
	if len(j.Path) == 0 {
		return doc
	}
	for _, k := range j.Path {
		if _, err := strconv.Atoi(strings.TrimSpace(k)); err == nil || docpath.IsElement(k) {
			return func() {
				p.format("jsonb_path_query_first(?, ?::jsonpath, '{}', true)", doc, p.constant("strict "+jsonPath(j.Path)))
			}
		}
	}
	return func() { p.format("? #> ?::text[]", doc, p.constant(slices.Clone(j.Path))) }
}

func (f postgresJSON) value(p *printer, j *plan.JSON) {
	const format = "CASE WHEN jsonb_typeof(?) = '%s' THEN (? #>> '{}')%s END"
	kind, cast := "string", ` COLLATE "C"`
	switch j.As {
	case mapper.Int, mapper.Uint, mapper.Float:
		kind, cast = "number", "::numeric"
	case mapper.Bool:
		kind, cast = "boolean", "::boolean"
	}
	p.format(fmt.Sprintf(format, kind, cast), f.at(p, j), f.at(p, j))
}

func (f postgresJSON) absent(p *printer, j *plan.JSON) {
	p.format("coalesce(jsonb_typeof(?), 'null')", f.at(p, j))
}

func (f postgresJSON) some(p *printer, n *plan.Elements) {
	at := f.at(p, n.Element.Array)
	p.test("jsonb_typeof(?) = 'array' AND "+not(n.Not)+"EXISTS (SELECT 1 FROM jsonb_array_elements(CASE WHEN jsonb_typeof(?) = 'array' THEN ? END) AS ?(v)?)",
		at, at, at, func() { p.quote(n.Element.Alias) }, p.where(n.Where))
}

func (f postgresJSON) size(p *printer, j *plan.JSON) {
	p.format("CASE WHEN jsonb_typeof(?) = 'array' THEN jsonb_array_length(?) END", f.at(p, j), f.at(p, j))
}

func (f postgresJSON) contains(p *printer, n *plan.Set, list conditions.Slot) {
	at := f.at(p, n.Element.Array)
	p.test("jsonb_typeof(?) = 'array' AND "+not(n.Not)+"((?) @> ?::jsonb)", at, at, p.slot(list, listJSON(nil)))
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

// keys uses the operators ?, ?& and ?|, written as parts lest their question
// marks be taken for places.
func (f postgresJSON) keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) {
	operator, arg := "?", p.slot(keys, nil)
	switch op {
	case conditions.OpHasKeys:
		operator, arg = "?&", p.slot(keys, encodeArrayPostgres(textType))
	case conditions.OpHasSomeKeys:
		operator, arg = "?|", p.slot(keys, encodeArrayPostgres(textType))
	}
	p.test("jsonb_typeof(?) = 'object' AND (?) ? ?", f.at(p, j), f.at(p, j), p.verbatim(operator), arg)
}

// postgresArrays tests arrays kept as native arrays.
func postgresArrays(p *printer, n *plan.Set) {
	operator := map[conditions.Op]string{
		conditions.OpContains: "@>", conditions.OpContained: "<@", conditions.OpOverlap: "&&",
	}[n.Op]
	p.test("? "+operator+" ?", p.of(n.Expr), p.slot(n.Arg.(*plan.Arg).Slot, p.d.encode(n.Type)))
}
