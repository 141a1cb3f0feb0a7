package mongo_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var linksFor = flag.Duration("links.for", time.Second, "how long units change the links of one owner")

type topic struct {
	ID   int64
	Name string
}

type post struct {
	ID     int64
	Title  string
	Topics rel.Collection[topic]
}

// TestLinksOfOneOwner lets units add and remove different links of one owner at once:
// none of them fails, and what each did last is what is there.
func TestLinksOfOneOwner(t *testing.T) {
	const units = 8
	w := open(t, post{}, topic{})
	em := w.Fork()
	em.Persist(&post{ID: 1})
	for i := range units * 2 {
		em.Persist(&topic{ID: int64(i + 1)})
	}
	ok(t, em.Flush(t.Context()))
	ctx, cancel := context.WithTimeout(t.Context(), *linksFor)
	defer cancel()
	var work sync.WaitGroup
	linked := make([]bool, units*2)
	var flushes [units]int
	for i := range units {
		work.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				if err := swap(t.Context(), w.DB, linked[2*i:2*i+2], int64(2*i+1), round); err != nil {
					t.Errorf("unit %d, round %d: %v", i, round, err)
					return
				}
				flushes[i]++
			}
		})
	}
	work.Wait()
	got, err := orm.FindOneOrFail[post](t.Context(), w.Fork(), int64(1), orm.Populate("topics"))
	ok(t, err)
	var have, want []int64
	for _, topic := range got.Topics.Items() {
		have = append(have, topic.ID)
	}
	for i, is := range linked {
		if is {
			want = append(want, int64(i+1))
		}
	}
	slices.Sort(have)
	same(t, "links", fmt.Sprint(have), fmt.Sprint(want))
	t.Logf("flushes by unit: %v", flushes)
}

// swap adds one of two links and removes the other, by a collection that is loaded or not.
func swap(ctx context.Context, db *orm.DB, linked []bool, first int64, round int) error {
	em := db.Fork()
	var opts []orm.FindOption
	if round%2 == 0 {
		opts = append(opts, orm.Populate("topics"))
	}
	p, err := orm.FindOneOrFail[post](ctx, em, int64(1), opts...)
	if err != nil {
		return err
	}
	pair, err := orm.Find[topic](ctx, em, []any{first, first + 1}, orm.OrderBy("id"))
	if err != nil {
		return err
	}
	add := round % 2
	p.Topics.Add(pair[add])
	if round > 0 {
		p.Topics.Remove(pair[1-add])
	}
	if err := em.Flush(ctx); err != nil {
		return err
	}
	linked[add], linked[1-add] = true, false
	return nil
}

// TestRemovedTargetLeavesAllOwners removes a target that owners hold who are not loaded.
func TestRemovedTargetLeavesAllOwners(t *testing.T) {
	w := open(t, post{}, topic{})
	em := w.Fork()
	gone, stays := &topic{ID: 1}, &topic{ID: 2}
	em.Persist(gone, stays)
	for i := range 3 {
		p := &post{ID: int64(i + 1)}
		p.Topics.Add(gone, stays)
		em.Persist(p)
	}
	ok(t, em.Flush(t.Context()))
	em = w.Fork()
	found, err := orm.FindOneOrFail[topic](t.Context(), em, int64(1))
	ok(t, err)
	em.Remove(found)
	w.sent.take("")
	ok(t, em.Flush(t.Context()))
	same(t, "update", w.sent.updates(t), `{"topics":{"$in":[1]}} -> {"$pullAll":{"topics":[1]}}`)
	posts, err := orm.Find[post](t.Context(), w.Fork(), nil, orm.Populate("topics"))
	ok(t, err)
	for _, p := range posts {
		if items := p.Topics.Items(); len(items) != 1 || items[0].ID != 2 {
			t.Errorf("post %d has %d topics", p.ID, len(items))
		}
	}
}
