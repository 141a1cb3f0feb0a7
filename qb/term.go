package qb

// Term is a computed column: an aggregate, or a sub-query. Terms are values;
// As returns another.
type Term struct {
	fn       string
	path     string
	distinct bool
	query    *Builder
	name     string
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
func Sub(q *Builder) Term { return Term{query: q} }

// As names the column in the result.
func (t Term) As(name string) Term {
	t.name = name
	return t
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
