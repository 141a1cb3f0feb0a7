package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/outbox"
)

// TestRelayConcurrent delivers by 64 workers while messages arrive: everything once, in
// order per key.
func TestRelayConcurrent(t *testing.T) {
	db, err := orm.Open(t.Context(), memory.New(), orm.Entities(outbox.Entity("")))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const keys, each = 8, 25
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var mu sync.Mutex
	next := map[string]int{}
	total := 0
	relay := outbox.NewRelay(db, func(_ context.Context, m *outbox.Message) error {
		var n int
		if err := m.Decode(&n); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if n != next[m.Key] {
			t.Errorf("message %d of key %s came before %d", n, m.Key, next[m.Key])
		}
		next[m.Key] = n + 1
		if total++; total == keys*each {
			cancel()
		}
		return nil
	}, outbox.Options{Workers: 64, Batch: 4, Poll: time.Millisecond})
	var makers sync.WaitGroup
	for k := range keys {
		makers.Go(func() {
			for n := range each {
				em := db.Fork()
				if err := outbox.Send(em, "topic", fmt.Sprint(k), n); err != nil {
					t.Error(err)
				}
				if err := em.Flush(t.Context()); err != nil {
					t.Error(err)
				}
				relay.Wake()
			}
		})
	}
	if err := relay.Run(ctx); err != nil {
		t.Error(err)
	}
	makers.Wait()
	if total != keys*each {
		t.Errorf("%d deliveries of %d messages", total, keys*each)
	}
}
