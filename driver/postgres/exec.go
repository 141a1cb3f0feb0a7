package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
	"github.com/weft-orm/weft/qb/sql"
)

// maxBatch bounds the statements of one round trip, and with it what a batch holds in memory.
const maxBatch = 2000

// item is one statement of a batch.
type item struct {
	op    *driver.Op
	index int // of op
	write *sqlexec.Program
	chunk sql.Chunk
	first int // argument row
	n     int // argument rows
	args  []any
}

// Exec implements driver.Session.
func (s *session) Exec(ctx context.Context, ops []*driver.Op) error {
	if len(ops) == 0 {
		return nil
	}
	if sqlexec.IsText(ops) {
		return sqlexec.ExecTexts(ctx, s, ops)
	}
	if s.opts.ReadOnly {
		return readOnly()
	}
	for first := 0; first < len(ops); {
		if copies(ops[first]) {
			if err := s.copyRows(ctx, first, ops[first]); err != nil {
				return err
			}
			first++
			continue
		}
		n := 1
		for first+n < len(ops) && !copies(ops[first+n]) {
			n++
		}
		if err := s.execOps(ctx, first, ops[first:first+n]); err != nil {
			return err
		}
		first += n
	}
	return nil
}

// execOps runs operations in batches; first is the index of the first of them.
func (s *session) execOps(ctx context.Context, first int, ops []*driver.Op) error {
	items, err := prepare(first, ops)
	if err != nil {
		return err
	}
	for len(items) > 0 {
		n := min(len(items), maxBatch)
		if err := s.execBatch(ctx, items[:n]); err != nil {
			return err
		}
		items = items[n:]
	}
	return nil
}

// prepare lists the statements of the operations and binds their parameters.
func prepare(first int, ops []*driver.Op) ([]item, error) {
	items := make([]item, 0, len(ops))
	for i, op := range ops {
		program, ok := op.P.(*sqlexec.Program)
		if !ok || program.Write == nil {
			return nil, refused("%T is not a write of this engine", op.P)
		}
		op.Affected, op.Returned, op.Sent = op.Affected[:0], nil, 0
		var err error
		if program.Rows == nil {
			items, err = appendBulk(items, first+i, op, program)
		} else {
			items, err = appendRows(items, first+i, op, program)
		}
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

func appendBulk(items []item, index int, op *driver.Op, p *sqlexec.Program) ([]item, error) {
	var values []any
	if len(op.Rows) > 0 {
		values = op.Rows[0]
	}
	args, err := p.Statement.Bind(nil, values)
	op.Sent = 1
	chunk := sql.Chunk{Text: p.Statement.Text, Returns: len(p.Write.Returning) > 0}
	return append(items, item{op: op, index: index, write: p, chunk: chunk, n: 1, args: args}), err
}

func appendRows(items []item, index int, op *driver.Op, p *sqlexec.Program) ([]item, error) {
	rows := p.Rows
	if op.Uncounted {
		rows = rows.Uncounted()
	}
	limit := max(rows.MaxRows, 1)
	var chunk sql.Chunk
	size := 0
	for first := 0; first < len(op.Rows); first += size {
		if n := min(limit, len(op.Rows)-first); n != size {
			chunk, size = rows.Chunk(n), n
		}
		args, err := rows.Bind(nil, op.Rows[first:first+size])
		if err != nil {
			return items, err
		}
		items = append(items, item{op: op, index: index, write: p, chunk: chunk, first: first, n: size, args: args})
		op.Sent++
	}
	return items, nil
}

// execBatch runs statements in one round trip, the pending ones first.
func (s *session) execBatch(ctx context.Context, items []item) error {
	for attempt := 1; ; attempt++ {
		c, release, err := s.acquire(ctx)
		if err != nil {
			return err
		}
		again := repetition{attempt: attempt, pending: slices.Clone(s.pending)}
		read := resultsOf(items)
		at, err := s.tryBatch(ctx, c, items)
		if err == nil {
			release()
			return nil
		}
		if s.retry(ctx, c, err, again) {
			release()
			read.forget()
			continue
		}
		e := s.failed(ctx, c, err, items[at].chunk.Text)
		e.Op, e.Row = items[at].index, -1
		if items[at].n == 1 {
			e.Row = items[at].first
		}
		release()
		return e
	}
}

// readSoFar is how many results operations had before a batch.
type readSoFar map[*driver.Op][2]int

func resultsOf(items []item) readSoFar {
	r := readSoFar{}
	for i := range items {
		op := items[i].op
		r[op] = [2]int{len(op.Affected), len(op.Returned)}
	}
	return r
}

// forget takes back what a batch that is sent again has read.
func (r readSoFar) forget() {
	for op, n := range r {
		op.Affected, op.Returned = op.Affected[:n[0]], op.Returned[:n[1]]
	}
}

// tryBatch sends the statements and reads their results; at is the one that failed.
func (s *session) tryBatch(ctx context.Context, c *pgxpool.Conn, items []item) (at int, err error) {
	b := &pgx.Batch{}
	for i := range items {
		b.Queue(items[i].chunk.Text, items[i].args...)
	}
	r := s.send(ctx, c, b)
	types := c.Conn().TypeMap()
	for i := range items {
		if r.err != nil {
			break
		}
		if err := items[i].read(r, types); err != nil {
			_ = r.Close() // reports the same error, or what followed from it
			return i, err
		}
	}
	return len(items) - 1, r.Close()
}
