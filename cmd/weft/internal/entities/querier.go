package entities

import (
	"context"
	stdsql "database/sql"
	"strings"
)

// A querier asks Atlas's questions on a connection, and ends with it: rows that
// Atlas leaves open after an error would hold the connection for ever.
type querier struct {
	conn    *stdsql.Conn
	rewrite func(string) string
	stops   []context.CancelFunc
}

// QueryContext implements Atlas's schema.ExecQuerier.
func (q *querier) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	if q.rewrite != nil {
		query = q.rewrite(query)
	}
	ctx, stop := context.WithCancel(ctx)
	q.stops = append(q.stops, stop)
	return q.conn.QueryContext(ctx, query, args...)
}

// ExecContext implements Atlas's schema.ExecQuerier.
func (q *querier) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	return q.conn.ExecContext(ctx, query, args...)
}

func (q *querier) close() {
	for _, stop := range q.stops {
		stop()
	}
	q.conn.Close()
}

// sqliteQuestion asks what Atlas cannot read in every notation: foreign keys that
// name no columns, and the predicate of a partial index written in small letters.
// Names within strings are escaped, which Atlas leaves out.
func sqliteQuestion(query string) string {
	if begin, end := strings.Index(query, "('"), strings.LastIndex(query, "')"); strings.Contains(query, "pragma_") && begin >= 0 && end > begin {
		query = query[:begin+2] + strings.ReplaceAll(query[begin+2:end], "'", "''") + query[end:]
	}
	const columns = "SELECT `id`, `from`, `to`, `table`"
	if rest, ok := strings.CutPrefix(query, columns); ok {
		return "SELECT `id`, `from`, coalesce(`to`, (SELECT k.name FROM pragma_table_info(`table`) AS k WHERE k.pk = seq + 1), `from`), `table`" + rest
	}
	const at = "instr(lower(`m`.`sql`), 'where')"
	return strings.Replace(query, "`il`.`partial`, `m`.`sql`",
		"`il`.`partial`, CASE WHEN `il`.`partial` THEN substr(`m`.`sql`, 1, "+at+" - 1) || 'WHERE' || substr(`m`.`sql`, "+at+" + 5) ELSE `m`.`sql` END", 1)
}
