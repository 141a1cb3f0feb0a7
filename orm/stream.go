package orm

import (
	"context"
	"iter"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// streamChunk is the number of roots that are read and populated together.
const streamChunk = 200

// Stream reads the entities that match cond without holding all rows in memory:
// it reads and populates them in chunks and yields them one by one. They are
// managed unless ReadOnly is given. The manager may be used between two yields.
// An error ends the iteration; so does, with the next chunk at the latest, the end
// of ctx.
func Stream[T any](ctx context.Context, em *EntityManager, cond any, opts ...FindOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		err := em.stream(ctx, entityOf[T], cond, opts, func(m *managed) bool { return yield((*T)(m.Entity), nil) })
		if err != nil {
			yield(nil, err)
		}
	}
}

// stream runs a read chunk by chunk; it stops early when yield returns false.
func (em *EntityManager) stream(ctx context.Context, of lookup, cond any, opts []FindOption, yield func(*managed) bool) error {
	if err := em.guard.enter("stream"); err != nil {
		return err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return err
	}
	if err := em.flushBefore(ctx, r); err != nil {
		return err
	}
	f, l := em.readers(&r.opts)
	st, args, err := f.prepare(r)
	if err != nil || r.opts.limit == 0 {
		return err
	}
	rows, err := f.scope.Query(ctx, st.program, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	rd := newReader(f, st, &r.opts)
	defer rd.release()
	if len(rd.all) > 1 {
		return &Error{Class: ErrInvalidOption, Op: "stream", Entity: r.meta.Name, Detail: "joined populate holds all rows; use select-in"}
	}
	for {
		if err := em.db.canceled(ctx); err != nil {
			return err
		}
		var chunk []*managed
		for len(chunk) < streamChunk && rows.Next() {
			m, err := rd.row(rows, nil)
			if err != nil {
				return err
			}
			chunk = append(chunk, m)
		}
		if len(chunk) == 0 {
			return rows.Close()
		}
		if err := l.below(ctx, chunk, st.nodes.Nodes, rd, &r.opts); err != nil {
			return err
		}
		if err := em.loadHooks(ctx, f); err != nil {
			return err
		}
		for _, m := range chunk {
			more := false
			session.Outside(rows, func() {
				_ = em.guard.outside(func() error { more = yield(m); return nil })
			})
			if !more {
				return nil
			}
		}
	}
}

// canceled turns the end of a context into an error, where rows are at hand and
// no statement would notice.
func (db *DB) canceled(ctx context.Context) error {
	if cause := ctx.Err(); cause != nil {
		return &driver.Error{Class: driver.ErrCanceled, Engine: db.caps.Name, Op: -1, Row: -1, Err: cause}
	}
	return nil
}

// readers returns what reads and populates: the manager's own, or, for a
// read-only find, one whose entities nobody manages.
func (em *EntityManager) readers(o *findOptions) (*finder, *populator) {
	if !o.readOnly {
		return em.finder, em.loader
	}
	u := unit.ReadOnly(em.db.units, &home{em: em, cleared: true})
	f := &finder{db: em.db, unit: u, scope: em.scope, filters: em.finder.filters}
	return f, &populator{db: em.db, unit: u, finder: f}
}
