package behaviour_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/weft-orm/weft/cache"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// TestCacheSeesWhatGoesAlong: what a delete or an update in bulk changes by the rules of
// references is asked for again, and so are links.
func TestCacheSeesWhatGoesAlong(t *testing.T) {
	options := []orm.Option{orm.ResultCache(cache.Memory(0), orm.CacheAll(time.Minute))}
	enginesWith(t, options, house(), func(t *testing.T, e engine) {
		ok(t, e.refused)
		build(t, e)
		if got := standing(t, e); got != whole {
			t.Fatalf("got %s", got)
		}
		_, err := orm.NativeDelete[Chamber](t.Context(), e.db.Fork(), orm.M{"name": "bath"})
		ok(t, err)
		want := "bed hall | front | one | side | two | blue true true | red false false | old " +
			"| all 1 rooms | all 1 halls | all 4 doors | short 0 rooms | short 0 halls | short 1 doors"
		if got := standing(t, e); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// tower loses its hill, or follows it, when the name of that changes.
type (
	hill struct {
		ID   int64
		Name string `orm:",unique,length=10"`
	}
	tower struct {
		ID   int64
		On   rel.Ref[hill] `orm:",references=name,onUpdate=set null"`
		Sees rel.Ref[hill] `orm:",references=name,onUpdate=cascade"`
	}
)

// TestCacheSeesRenames: rows whose reference follows a value that is changed are asked for again,
// whoever changes it.
func TestCacheSeesRenames(t *testing.T) {
	options := []orm.Option{orm.ResultCache(cache.Memory(0), orm.CacheAll(time.Minute))}
	enginesWith(t, options, []any{hill{}, tower{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		for _, change := range []func(em *orm.EntityManager) error{
			func(em *orm.EntityManager) error {
				_, err := orm.NativeUpdate[hill](t.Context(), em, orm.M{"name": "a"}, orm.M{"name": "b"})
				return err
			},
			func(em *orm.EntityManager) error {
				h, err := orm.FindOneOrFail[hill](t.Context(), em, orm.M{"name": "a"})
				if err != nil {
					return err
				}
				h.Name = "b"
				return em.Flush(t.Context())
			},
		} {
			em := e.db.Fork()
			a := &hill{Name: "a"}
			x := &tower{On: rel.To(a), Sees: rel.To(a)}
			em.Persist(x)
			ok(t, em.Flush(t.Context()))
			tells := func() string {
				got, err := orm.FindOneOrFail[tower](t.Context(), e.db.Fork(), x.ID)
				ok(t, err)
				n, err := orm.Count[tower](t.Context(), e.db.Fork(), orm.M{"on": nil})
				ok(t, err)
				return fmt.Sprint(got.On.IsNil(), got.Sees.IsNil(), n)
			}
			if got := tells(); got != "false false 0" {
				t.Fatalf("at first: %s", got)
			}
			ok(t, change(e.db.Fork()))
			if got := tells(); got != "true false 1" {
				t.Errorf("after the name was changed: %s", got)
			}
			_, err := orm.NativeDelete[tower](t.Context(), e.db.Fork(), nil, orm.AllowAll())
			ok(t, err)
			_, err = orm.NativeDelete[hill](t.Context(), e.db.Fork(), nil, orm.AllowAll())
			ok(t, err)
		}
	})
}
