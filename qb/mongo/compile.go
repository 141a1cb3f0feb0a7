package mongo

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Compile translates a logical query. It does no I/O and is safe for concurrent
// use. What MongoDB cannot express is an [UnsupportedError].
func Compile(q qb.Query) (*Command, error) {
	var cmd *Command
	var err error
	var database string
	switch q := q.(type) {
	case *qb.Select:
		if err = qb.CheckFilters(q.Filters); err == nil {
			cmd, err = compileSelect(q)
		}
		database = databaseOf(q.Entity, q.Schema)
	case *qb.Write:
		if err = qb.CheckFilters(q.Filters); err == nil {
			cmd, err = compileWrite(q)
		}
		e := q.Entity
		if q.Pivot != nil {
			e = owning(q.Pivot).Entity
		}
		database = databaseOf(e, q.Schema)
	case *qb.Pipeline:
		cmd, database = compileRaw(q), databaseOf(q.Entity, q.Schema)
	case *qb.Text:
		return nil, fmt.Errorf("%w: statements in SQL; run a pipeline, or use the client", ErrUnsupported)
	default:
		return nil, fmt.Errorf("%w: query of type %T", ErrUnsupported, q)
	}
	if err != nil {
		return nil, err
	}
	if err := checkDatabase(database); err != nil {
		return nil, err
	}
	cmd.Database = database
	if cmd.Keys != nil {
		cmd.Keys.Database = database
	}
	return cmd, nil
}

// databaseOf returns the database of an entity's collection; wildcard stands for "*".
func databaseOf(e *mapper.Entity, wildcard string) string {
	if e == nil || e.Table == nil {
		return ""
	}
	return DatabaseName(e.Root().Table.Schema, wildcard)
}

// DatabaseName returns the database that the schema of a table names, "" for the
// connection's own; wildcard stands for "*".
func DatabaseName(schema, wildcard string) string {
	if schema == "*" {
		return wildcard
	}
	return schema
}

// checkDatabase refuses names that no server accepts.
func checkDatabase(name string) error {
	if len(name) > 63 || strings.ContainsAny(name, "/\\. \"$*<>:|?\x00") {
		return fmt.Errorf("%w: database name %q", ErrUnsupported, name)
	}
	return nil
}

// checkSelect refuses the clauses that have no counterpart.
func checkSelect(q *qb.Select) error {
	switch {
	case q.Lock.Mode != qb.NoLock:
		return unsupportedClause(q.Entity, "lock", "documents cannot be locked by a read")
	case len(q.DistinctOn) > 0:
		return unsupportedClause(q.Entity, "distinct on", "")
	}
	return checkEntity(q.Entity)
}
