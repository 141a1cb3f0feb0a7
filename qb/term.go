package qb

import "github.com/weft-orm/weft/conditions"

// Term is a computed column: an aggregate, a window function, a case, SQL, or a
// sub-query. Terms are values; As returns another.
type Term struct {
	fn       string
	path     string
	distinct bool
	query    *Builder
	name     string
	// offset is that of lag and lead.
	offset int
	window *Window
	sql    *conditions.RawSQL
	whens  []when
	orElse any
}

// SQL is a column in the engine's own SQL; see [conditions.Raw].
func SQL(text string, args ...any) Term {
	raw := conditions.Raw(text, args...)
	return Term{sql: &raw}
}

// Count counts rows, or the values of a path other than NULL.
func Count(path ...string) Term { return aggregate("count", path) }

// CountDistinct counts the different values of a path.
func CountDistinct(path string) Term { return Term{fn: "count", path: path, distinct: true} }

// SumDistinct adds up the different values of a path.
func SumDistinct(path string) Term { return Term{fn: "sum", path: path, distinct: true} }

// AvgDistinct is the mean of the different values of a path.
func AvgDistinct(path string) Term { return Term{fn: "avg", path: path, distinct: true} }

// Sum adds up the values of a path.
func Sum(path string) Term { return Term{fn: "sum", path: path} }

// Avg is the mean of the values of a path.
func Avg(path string) Term { return Term{fn: "avg", path: path} }

// Min is the smallest value of a path.
func Min(path string) Term { return Term{fn: "min", path: path} }

// Max is the greatest value of a path.
func Max(path string) Term { return Term{fn: "max", path: path} }

// Sub is the one value a sub-query finds.
func Sub(q Source) Term { return Term{query: untyped(q)} }

// As names the column in the result.
func (t Term) As(name string) Term {
	t.name = name
	return t
}

// isAggregate reports an aggregate over a group.
func (t Term) isAggregate() bool {
	return t.query == nil && t.window == nil && t.sql == nil && t.fn != "case"
}

func (t Term) call() aggregateCall {
	return aggregateCall{fn: t.fn, path: t.path, distinct: t.distinct}
}

func aggregate(fn string, path []string) Term {
	t := Term{fn: fn}
	if len(path) > 0 {
		t.path = path[0]
	}
	return t
}
