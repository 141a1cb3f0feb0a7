package behaviour_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// A lagRack has parts, tags and a lamp, which a replica that lags behind tells otherwise.
type (
	lagRack struct {
		ID    int64 `orm:",pk,assigned"`
		Name  string
		Boxes orm.Collection[lagBox] `orm:",mappedBy=Rack,orphanRemoval,cascade=persist|remove"`
		Tags  orm.Collection[lagTag]
		Lamp  orm.Ref[lagLamp] `orm:",oneToOne,orphanRemoval"`
	}
	lagBox struct {
		ID   int64 `orm:",pk,assigned"`
		Name string
		Rack orm.Ref[lagRack]
	}
	lagTag struct {
		ID   int64 `orm:",pk,assigned"`
		Name string
	}
	lagLamp struct {
		ID   int64 `orm:",pk,assigned"`
		Name string
		Rack orm.Ref[lagRack] `orm:",oneToOne,mappedBy=Lamp"`
	}
)

var lagEntities = []any{lagRack{}, lagBox{}, lagTag{}, lagLamp{}}

// lagging returns a database whose replica has not heard of the last changes, and its primary.
func lagging(t *testing.T) (db, primary *orm.DB) {
	t.Helper()
	ctx := t.Context()
	open := func(c driver.Connector) *orm.DB {
		db, err := orm.Open(ctx, c, orm.Entities(lagEntities...))
		ok(t, err)
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	var servers []driver.Connector
	for _, news := range []bool{true, false} {
		c := sqlite.File(filepath.Join(t.TempDir(), "racks.db"))
		servers = append(servers, c)
		own := open(c)
		ok(t, schema.Create(ctx, own))
		em := own.Fork()
		rack := &lagRack{ID: 1, Name: "a", Lamp: orm.To(&lagLamp{ID: 1, Name: "old"})}
		rack.Boxes.Add(&lagBox{ID: 1, Name: "old"})
		rack.Tags.Add(&lagTag{ID: 1, Name: "old"})
		spare := &lagLamp{ID: 3, Name: "spare"}
		em.Persist(rack, &lagRack{ID: 2, Name: "b"}, spare)
		ok(t, em.Flush(ctx))
		if news {
			primary = own
			former := rack.Lamp.Get()
			rack.Boxes.Add(&lagBox{ID: 2, Name: "new"})
			rack.Tags.Add(&lagTag{ID: 2, Name: "new"})
			rack.Lamp = orm.To(&lagLamp{ID: 2, Name: "new"})
			other, err := orm.FindOneOrFail[lagRack](ctx, em, 2)
			ok(t, err)
			other.Lamp = orm.To(former) // so that it is no orphan
			ok(t, em.Flush(ctx))
		}
	}
	return open(replica.New(servers[0], servers[1:], replica.Options{})), primary
}

// TestFlushReadsThePrimary: what a flush must know before it writes comes from the server that is written to.
func TestFlushReadsThePrimary(t *testing.T) {
	ctx := t.Context()
	steps := map[string]func(t *testing.T, em *orm.EntityManager, rack *lagRack){
		"cascade": func(_ *testing.T, em *orm.EntityManager, rack *lagRack) { em.Remove(rack) },
		"wipe": func(_ *testing.T, _ *orm.EntityManager, rack *lagRack) {
			rack.Boxes.RemoveAll()
			rack.Tags.RemoveAll()
		},
		"inverse": func(t *testing.T, em *orm.EntityManager, rack *lagRack) {
			lamp, err := orm.FindOneOrFail[lagLamp](ctx, em, 3)
			ok(t, err)
			lamp.Rack = orm.To(rack) // the lamp of the rack becomes an orphan
		},
	}
	for name, want := range map[string][4]int64{ // racks, boxes, lamps, links of the rack
		"cascade": {1, 0, 2, 0},
		"wipe":    {2, 0, 3, 0},
		"inverse": {2, 2, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			db, primary := lagging(t)
			em := db.Fork()
			rack, err := orm.FindOneOrFail[lagRack](replica.OnPrimary(ctx), em, 1)
			ok(t, err)
			steps[name](t, em, rack)
			ok(t, em.Flush(ctx))
			var got [4]int64
			var errs [4]error
			em = primary.Fork()
			got[0], errs[0] = orm.Count[lagRack](ctx, em, nil)
			got[1], errs[1] = orm.Count[lagBox](ctx, em, nil)
			got[2], errs[2] = orm.Count[lagLamp](ctx, em, nil)
			if name != "cascade" {
				rack, err = orm.FindOneOrFail[lagRack](ctx, em, 1, orm.Populate("tags"))
				ok(t, err)
				got[3] = int64(rack.Tags.Len())
			}
			for _, err := range errs {
				ok(t, err)
			}
			if got != want {
				t.Errorf("racks, boxes, lamps, links are %v, want %v", got, want)
			}
		})
	}
}

// TestUpsertEntityReadsThePrimary: an entity takes its row as it was written.
func TestUpsertEntityReadsThePrimary(t *testing.T) {
	ctx := t.Context()
	db, primary := lagging(t)
	for _, id := range []int64{1, 9} { // one that the replica has otherwise, and one that it lacks
		em := db.Fork()
		rack, err := orm.UpsertEntity(ctx, em, &lagRack{ID: id, Name: "fresh"})
		ok(t, err)
		if rack.Name != "fresh" {
			t.Errorf("%d is %q", id, rack.Name)
		}
		rack.Name = "a"
		ok(t, em.Flush(ctx))
		stored, err := orm.FindOneOrFail[lagRack](ctx, primary.Fork(), id)
		ok(t, err)
		if stored.Name != "a" {
			t.Errorf("%d is stored as %q", id, stored.Name)
		}
	}
}

// TestReadsSeeWhatTheyFlush: a read before which the flush mode writes is answered by the server that was written
// to, with what is loaded along; the next one by a replica again.
func TestReadsSeeWhatTheyFlush(t *testing.T) {
	ctx := t.Context()
	for name, count := range map[string]func(em *orm.EntityManager) (int, error){
		"find": func(em *orm.EntityManager) (int, error) {
			list, err := orm.Find[lagBox](ctx, em, nil)
			return len(list), err
		},
		"populate": func(em *orm.EntityManager) (n int, err error) {
			list, err := orm.Find[lagRack](ctx, em, nil, orm.Populate("boxes"))
			for _, rack := range list {
				n += rack.Boxes.Len()
			}
			return n, err
		},
		"count": func(em *orm.EntityManager) (int, error) {
			n, err := orm.Count[lagBox](ctx, em, nil)
			return int(n), err
		},
		"stream": func(em *orm.EntityManager) (n int, err error) {
			for _, failed := range orm.Stream[lagBox](ctx, em, nil) {
				n, err = n+1, errors.Join(err, failed)
			}
			return n, err
		},
		"query": func(em *orm.EntityManager) (int, error) {
			list, err := orm.All[lagBox](ctx, em, orm.QB[lagBox](em, "b"))
			return len(list), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := lagging(t)
			em := db.Fork()
			em.Persist(&lagBox{ID: 3, Name: "mine"})
			n, err := count(em)
			ok(t, err)
			if n != 3 && (name != "populate" || n != 2) { // what lies in no rack
				t.Errorf("%d boxes, and the primary has three", n)
			}
			n, err = count(db.Fork())
			ok(t, err)
			if n != 1 {
				t.Errorf("%d boxes, and the replica has one", n)
			}
			em.Clear()
			if n, err = count(em); n != 1 || err != nil {
				t.Errorf("%d boxes after that, %v", n, err)
			}
		})
	}
}
