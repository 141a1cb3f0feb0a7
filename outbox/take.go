package outbox

import (
	"context"
	"time"

	"github.com/weft-orm/weft/orm"
)

// take leases messages that are due: for each key from its first message on, so that
// nobody can overtake it.
func (r *Relay) take(ctx context.Context, holder string, until time.Time) ([][]*Message, error) {
	lanes, err := r.due(ctx)
	if err != nil || len(lanes) == 0 {
		return nil, err
	}
	lease := r.leaseEach
	if r.db.Engine().Caps().LockOptions {
		lease = r.leaseLocked
	}
	taken := lanes[:0]
	for _, lane := range lanes {
		mine, err := lease(ctx, holder, until, lane)
		if err != nil {
			for _, lane := range taken {
				_ = r.letGo(ctx, holder, lane) // else the lease ends by itself
			}
			return nil, err
		}
		if len(mine) > 0 {
			taken = append(taken, mine)
		}
	}
	return taken, nil
}

// pageSize is how many messages are looked at by one query.
const pageSize = 200

// due returns messages nobody holds, at most a batch of them, by key: the first that is
// stored of each, and those behind it. A first one that is held, or waits, keeps the
// others of its key back.
func (r *Relay) due(ctx context.Context) ([][]*Message, error) {
	now := time.Now()
	at := map[string]int{} // the lane of a key, -1 when it is kept back
	var lanes [][]*Message
	n, last := 0, int64(0)
	for n < r.opts.Batch {
		page, err := orm.Find[Message](ctx, r.db.Fork(), orm.M{"id >": last, "dead": false}, orm.OrderBy("id"), orm.Limit(pageSize), orm.ReadOnly())
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			lane, known := at[m.Key]
			free := !m.After.After(now) && (m.LeasedUntil == nil || !m.LeasedUntil.After(now))
			switch {
			case !free || known && lane < 0:
				at[m.Key] = -1 // what stands before it in its lane stays
			case n == r.opts.Batch:
			case known:
				lanes[lane] = append(lanes[lane], m)
				n++
			default:
				at[m.Key] = len(lanes)
				lanes = append(lanes, []*Message{m})
				n++
			}
		}
		if len(page) < pageSize {
			break
		}
		last = page[len(page)-1].ID
	}
	return lanes, nil
}

// free is the condition of a message that is due and that nobody holds.
func free(id any) orm.M {
	now := time.Now()
	return orm.M{"id": id, "dead": false, "after <=": now, "$or": []any{orm.M{"leasedUntil": nil}, orm.M{"leasedUntil <=": now}}}
}

// leaseEach leases the messages of a key one by one, up to the first that is not free any more.
func (r *Relay) leaseEach(ctx context.Context, holder string, until time.Time, lane []*Message) ([]*Message, error) {
	for i, m := range lane {
		n, err := orm.NativeUpdate[Message](ctx, r.db.Fork(), free(m.ID), orm.M{"holder": holder, "leasedUntil": until})
		if err != nil {
			if i > 0 {
				_ = r.letGo(ctx, holder, lane[:i]) // else the lease ends by itself
			}
			return nil, err
		}
		if n == 0 {
			return lane[:i], nil
		}
	}
	return lane, nil
}

// leaseLocked leases the messages of a key together, without waiting for other relays: a
// row that one of them has locked is left to it.
func (r *Relay) leaseLocked(ctx context.Context, holder string, until time.Time, lane []*Message) ([]*Message, error) {
	var mine []*Message
	err := r.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		mine = nil
		locked, err := orm.Find[Message](ctx, em, free(ids(lane)), orm.LockForUpdate(), orm.SkipLocked(), orm.OrderBy("id"), orm.ReadOnly())
		if err != nil {
			return err
		}
		for i := 0; i < len(locked) && locked[i].ID == lane[i].ID; i++ {
			mine = append(mine, lane[i])
		}
		if len(mine) == 0 {
			return nil
		}
		_, err = orm.NativeUpdate[Message](ctx, em, orm.M{"id": ids(mine)}, orm.M{"holder": holder, "leasedUntil": until})
		return err
	})
	if err != nil {
		return nil, err
	}
	return mine, nil
}
