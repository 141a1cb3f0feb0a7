package faults_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/orm"
)

// testConnectionLostInFlush cuts the connection at a statement that follows
// others: before the server sees it, and before its answer arrives.
func testConnectionLostInFlush(t *testing.T, w *world) {
	for name, fault := range map[string]faultproxy.Fault{"before": faultproxy.Lost, "after": faultproxy.Gone} {
		t.Run(name, func(t *testing.T) {
			u := w.unit(t)
			before := u.state(t)
			w.proxy.On(u.name("peace"), fault)
			is(t, u.em.Flush(t.Context()), driver.ErrConnection)
			w.gone(t)
			u.unchanged(t, before)
			u.settles(t)
		})
	}
}

// testConnectionLostAtBegin cuts the connection that begins a transaction. Nothing
// has happened in it, so that weft may begin again on another one, unnoticed.
func testConnectionLostAtBegin(t *testing.T, w *world) {
	u := w.unit(t)
	w.proxy.CutAll()
	u.settles(t)
}

// testServerUnreachable flushes while nobody answers.
func testServerUnreachable(t *testing.T, w *world) {
	u := w.unit(t)
	before := u.state(t)
	w.proxy.Down()
	is(t, u.em.Flush(t.Context()), driver.ErrConnection)
	_, err := orm.Find[tag](t.Context(), w.db.Fork(), nil)
	is(t, err, driver.ErrConnection)
	is(t, w.db.Ping(t.Context()), orm.ErrConnection)
	w.gone(t)
	u.unchanged(t, before)
	u.settles(t)
}

// testConnectionLostInTransaction flushes twice in a transaction and loses the
// connection between the two: what the first has published is taken back.
func testConnectionLostInTransaction(t *testing.T, w *world) {
	u := w.unit(t)
	before := u.state(t)
	ctx := t.Context()
	ok(t, u.em.Begin(ctx))
	ok(t, u.em.Flush(ctx))
	if u.new.ID == 0 || u.ann.Version != 2 {
		t.Fatalf("the flush in the transaction published %+v, %+v", u.new, u.ann)
	}
	w.proxy.Down()
	u.ann.Name = u.name("ann") + "?"
	err := u.em.Flush(ctx)
	is(t, err, driver.ErrConnection)
	if err := u.em.Flush(ctx); !errors.Is(err, driver.ErrDoomed) {
		t.Errorf("another flush in the lost transaction: %v", err)
	}
	if err := u.em.Commit(ctx); !errors.Is(err, driver.ErrDoomed) || errors.Is(err, driver.ErrCommitUnknown) {
		t.Errorf("the commit of the lost transaction: %v", err)
	}
	if u.em.InTransaction() {
		t.Error("the lost transaction is still open")
	}
	w.gone(t)
	u.ann.Name = u.name("ann") + "!"
	u.unchanged(t, before)
	u.settles(t)
}

// testNestedScopeCannotSaveALostTransaction catches the error of an inner scope.
func testNestedScopeCannotSaveALostTransaction(t *testing.T, w *world) {
	u := w.unit(t)
	before := u.state(t)
	err := u.em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
		w.proxy.On(u.name("peace"), faultproxy.Lost)
		inner := em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil })
		if !errors.Is(inner, driver.ErrConnection) {
			t.Errorf("the inner scope: %v", inner)
		}
		return nil // and go on as if nothing had happened
	})
	if !errors.Is(err, driver.ErrDoomed) || errors.Is(err, driver.ErrCommitUnknown) {
		t.Errorf("the outer scope: %v", err)
	}
	w.gone(t)
	u.unchanged(t, before)
	u.settles(t)
}

// testSlowServer misses a deadline because every answer is late.
func testSlowServer(t *testing.T, w *world) {
	u := w.unit(t)
	before := u.state(t)
	w.proxy.Delay(200 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	is(t, u.em.Flush(ctx), driver.ErrCanceled, context.DeadlineExceeded)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the flush noticed its deadline after %s", took)
	}
	w.gone(t)
	u.unchanged(t, before)
	u.settles(t)
}

// testDeadlineWhileDialling ends the context while a new connection is made, because
// the server accepts it and says nothing for a while.
func testDeadlineWhileDialling(t *testing.T, w *world) {
	u := w.unit(t)
	before := u.state(t)
	for _, end := range []error{context.DeadlineExceeded, context.Canceled} {
		w.proxy.Delay(5 * time.Second)
		w.proxy.CutAll()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		if end == context.Canceled {
			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(200*time.Millisecond, cancel)
		}
		_, err := orm.Find[tag](ctx, w.db.Fork(), nil)
		is(t, err, driver.ErrCanceled, end)
		w.proxy.CutAll() // of the server that is slow to say hello
		err = u.em.Flush(ctx)
		is(t, err, driver.ErrCanceled, end)
		cancel()
		w.gone(t)
		u.unchanged(t, before)
	}
	u.settles(t)
}

// TestDeadlineWhileOpening ends the context of Open: before anything is dialled, and
// while a server that accepts connections says nothing.
func TestDeadlineWhileOpening(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer silent.Close()
	at := silent.Addr().String()
	for name, c := range map[string]driver.Connector{
		"postgres": postgres.URL("postgres://postgres@" + at + "/none"),
		"mysql":    mysql.DSN("root@tcp(" + at + ")/none"),
		"mongo":    mongo.URI("mongodb://"+at+"/?directConnection=true&serverSelectionTimeoutMS=5000", "none"),
		"sqlite":   sqlite.File(filepath.Join(t.TempDir(), "x.db")),
	} {
		for what, end := range map[string]func() (context.Context, context.CancelFunc){
			"deadline": func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(t.Context(), 200*time.Millisecond)
			},
			"cancel": func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(200*time.Millisecond, cancel)
				return ctx, cancel
			},
			"before": func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				return ctx, cancel
			},
		} {
			if name == "sqlite" && what != "before" {
				continue // there is nobody to wait for
			}
			t.Run(name+"/"+what, func(t *testing.T) {
				ctx, cancel := end()
				defer cancel()
				start := time.Now()
				_, err := orm.Open(ctx, c, orm.Entities(tag{}))
				is(t, err, driver.ErrCanceled, ctx.Err())
				if took := time.Since(start); took > 3*time.Second {
					t.Errorf("Open noticed after %s", took)
				}
			})
		}
	}
}
