package behaviour_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/outbox"
)

type outboxOrder struct {
	ID   int64
	Name string
}

var outboxEntities = []any{outboxOrder{}, outbox.Entity("")}

// inbox collects what a relay delivers.
type inbox struct {
	mu   sync.Mutex
	got  []string
	fail map[string]int // how often a message fails
}

func (b *inbox) handle(_ context.Context, m *outbox.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var n int
	if err := m.Decode(&n); err != nil {
		return err
	}
	name := fmt.Sprint(m.Key, n)
	if b.fail[name] > 0 {
		b.fail[name]--
		return errors.New("not now")
	}
	b.got = append(b.got, name)
	return nil
}

// sent stores messages of keys, "a1" being number 1 of key a.
func sent(t *testing.T, e engine, messages ...string) {
	t.Helper()
	for _, m := range messages {
		em := e.db.Fork()
		ok(t, outbox.Send(em, "topic", m[:1], json.RawMessage(m[1:])))
		ok(t, em.Flush(t.Context()))
	}
}

func left(t *testing.T, e engine, want int64, cond orm.M) {
	t.Helper()
	if n, err := orm.Count[outbox.Message](t.Context(), e.db.Fork(), cond); err != nil || n != want {
		t.Errorf("%d messages are left, %v, want %d", n, err, want)
	}
}

// TestOutboxFlush stores a message with the flush, and takes it back with it.
func TestOutboxFlush(t *testing.T) {
	engines(t, outboxEntities, func(t *testing.T, e engine) {
		var box inbox
		relay := outbox.NewRelay(e.db, box.handle, outbox.Options{})
		if n, err := relay.Once(t.Context()); err != nil || n != 0 {
			t.Errorf("of nothing it took %d, %v", n, err)
		}
		em := e.db.Fork()
		if err := outbox.Send(em, "topic", "a", make(chan int)); err == nil {
			t.Error("a channel is no message")
		}
		if e.caps.Transactions {
			no := errors.New("no")
			err := em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				em.Persist(&outboxOrder{Name: "lamp"})
				return errors.Join(outbox.Send(em, "topic", "a", 1), em.Flush(ctx), no)
			})
			if !errors.Is(err, no) {
				t.Error(err)
			}
			left(t, e, 0, nil)
		}
		sent(t, e, "a1", "b1", "a2", "b2", "a3")
		if n, err := relay.Once(t.Context()); err != nil || n != 5 {
			t.Errorf("took %d, %v", n, err)
		}
		same(t, box.got, "a1", "a2", "a3", "b1", "b2")
		left(t, e, 0, nil)
	})
}

// TestOutboxRetry keeps the messages of a key behind one that fails, and gives it up in the end.
func TestOutboxRetry(t *testing.T) {
	engines(t, outboxEntities, func(t *testing.T, e engine) {
		box := inbox{fail: map[string]int{"a1": 1, "b1": 9}}
		failures := 0
		relay := outbox.NewRelay(e.db, box.handle, outbox.Options{MaxAttempts: 2,
			Backoff: func(n int) time.Duration { return time.Duration(n-1) * time.Hour },
			OnError: func(_ context.Context, m *outbox.Message, _ error) { failures++ }})
		sent(t, e, "a1", "a2", "b1", "b2")
		for range 5 {
			_, err := relay.Once(t.Context())
			ok(t, err)
		}
		slices.Sort(box.got)
		same(t, box.got, "a1", "a2", "b2")
		left(t, e, 1, nil)
		left(t, e, 1, orm.M{"dead": true, "attempts": 2, "lastError": "not now", "key": "b"})
		if failures != 3 {
			t.Errorf("told of %d failures", failures)
		}
	})
}

// TestOutboxLease waits for the holder of a message, and takes over when its lease is over.
func TestOutboxLease(t *testing.T) {
	engines(t, outboxEntities, func(t *testing.T, e engine) {
		sent(t, e, "a1", "a2", "b1")
		var box inbox
		other := outbox.NewRelay(e.db, box.handle, outbox.Options{})
		slow := outbox.NewRelay(e.db, func(ctx context.Context, m *outbox.Message) error {
			if m.Key == "a" {
				if n, err := other.Once(ctx); err != nil || n != 0 {
					t.Errorf("what is held was taken: %d, %v", n, err)
				}
				panic("down")
			}
			return nil
		}, outbox.Options{Backoff: func(int) time.Duration { return 0 }})
		_, err := slow.Once(t.Context())
		ok(t, err)
		left(t, e, 2, orm.M{"leasedUntil": nil})
		_, err = orm.NativeUpdate[outbox.Message](t.Context(), e.db.Fork(), orm.M{"key": "a"}, orm.M{"holder": "dead", "leasedUntil": time.Now().Add(time.Hour)})
		ok(t, err)
		if n, err := other.Once(t.Context()); err != nil || n != 0 {
			t.Errorf("what is held was taken: %d, %v", n, err)
		}
		_, err = orm.NativeUpdate[outbox.Message](t.Context(), e.db.Fork(), orm.M{"key": "a"}, orm.M{"leasedUntil": time.Now().Add(-time.Hour)})
		ok(t, err)
		if n, err := other.Once(t.Context()); err != nil || n != 2 {
			t.Errorf("took over %d, %v", n, err)
		}
		same(t, box.got, "a1", "a2")
	})
}

// TestOutboxConcurrent delivers by 64 workers: everything once, in order per key, as long
// as no lease ends.
func TestOutboxConcurrent(t *testing.T) {
	engines(t, outboxEntities, func(t *testing.T, e engine) {
		const keys, each = 12, 10
		em := e.db.Fork()
		for i := range each {
			for k := range keys {
				ok(t, outbox.Send(em, "topic", string(rune('a'+k)), i))
			}
		}
		ok(t, em.Flush(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		var box inbox
		relay := outbox.NewRelay(e.db, func(ctx context.Context, m *outbox.Message) error {
			err := box.handle(ctx, m)
			box.mu.Lock()
			defer box.mu.Unlock()
			if len(box.got) == keys*each {
				cancel()
			}
			return err
		}, outbox.Options{Workers: 64, Batch: 3, Poll: 5 * time.Millisecond, Lease: 5 * time.Minute})
		ok(t, relay.Run(ctx))
		if len(box.got) != keys*each {
			t.Fatalf("%d deliveries of %d messages", len(box.got), keys*each)
		}
		next := map[byte]int{}
		for _, name := range box.got {
			if want := fmt.Sprintf("%c%d", name[0], next[name[0]]); name != want {
				t.Fatalf("%s was delivered before %s", name, want)
			}
			next[name[0]]++
		}
		left(t, e, 0, nil)
	})
}

// TestPageOfOutbox runs the examples of docs/outbox.md.
func TestPageOfOutbox(t *testing.T) {
	examplesOf(t, "outbox.md", "outbox_test.go")
	ctx, cancel := context.WithCancel(t.Context())
	connector := memory.New()
	publish := func(_ context.Context, _ string, payload []byte) error {
		if string(payload) != `{"ID":1,"Name":"lamp"}` {
			t.Errorf("the message is %s", payload)
		}
		cancel()
		return nil
	}
	db, err := orm.Open(ctx, connector, orm.Entities(outboxOrder{}, outbox.Entity("outbox")))
	ok(t, err)
	em := db.Fork()
	place := func() error {
		order := &outboxOrder{Name: "lamp"}
		return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(order)
			if err := em.Flush(ctx); err != nil { // the message tells the key, which the database makes
				return err
			}
			return outbox.Send(em, "order.placed", "customer-7", order) // stored with the commit
		})
	}
	ok(t, place())
	relay := outbox.NewRelay(db, func(ctx context.Context, m *outbox.Message) error {
		return publish(ctx, m.Topic, m.Payload)
	}, outbox.Options{Workers: 4})
	err = relay.Run(ctx)
	ok(t, err)
}
