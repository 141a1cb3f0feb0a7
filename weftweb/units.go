package weftweb

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"

	"github.com/weft-orm/weft/orm"
)

// Units makes the units of work of requests. It is safe for concurrent use.
type Units struct {
	db     *orm.DB
	config config
}

// New returns the units of db. Most programs call [Middleware]; adapters for
// frameworks call New and [Units.Run].
func New(db *orm.DB, opts ...Option) *Units {
	u := &Units{db: db}
	for _, opt := range opts {
		opt(&u.config)
	}
	return u
}

// Middleware gives every request an entity manager of its own, which orm.From finds
// in the request's context. It writes what the request changed right before the first
// byte of an answer with a status below 400 goes out, or when the handler returns
// without an answer; where that fails, the answer is the failure instead. Under a status of
// 400 and above, and after a panic, nothing is written.
//
// Nothing of an answer is held back: streams and server-sent events work, and what a
// handler changes after it began to answer is written when it returns. Should that
// fail, the connection is cut, so that no client takes the answer for whole.
func Middleware(db *orm.DB, opts ...Option) func(http.Handler) http.Handler {
	return New(db, opts...).Middleware
}

// Middleware is the function Middleware for units that are made already.
func (u *Units) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := u.Run(w, r, func(w http.ResponseWriter, r *http.Request) error {
			next.ServeHTTP(w, r)
			return nil
		})
		if err != nil {
			u.Answer(w, r, err)
		}
	})
}

// Run runs handle as one unit of work. It hands it a writer that stores the unit before
// the answer begins, and a request whose context carries the manager. An error is one
// of handle, a *PanicError, or one of the flush; nothing was written then and nothing
// was answered: the caller does that. What fails after the answer began is logged, and
// Run panics with http.ErrAbortHandler, which cuts the connection.
func (u *Units) Run(w http.ResponseWriter, r *http.Request, handle func(w http.ResponseWriter, r *http.Request) error) error {
	ctx := r.Context()
	if u.config.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, u.config.timeout)
		defer cancel()
	}
	r = r.WithContext(ctx)
	em, err := u.manager(r)
	if err != nil {
		return err
	}
	one := &unit{config: &u.config, em: em}
	ctx = context.WithValue(orm.NewContext(ctx, em), unitKey{}, one)
	one.r = r.WithContext(ctx)
	one.w = &writer{ResponseWriter: w, unit: one}
	debugged(ctx).of(one.r, em, u.db.Registry())
	defer one.release()
	if u.config.transaction {
		if err := em.Begin(ctx, u.config.tx...); err != nil {
			return err
		}
	}
	return one.end(one.run(handle))
}

// Answer answers an error of [Units.Run] as the options say.
func (u *Units) Answer(w http.ResponseWriter, r *http.Request, err error) { u.config.answer(w, r, err) }

func (u *Units) manager(r *http.Request) (*orm.EntityManager, error) {
	if u.config.fork == nil {
		return u.db.Fork(), nil
	}
	return u.config.fork(r, u.db)
}

// unitKey is the key of the unit in the context of its request.
type unitKey struct{}

// unit is the unit of work of one request.
type unit struct {
	config *config
	em     *orm.EntityManager
	r      *http.Request
	w      *writer
	given  bool  // the work was given up: nothing more is written
	late   error // what Error could not answer any more
}

// run calls the handler and turns a panic into an error.
func (u *unit) run(handle func(w http.ResponseWriter, r *http.Request) error) (err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler:
			panic(p)
		default:
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	err = handle(u.w, u.r)
	if err == nil {
		err = u.late
	}
	return err
}

// end stores what is left to store, or gives it up.
func (u *unit) end(err error) error {
	if err == nil && !u.given {
		err = u.settle(true)
	} else {
		u.giveUp()
	}
	if err == nil || !u.w.began {
		return err
	}
	if u.w.refused == nil { // which the client was told
		u.config.report(u.r, err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// settle ends the work as the status of the answer wants it.
func (u *unit) settle(good bool) error {
	if !good {
		u.giveUp()
		return nil
	}
	if u.config.manual {
		return nil
	}
	ctx := u.r.Context()
	var err error
	if u.config.transaction && u.em.InTransaction() {
		err = u.em.Commit(ctx)
	} else {
		err = u.em.Flush(ctx)
	}
	if errors.Is(err, orm.ErrAfterFlush) || errors.Is(err, orm.ErrAfterCommit) {
		u.config.report(u.r, err) // it is stored: the client must not try again
		return nil
	}
	if err != nil {
		u.giveUp()
	}
	return err
}

// giveUp forgets what was not written.
func (u *unit) giveUp() {
	u.given = true
	u.release()
}

// release ends a transaction that is open still.
func (u *unit) release() {
	if u.em.InTransaction() {
		if err := u.em.Rollback(context.WithoutCancel(u.r.Context())); err != nil {
			u.config.report(u.r, err)
		}
	}
}
