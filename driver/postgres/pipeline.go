package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
)

// Pipeline implements driver.Pipeliner.
func (s *session) Pipeline(ctx context.Context, reads []driver.Read, take func(i int, rows driver.Rows) error) error {
	sent := make([]control, len(reads))
	for i, r := range reads {
		program, ok := r.P.(*sqlexec.Program)
		if !ok || program.Statement == nil || program.Text != nil && program.Text.Mutates {
			return refused("%T is not a read of this engine", r.P)
		}
		params, err := program.Statement.Bind(nil, r.Args)
		if err != nil {
			return err
		}
		sent[i] = control{program.Statement.Text, params}
	}
	for attempt := 1; ; attempt++ {
		c, release, err := s.acquire(ctx)
		if err != nil {
			return err
		}
		again := repetition{attempt: attempt, pending: slices.Clone(s.pending), read: true}
		results := s.queue(ctx, c, sent)
		first, err := s.next(ctx, c, results, sent[0].text)
		if err == nil {
			defer release() // also after a panic of what takes the rows
			return s.takeAll(ctx, c, results, sent, first, take)
		}
		_ = results.Close() // what failed is known
		retry := s.retry(ctx, c, err, again)
		if !retry {
			err = s.failed(ctx, c, err, sent[0].text)
		}
		release()
		if !retry {
			return err
		}
	}
}

// queue sends statements, after the pending ones, in one round trip.
func (s *session) queue(ctx context.Context, c *pgxpool.Conn, list []control) *results {
	b := &pgx.Batch{}
	for _, q := range list {
		b.Queue(q.text, q.args...)
	}
	return s.send(ctx, c, b)
}

// next opens the rows of the next statement of a batch.
func (s *session) next(ctx context.Context, c *pgxpool.Conn, results *results, text string) (*rows, error) {
	if results.err != nil {
		return nil, results.err
	}
	r := &rows{ctx: ctx, session: s, conn: c, text: text, types: c.Conn().TypeMap()}
	var err error
	if r.src, err = results.Query(); err != nil {
		return nil, err
	}
	return r, r.describe()
}

// takeAll hands out the rows of a batch, whose first are open.
func (s *session) takeAll(ctx context.Context, c *pgxpool.Conn, results *results, sent []control, r *rows, take func(int, driver.Rows) error) (err error) {
	defer func() {
		if closed := results.Close(); err == nil && closed != nil {
			err = s.failed(ctx, c, closed, sent[len(sent)-1].text)
		}
	}()
	for i := range sent {
		if i > 0 {
			if r, err = s.next(ctx, c, results, sent[i].text); err != nil {
				return s.failed(ctx, c, err, sent[i].text)
			}
		}
		err = take(i, r)
		if closed := r.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	return nil
}
