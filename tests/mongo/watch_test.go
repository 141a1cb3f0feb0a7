package mongo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// TestWatch follows what units commit, and goes on behind an event that was seen.
func TestWatch(t *testing.T) {
	w := open(t, reader{}, post{}, topic{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	events := make(chan orm.WatchEvent[reader], 100)
	listening, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		close(listening)
		for e, err := range orm.Watch[reader](ctx, w.Fork()) {
			if err != nil {
				ended <- err
				return
			}
			events <- e
		}
	}()
	<-listening
	em := w.Fork()
	r := &reader{ID: 1, Prefs: prefs{Theme: "dark"}, Extra: json.RawMessage(`1`)}
	first := w.until(t, em, r, events) // the stream may open after the first write
	r.Prefs.Theme, r.Labels = "blue", []string{"x"}
	ok(t, em.Flush(t.Context()))
	failed := errors.New("no")
	err := em.Transactional(t.Context(), func(context.Context, *orm.EntityManager) error { r.Prefs.Theme = "red"; return failed })
	is(t, err, failed)
	ok(t, em.Refresh(t.Context(), r))
	em.Persist(&post{ID: 9})
	em.Remove(r)
	ok(t, em.Flush(t.Context()))
	same(t, "update", told(next(events)), "update 1 [prefs labels]")
	last := next(events)
	same(t, "delete", told(last), "delete 1 []")
	if last.Entity != nil || last.At.IsZero() {
		t.Errorf("delete %+v", last)
	}
	cancel()
	is(t, <-ended, orm.ErrCanceled)

	var again []string
	for e, err := range orm.Watch[reader](t.Context(), w.Fork(), orm.WatchAfter(first.Token)) {
		ok(t, err)
		if !warm(e) {
			again = append(again, told(e))
		}
		if e.Kind == "delete" {
			break
		}
	}
	same(t, "again", fmt.Sprint(again), "[update 1 [prefs labels] delete 1 []]")
}

// until writes until the stream has begun to tell, and returns the first event.
func (w *world) until(t *testing.T, em *orm.EntityManager, r *reader, events <-chan orm.WatchEvent[reader]) orm.WatchEvent[reader] {
	t.Helper()
	em.Persist(r)
	for i := 0; ; i++ {
		r.Extra = json.RawMessage(fmt.Sprint(i))
		ok(t, em.Flush(t.Context()))
		select {
		case e := <-events:
			return e
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// warm reports an event of the writes before the stream was known to tell.
func warm(e orm.WatchEvent[reader]) bool {
	return e.Kind == "create" || fmt.Sprint(e.Properties) == "[extra]"
}

func next(events <-chan orm.WatchEvent[reader]) orm.WatchEvent[reader] {
	for e := range events {
		if !warm(e) {
			return e
		}
	}
	return orm.WatchEvent[reader]{}
}

func told[T any](e orm.WatchEvent[T]) string {
	return fmt.Sprint(e.Kind, " ", e.Key, " ", e.Properties)
}

// TestWatchWhereNobodyTells refuses deployments and engines without changes to tell.
func TestWatchWhereNobodyTells(t *testing.T) {
	alone, _, _ := through(t, topic{})
	dbs := []*orm.DB{alone.DB}
	table, err := orm.Open(t.Context(), sqlite.Memory(), orm.Entities(topic{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, table.Close()) })
	ok(t, schema.Create(t.Context(), table))
	kept, err := orm.Open(t.Context(), memory.New(), orm.Entities(topic{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, kept.Close()) })
	for _, db := range append(dbs, table, kept) {
		for _, err := range orm.Watch[topic](t.Context(), db.Fork()) {
			is(t, err, orm.ErrUnsupported)
		}
	}
	for _, err := range orm.Watch[post](t.Context(), kept.Fork()) {
		is(t, err, orm.ErrUnknownEntity)
	}
}
