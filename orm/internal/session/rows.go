package session

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/logkey"
)

// watchedRows count what is read and log the query when they are closed.
type watchedRows struct {
	driver.Rows
	session *observed
	ctx     context.Context
	log     Log
	about   Described
	stats   *Stats
	params  []any
	start   time.Time
	// away is the time the body of a loop took, waited that spent on the engine,
	// which is measured only when timed.
	away, waited time.Duration
	timed        bool
	count        int64
	closed       bool
}

// Unwrap returns the rows of the engine.
func (w *watchedRows) Unwrap() driver.Rows { return w.Rows }

// Next advances to the next row.
func (w *watchedRows) Next() bool {
	if !w.timed {
		if !w.Rows.Next() {
			return false
		}
		w.count++
		return true
	}
	start := time.Now()
	more := w.Rows.Next()
	w.waited += time.Since(start)
	if more {
		w.count++
	}
	return more
}

// begin starts to watch the rows of the engine, which are there.
func (w *watchedRows) begin(rows driver.Rows) {
	w.Rows = rows
	if w.timed {
		w.waited = time.Since(w.start)
	}
}

// Close closes the rows and logs the query.
func (w *watchedRows) Close() error {
	if w.closed {
		return w.Rows.Close()
	}
	start := time.Now()
	err := w.Rows.Close()
	w.waited += time.Since(start)
	w.finish(err)
	return err
}

// finish counts and logs what there is to tell.
func (w *watchedRows) finish(err error) {
	w.closed = true
	took := time.Since(w.start) - w.away
	w.stats.readDone(w.count, took)
	if w.log == nil {
		return
	}
	r := queryRecord{log: w.log, about: w.about, tx: w.session.tx, took: took, rows: w.count, params: w.params, err: err}
	if w.about != nil {
		r.text = w.about.String()
	}
	if w.Rows != nil {
		r.server = driver.ServerOf(w.Rows)
	}
	r.write(w.ctx)
	if !w.timed || err != nil || w.about == nil {
		return
	}
	if to := logger(w.ctx, w.log, Hydration, slog.LevelDebug); to != nil {
		to.LogAttrs(w.ctx, slog.LevelDebug, logkey.Hydration, slog.String(logkey.Entity, w.about.Subject()),
			slog.Int64(logkey.Entities, w.count), slog.Duration(logkey.Took, max(took-w.waited, 0)))
	}
}

// Outside runs the body of a loop over rows: what it does is not theirs, and they may do
// without their connection meanwhile.
func Outside(rows driver.Rows, f func()) {
	if own, ok := rows.(*ownedRows); ok && !own.spilled {
		body := f
		f = func() { own.rest(body) }
	}
	w := watchedOf(rows)
	if w == nil {
		f()
		return
	}
	start := time.Now()
	f()
	w.away += time.Since(start)
}

func watchedOf(rows driver.Rows) *watchedRows {
	if own, ok := rows.(*ownedRows); ok {
		rows = own.Rows
	}
	w, _ := rows.(*watchedRows)
	return w
}

// failedOp returns the index of the operation that failed, -1 when unknown.
func failedOp(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Op
	}
	return -1
}
