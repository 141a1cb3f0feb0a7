package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/outbox"
)

// inbox is what messages are delivered to.
type inbox struct {
	mu    sync.Mutex
	times map[int64]int // deliveries of an order's message
	down  bool
}

// take notes a message, and fails while the inbox is down: then it is delivered, and the
// relay does not know.
func (i *inbox) take(_ context.Context, m *outbox.Message) error {
	var e placed
	if err := m.Decode(&e); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.times[e.Order]++
	if i.down {
		return errors.New("the line went dead")
	}
	return nil
}

// of is how often the orders 1 to n were announced: the rarest and all together.
func (i *inbox) of(n int) (least, sum int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	least = i.times[1]
	for order := range n {
		least = min(least, i.times[int64(order+1)])
		sum += i.times[int64(order+1)]
	}
	return least, sum
}

// life runs the service and returns its address and what stops it.
func life(t *testing.T, c driver.Connector, dialect string, deliver outbox.Handler) (string, func()) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, c, dialect, deliver) }()
	return "http://" + listener.Addr().String(), sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// order places n orders at once, of which all are taken.
func order(t *testing.T, base, dialect string, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			body := fmt.Sprintf(`{"email":"%s%d@example.org","name":"C","lines":[{"sku":"spade","quantity":1}]}`, dialect, i)
			if got := send(t, "POST", base+"/orders", body); !strings.HasPrefix(got, "201 ") {
				t.Error(got)
			}
		})
	}
	wg.Wait()
}

// await waits until each of n orders was announced.
func await(t *testing.T, i *inbox, n int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		least, sum := i.of(n)
		if least > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d announcements of %d orders", sum, n)
		}
	}
}

// TestOrdersAreAnnounced orders over HTTP and sees each order announced, one that is
// refused not.
func TestOrdersAreAnnounced(t *testing.T) {
	for dialect := range engines {
		t.Run(dialect, func(t *testing.T) {
			got := &inbox{times: map[int64]int{}}
			base, stop := life(t, engines[dialect](t), dialect, got.take)
			defer stop()
			order(t, base, dialect, 6)
			if refused := send(t, "POST", base+"/orders", `{"email":"z","name":"Z","lines":[{"sku":"pan","quantity":99}]}`); !strings.HasPrefix(refused, "409 ") {
				t.Error(refused)
			}
			await(t, got, 6)
			stop() // ends what is under way
			if _, sum := got.of(6); sum != 6 || len(got.times) != 6 {
				t.Errorf("announced: %v", got.times)
			}
		})
	}
}

// TestOrdersAreAnnouncedAfterARestart stops the service while nothing can be delivered, and
// starts it again: what was delivered and not noted comes twice, and nothing is lost.
func TestOrdersAreAnnouncedAfterARestart(t *testing.T) {
	for dialect := range engines {
		t.Run(dialect, func(t *testing.T) {
			connector := engines[dialect](t)
			first, second := &inbox{times: map[int64]int{}, down: true}, &inbox{times: map[int64]int{}}
			base, stop := life(t, connector, dialect, first.take)
			order(t, base, dialect, 5)
			await(t, first, 1) // some have failed, others were not tried
			stop()
			_, stop = life(t, connector, dialect, second.take)
			defer stop()
			await(t, second, 5)
		})
	}
}
