package schema

import (
	"context"
	stdsql "database/sql"
	"strings"
)

// A querier asks Atlas's questions on a connection. It keeps their rows from
// outliving the call of schema they belong to: rows that Atlas leaves open after
// an error would hold the connection for ever, and some questions come without the context.
type querier struct {
	*atlas
	ctx   context.Context // of the call
	conn  *stdsql.Conn
	stops []context.CancelFunc
}

// QueryContext implements Atlas's schema.ExecQuerier.
func (q *querier) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	if q.rewrite != nil {
		query = q.rewrite(query)
	}
	if ctx.Done() == nil {
		ctx = q.ctx
	}
	ctx, stop := context.WithCancel(ctx)
	q.stops = append(q.stops, stop)
	return q.conn.QueryContext(ctx, query, args...)
}

// ExecContext implements Atlas's schema.ExecQuerier.
func (q *querier) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	return q.conn.ExecContext(ctx, query, args...)
}

// cancel closes all rows.
func (q *querier) cancel() {
	for _, stop := range q.stops {
		stop()
	}
	q.stops = nil
}

// sqliteQuestion asks what Atlas cannot ask in every case: names within strings are
// escaped, which Atlas leaves out, and foreign keys may name no columns.
func sqliteQuestion(query string) string {
	if begin, end := strings.Index(query, "('"), strings.LastIndex(query, "')"); strings.Contains(query, "pragma_") && begin >= 0 && end > begin {
		query = query[:begin+2] + strings.ReplaceAll(query[begin+2:end], "'", "''") + query[end:]
	}
	return sqliteForeignKeys(query)
}

// sqliteForeignKeys answers Atlas's question about foreign keys with the key of the
// other table where a reference names no columns, which SQLite reports as NULL.
func sqliteForeignKeys(query string) string {
	const columns = "SELECT `id`, `from`, `to`, `table`"
	rest, ok := strings.CutPrefix(query, columns)
	if !ok {
		return query
	}
	return "SELECT `id`, `from`, coalesce(`to`, (SELECT k.name FROM pragma_table_info(`table`) AS k WHERE k.pk = seq + 1), `from`), `table`" + rest
}
