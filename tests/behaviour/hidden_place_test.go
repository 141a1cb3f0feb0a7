package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// A hidPost has one sign at a time; removed signs keep their place.
type (
	hidPost struct {
		ID   int64
		Name string
		Sign orm.Ref[hidSign] `orm:",oneToOne,mappedBy=Post"`
		Lamp orm.Ref[hidLamp] `orm:",oneToOne,mappedBy=Post,orphanRemoval"`
	}
	hidSign struct {
		ID   int64
		Name string
		Gone *time.Time       `orm:",softDelete"`
		Post orm.Ref[hidPost] `orm:",oneToOne"`
	}
	hidLamp struct {
		ID   int64
		Name string
		Gone *time.Time       `orm:",softDelete"`
		Post orm.Ref[hidPost] `orm:",oneToOne"`
	}
)

// TestPlacesPastFilters: the side without columns of a one-to-one relation, read or not, is assigned and emptied
// whatever a filter hides behind it; who was removed before gives up the place to a new one, and stays removed.
func TestPlacesPastFilters(t *testing.T) {
	engines(t, []any{hidPost{}, hidSign{}, hidLamp{}}, func(t *testing.T, e engine) {
		ctx, long := t.Context(), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, there := range []string{"nobody", "somebody", "removed"} {
			for _, read := range []bool{false, true} {
				for _, then := range []string{"emptied", "assigned", "assigned from the other side", "assigned by key"} {
					name := there + ", " + then
					em := e.db.Fork()
					post := &hidPost{Name: name}
					switch there {
					case "somebody":
						post.Sign, post.Lamp = orm.To(&hidSign{Name: "old"}), orm.To(&hidLamp{Name: "old"})
					case "removed":
						post.Sign, post.Lamp = orm.To(&hidSign{Name: "old", Gone: &long}), orm.To(&hidLamp{Name: "old", Gone: &long})
					}
					em.Persist(post)
					ok(t, em.Flush(ctx))
					em = e.db.Fork()
					var populate []orm.FindOption
					if read {
						populate = append(populate, orm.Populate("sign", "lamp"))
					}
					post, err := orm.FindOneOrFail[hidPost](ctx, em, post.ID, populate...)
					ok(t, err)
					sign, lamp := &hidSign{Name: "new"}, &hidLamp{Name: "new"}
					switch then {
					case "emptied":
						post.Sign, post.Lamp = orm.Ref[hidSign]{}, orm.Ref[hidLamp]{}
					case "assigned":
						post.Sign, post.Lamp = orm.To(sign), orm.To(lamp)
					case "assigned by key":
						if !read { // where the post is in memory its other side tells
							em.Clear()
						}
						sign.Post, lamp.Post = orm.ToKey[hidPost](post.ID), orm.ToKey[hidPost](post.ID)
						em.Persist(sign, lamp)
					default:
						sign.Post, lamp.Post = orm.To(post), orm.To(post)
						em.Persist(sign, lamp)
					}
					if err := em.Flush(ctx); err != nil {
						t.Errorf("%s, read %v: %v", name, read, err)
						continue
					}
					idle(t, em)
					stored, err := orm.FindOneOrFail[hidPost](ctx, e.db.Fork(), post.ID, orm.Populate("sign", "lamp"))
					ok(t, err)
					if then != "emptied" {
						if stored.Sign.Get().Name != "new" || stored.Lamp.Get().Name != "new" {
							t.Errorf("%s, read %v: %v, %v", name, read, stored.Sign, stored.Lamp)
						}
					} else if n, err := orm.Count[hidSign](ctx, e.db.Fork(), orm.M{"post": post.ID}); n != 0 || err != nil {
						t.Errorf("%s, read %v: %d signs, %v", name, read, n, err)
					}
					if there == "removed" {
						n, err := orm.Count[hidLamp](ctx, e.db.Fork(), orm.M{"name": "old", "gone": long}, orm.WithoutFilter(orm.SoftDeleteFilter))
						if n == 0 || err != nil {
							t.Errorf("%s, read %v: the removed lamp is another: %v", name, read, err)
						}
					}
					_, err = orm.NativeDeleteHard[hidLamp](ctx, e.db.Fork(), nil, orm.AllowAll(), orm.WithoutSoftDelete())
					ok(t, err)
					_, err = orm.NativeDeleteHard[hidSign](ctx, e.db.Fork(), nil, orm.AllowAll(), orm.WithoutSoftDelete())
					ok(t, err)
				}
			}
		}
	})
}

// A hidRoom has one key at a time, and a tenant has its keys.
type (
	hidRoom struct {
		ID  int64
		Key orm.Ref[hidKey] `orm:",oneToOne,mappedBy=Room"`
	}
	hidKey struct {
		ID     int64
		Tenant int64
		Room   orm.Ref[hidRoom] `orm:",oneToOne"`
	}
)

// TestPlacesBehindAGuard: a row that a guard hides does not give up its place, and nothing is written.
func TestPlacesBehindAGuard(t *testing.T) {
	tenant := []orm.Option{orm.FilterFor("tenant", mapper.Filter{Name: "tenant", Default: true, Guard: true})}
	enginesWith(t, tenant, []any{hidRoom{}, hidKey{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		fork := func(tenant int64) *orm.EntityManager {
			return e.db.Fork(orm.WithFilter("tenant", orm.M{"tenant": tenant}))
		}
		em, room := fork(8), &hidRoom{}
		theirs := &hidKey{Tenant: 8, Room: orm.To(room)}
		em.Persist(theirs)
		ok(t, em.Flush(ctx))
		for name, take := range map[string]func(*orm.EntityManager, *hidKey){
			"by key": func(_ *orm.EntityManager, k *hidKey) { k.Room = orm.ToKey[hidRoom](room.ID) },
			"from the side without columns": func(em *orm.EntityManager, k *hidKey) {
				found, err := orm.FindOneOrFail[hidRoom](ctx, em, room.ID)
				ok(t, err)
				found.Key = orm.To(k)
			},
			"from the other side": func(em *orm.EntityManager, k *hidKey) {
				found, err := orm.FindOneOrFail[hidRoom](ctx, em, room.ID)
				ok(t, err)
				k.Room = orm.To(found)
			},
		} {
			em := fork(7)
			ours := &hidKey{Tenant: 7}
			take(em, ours)
			em.Persist(ours)
			guarded, is := errors.AsType[*orm.GuardError](em.Flush(ctx))
			if !is || guarded.Entity != "hidKey" || guarded.Key != theirs.ID {
				t.Errorf("%s: %v", name, guarded)
			}
		}
		if n, err := orm.Count[hidKey](ctx, fork(7), nil); n != 0 || err != nil {
			t.Errorf("%d keys were written, %v", n, err)
		}
		kept, err := orm.FindOneOrFail[hidKey](ctx, fork(8), theirs.ID)
		ok(t, err)
		if kept.Room.Key() != room.ID {
			t.Errorf("the key of another tenant opens %v", kept.Room)
		}
	})
}
