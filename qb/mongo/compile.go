package mongo

import (
	"fmt"

	"github.com/weft-orm/weft/qb"
)

// Compile translates a logical query. It does no I/O and is safe for concurrent
// use. What MongoDB cannot express is an [UnsupportedError].
func Compile(q qb.Query) (*Command, error) {
	switch q := q.(type) {
	case *qb.Select:
		return compileSelect(q)
	case *qb.Write:
		return compileWrite(q)
	}
	return nil, fmt.Errorf("%w: query of type %T", ErrUnsupported, q)
}

// checkSelect refuses the clauses that have no counterpart.
func checkSelect(q *qb.Select) error {
	switch {
	case q.Lock.Mode != qb.NoLock:
		return unsupportedClause(q.Entity, "lock", "documents cannot be locked by a read")
	case len(q.With) > 0:
		return unsupportedClause(q.Entity, "with", "common table expressions")
	case len(q.Union) > 0:
		return unsupportedClause(q.Entity, "union", "run the queries one by one")
	case len(q.DistinctOn) > 0:
		return unsupportedClause(q.Entity, "distinct on", "")
	}
	return checkEntity(q.Entity)
}
