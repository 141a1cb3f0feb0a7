package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// Hosts house lodgers, one has a key, one is a friend; all of that is emptied when a host goes.
type (
	host struct {
		ID      int64
		Name    string
		Lodgers orm.Collection[lodger] `orm:",mappedBy=Host"`
		Friends []*lodger              `orm:",mappedBy=Friend"`
		Holder  orm.Ref[lodger]        `orm:",mappedBy=Key,oneToOne"`
	}
	lodger struct {
		ID       int64
		Name     string
		Host     orm.Ref[host] `orm:",nullable,onDelete=set null"`
		FriendID *int64
		Friend   *host         `orm:",nullable,onDelete=set null"`
		Key      orm.Ref[host] `orm:",oneToOne,nullable,onDelete=set null"`
	}
)

var errBack = errors.New("back")

// TestSaidOfWhatReadsAsNull: what is said of references that read as NULL because the transaction
// has deleted what they led to is pending after its rollback, in their fields or by another view,
// brought together or flushed since or not.
func TestSaidOfWhatReadsAsNull(t *testing.T) {
	say := map[string]func(h *host, l *lodger){
		"by the other side": func(h *host, l *lodger) {
			h.Lodgers.Add(l)
			h.Friends = append(h.Friends, l)
			h.Holder = orm.To(l)
		},
		"in the field": func(h *host, l *lodger) { l.Host, l.Friend, l.Key = orm.To(h), h, orm.To(h) },
		"by scalar":    func(h *host, l *lodger) { l.Host, l.FriendID, l.Key = orm.To(h), &h.ID, orm.To(h) },
	}
	since := map[string]func(ctx context.Context, em *orm.EntityManager, h *host, l *lodger){
		"nothing": func(context.Context, *orm.EntityManager, *host, *lodger) {},
		"met":     func(_ context.Context, _ *orm.EntityManager, h *host, l *lodger) { h.Lodgers.Add(l) },
		"read": func(ctx context.Context, em *orm.EntityManager, h *host, l *lodger) {
			ok(t, orm.Load(ctx, em, l, "host", "friend", "key"))
			ok(t, orm.Load(ctx, em, h, "lodgers", "friends", "holder"))
		},
		"flushed": func(ctx context.Context, em *orm.EntityManager, h *host, l *lodger) { ok(t, em.Flush(ctx)) },
	}
	engines(t, []any{host{}, lodger{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		for said, say := range say {
			for then, since := range since {
				for _, inner := range []bool{false, true} {
					ctx, em := t.Context(), e.db.Fork()
					former, other := &host{Name: "former"}, &host{Name: "other"}
					l := &lodger{Name: "l", Host: orm.To(former), Friend: former, Key: orm.To(former)}
					em.Persist(former, other, l)
					ok(t, em.Flush(ctx))

					em = e.db.Fork()
					em.SetFlushMode(orm.FlushCommit)
					former, err := orm.FindOneOrFail[host](ctx, em, former.ID)
					ok(t, err)
					other, err = orm.FindOneOrFail[host](ctx, em, other.ID, orm.Populate("friends", "holder"))
					ok(t, err)
					taken := func(ctx context.Context, em *orm.EntityManager) error {
						em.Remove(former)
						ok(t, em.Flush(ctx))
						l, err = orm.FindOneOrFail[lodger](ctx, em, l.ID)
						ok(t, err)
						say(other, l)
						since(ctx, em, other, l)
						return errBack
					}
					rolledBack := func(ctx context.Context, em *orm.EntityManager) error {
						if err := em.Transactional(ctx, taken); !errors.Is(err, errBack) {
							t.Error(err)
						}
						return nil
					}
					if inner {
						ok(t, em.Transactional(ctx, rolledBack))
					} else {
						ok(t, rolledBack(ctx, em))
					}
					ok(t, em.Flush(ctx))
					idle(t, em)
					again, err := orm.FindOneOrFail[lodger](ctx, e.db.Fork(), l.ID, orm.Populate("host", "friend", "key"))
					ok(t, err)
					for _, h := range []*host{again.Host.Get(), again.Friend, again.Key.Get(), l.Host.Get(), l.Friend, l.Key.Get()} {
						if h == nil || h.Name != "other" {
							t.Errorf("%s, then %s, inner %v: stored %s, in memory %s", said, then, inner, encode(t, again), encode(t, l))
							break
						}
					}
				}
			}
		}
	})
}
