package outbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Relay delivers the messages of a database. It is safe for concurrent use, and any
// number of them may serve one table.
type Relay struct {
	db     *orm.DB
	handle Handler
	opts   Options
	wake   chan struct{}
	// taking is held by the worker that looks for messages: others would find the same ones,
	// and write in vain.
	taking chan struct{}
}

// NewRelay returns a relay that hands messages to handle.
func NewRelay(db *orm.DB, handle Handler, opts Options) *Relay {
	opts.defaults()
	return &Relay{db: db, handle: handle, opts: opts, wake: make(chan struct{}, 1), taking: make(chan struct{}, 1)}
}

// Wake tells the relay that there may be messages. It does not wait.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends, and returns nil when what was begun is done. Failures
// are told to Options.OnError and tried again.
func (r *Relay) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range r.opts.Workers {
		workers.Go(func() { r.work(ctx) })
	}
	workers.Wait()
	return nil
}

// work delivers until ctx ends, and rests when there is nothing to do.
func (r *Relay) work(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := r.Once(ctx)
		if err != nil && ctx.Err() == nil {
			r.opts.OnError(ctx, nil, err)
		}
		if n > 0 && err == nil {
			continue
		}
		timer := time.NewTimer(r.opts.Poll)
		select {
		case <-ctx.Done():
		case <-r.wake:
			r.Wake() // for the other workers, until one finds nothing
			select {
			case <-r.wake:
			default:
			}
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Once takes messages that are due, delivers them, and returns how many it took: 0 when
// there was nothing to do. The error is one of the database; failed deliveries are none.
func (r *Relay) Once(ctx context.Context) (int, error) {
	holder := mapper.NewUUID().String()
	select {
	case r.taking <- struct{}{}:
	case <-ctx.Done():
		return 0, nil
	}
	until := time.Now().Add(r.opts.Lease)
	lanes, err := r.take(ctx, holder, until)
	<-r.taking
	if err != nil {
		return 0, err
	}
	n := 0
	for _, lane := range lanes {
		n += len(lane)
		if err := r.deliver(ctx, holder, until, lane); err != nil {
			return n, err
		}
	}
	return n, nil
}

// deliver hands on the messages of one key, in order. After a failure, and when the lease
// is over, the rest is let go.
func (r *Relay) deliver(ctx context.Context, holder string, until time.Time, lane []*Message) error {
	for i, m := range lane {
		if ctx.Err() != nil || !time.Now().Before(until) {
			return r.letGo(ctx, holder, lane[i:])
		}
		if failure := r.call(ctx, until, m); failure != nil {
			r.opts.OnError(ctx, m, failure)
			if err := r.failed(ctx, holder, m, failure); err != nil {
				return err
			}
			return r.letGo(ctx, holder, lane[i+1:])
		}
		_, err := orm.NativeDelete[Message](context.WithoutCancel(ctx), r.db.Fork(), orm.M{"id": m.ID, "holder": holder})
		if err != nil {
			return err
		}
	}
	return nil
}

// call runs the handler.
func (r *Relay) call(ctx context.Context, until time.Time, m *Message) (err error) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("outbox: the handler panicked: %v", p)
		}
	}()
	return r.handle(ctx, m)
}

// failed notes a failure, and when to try again.
func (r *Relay) failed(ctx context.Context, holder string, m *Message, failure error) error {
	m.Attempts++
	set := orm.M{"attempts": m.Attempts, "lastError": failure.Error(), "after": time.Now().Add(r.opts.Backoff(m.Attempts)), "holder": "", "leasedUntil": nil}
	if r.opts.MaxAttempts > 0 && m.Attempts >= r.opts.MaxAttempts {
		set["dead"] = true
	}
	_, err := orm.NativeUpdate[Message](context.WithoutCancel(ctx), r.db.Fork(), orm.M{"id": m.ID, "holder": holder}, set)
	return err
}

// letGo ends the lease of messages that were not tried.
func (r *Relay) letGo(ctx context.Context, holder string, lane []*Message) error {
	if len(lane) == 0 {
		return nil
	}
	_, err := orm.NativeUpdate[Message](context.WithoutCancel(ctx), r.db.Fork(), orm.M{"id": ids(lane), "holder": holder}, orm.M{"holder": "", "leasedUntil": nil})
	return err
}

func ids(list []*Message) []int64 {
	out := make([]int64, len(list))
	for i, m := range list {
		out[i] = m.ID
	}
	return out
}
