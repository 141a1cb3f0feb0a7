package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// zookeeper has inverse sides of one reference by type: all animals, and two kinds of them.
type zookeeper struct {
	ID      int64
	Name    string
	Hounds  rel.Collection[hound]    `orm:",mappedBy=Owner,orderBy=name"`
	Animals rel.Collection[creature] `orm:",mappedBy=Owner,orderBy=name"`
	Lynxes  []*lynx                  `orm:",mappedBy=Owner,orderBy=name"`
	Old     rel.Collection[hound]    `orm:",mappedBy=Owner,where={\"age >=\": 10},orderBy=name"`
}

type creature struct {
	ID    int64
	Name  string
	Age   int
	Owner rel.Ref[zookeeper]
}

type hound struct {
	creature
	Trick string
}

type lynx struct {
	creature
	Wild bool
}

// zoos runs fn on every engine with the animals in one table, and in a table for each type.
func zoos(t *testing.T, fn func(t *testing.T, e engine)) {
	for _, kind := range []mapper.Inheritance{mapper.SingleTable, mapper.TablePerType} {
		root := mapper.Define(func(e *mapper.Builder[creature]) {
			if kind == mapper.SingleTable {
				e.SingleTable()
			} else {
				e.TablePerType()
			}
		})
		t.Run(kind.String(), func(t *testing.T) { engines(t, []any{zookeeper{}, root, hound{}, lynx{}}, fn) })
	}
}

// writeZoo writes Ann with two hounds, a lynx and a creature of no kind, each put in at
// another side, and Bob with none.
func writeZoo(t *testing.T, e engine) (ann, bob *zookeeper) {
	t.Helper()
	ann, bob = &zookeeper{Name: "Ann"}, &zookeeper{Name: "Bob"}
	ann.Hounds.Add(&hound{creature: creature{Name: "h1", Age: 12}, Trick: "sit"})
	ann.Lynxes = append(ann.Lynxes, &lynx{creature: creature{Name: "l1", Age: 11}})
	ann.Animals.Add(&creature{Name: "c1", Age: 20})
	em := e.db.Fork()
	em.Persist(ann, bob, &hound{creature: creature{Name: "h2", Age: 3, Owner: orm.To(ann)}})
	ok(t, em.Flush(t.Context()))
	creatureNames(t, ann.Animals.Items(), "c1", "h1", "h2", "l1")
	houndNames(t, ann.Hounds.Items(), "h1", "h2")
	if len(ann.Lynxes) != 1 {
		t.Errorf("%d lynxes", len(ann.Lynxes))
	}
	idle(t, em)
	return ann, bob
}

func houndNames(t *testing.T, list []*hound, want ...string) {
	t.Helper()
	got := map[string]bool{}
	for _, h := range list {
		got[h.Name] = true
	}
	for _, name := range want {
		if !got[name] || len(got) != len(want) {
			t.Errorf("hounds %v, want %v", got, want)
		}
	}
	if len(want) == 0 && len(got) > 0 {
		t.Errorf("hounds %v, want none", got)
	}
}

func creatureNames(t *testing.T, list []*creature, want ...string) {
	t.Helper()
	got := map[string]bool{}
	for _, c := range list {
		got[c.Name] = true
	}
	for _, name := range want {
		if !got[name] || len(got) != len(want) {
			t.Errorf("creatures %v, want %v", got, want)
		}
	}
}

// TestTypedInverseReads: populate by every strategy and conditions see the rows of the type
// of each side alone.
func TestTypedInverseReads(t *testing.T) {
	zoos(t, func(t *testing.T, e engine) {
		writeZoo(t, e)
		for _, strategy := range []string{"select-in", "joined"} {
			if strategy == "joined" && !e.caps.JoinsToMany {
				continue
			}
			em := e.db.Fork()
			ann, err := orm.FindOneOrFail[zookeeper](t.Context(), em, orm.M{"name": "Ann"}, orm.Populate("hounds", "animals", "lynxes", "old"), orm.Strategy(strategy))
			ok(t, err)
			houndNames(t, ann.Hounds.Items(), "h1", "h2")
			houndNames(t, ann.Old.Items(), "h1")
			creatureNames(t, ann.Animals.Items(), "c1", "h1", "h2", "l1")
			if len(ann.Lynxes) != 1 || ann.Hounds.Items()[0].Trick != "sit" || ann.Hounds.Items()[0].Owner.Get() != ann {
				t.Errorf("%s: %d lynxes, %+v", strategy, len(ann.Lynxes), ann.Hounds.Items()[0])
			}
			idle(t, em)
		}
		for _, c := range []struct {
			cond any
			want int64
		}{
			{orm.M{"hounds.name": "h2"}, 1}, {orm.M{"hounds.name": "l1"}, 0}, {orm.M{"lynxes.name": "l1"}, 1}, {orm.M{"lynxes.name": "h1"}, 0},
			{orm.M{"animals.name": "l1"}, 1}, {orm.M{"hounds": orm.M{"$size": 2}}, 1}, {orm.M{"animals": orm.M{"$size": 4}}, 1},
			{orm.M{"hounds": orm.M{"$none": orm.M{}}}, 1}, {orm.M{"hounds": orm.M{"$every": orm.M{"age <": 15}}}, 2},
			{orm.M{"old": orm.M{"$size": 1}}, 1}, {orm.M{"hounds.owner.lynxes.name": "l1"}, 1},
		} {
			n, err := orm.Count[zookeeper](t.Context(), e.db.Fork(), c.cond)
			ok(t, err)
			if n != c.want {
				t.Errorf("%v counts %d", c.cond, n)
			}
		}
		em := e.db.Fork()
		ann, err := orm.FindOneOrFail[zookeeper](t.Context(), em, orm.M{"name": "Ann"})
		ok(t, err)
		counts, err := orm.LoadCount(t.Context(), em, []*zookeeper{ann}, "hounds", nil)
		ok(t, err)
		if counts[ann] != 2 {
			t.Errorf("%d hounds are counted", counts[ann])
		}
	})
}

// TestTypedInverseWrites: a change at any side, and of the reference, is seen at all others
// that can hold the row, and is written once.
func TestTypedInverseWrites(t *testing.T) {
	zoos(t, func(t *testing.T, e engine) {
		writeZoo(t, e)
		em := e.db.Fork()
		list, err := orm.Find[zookeeper](t.Context(), em, nil, orm.OrderBy("name"), orm.Populate("hounds", "animals", "lynxes"))
		ok(t, err)
		ann, bob := list[0], list[1]
		h1 := ann.Hounds.Items()[0]
		bob.Hounds.Add(h1)
		houndNames(t, ann.Hounds.Items(), "h2")
		creatureNames(t, ann.Animals.Items(), "c1", "h2", "l1")
		creatureNames(t, bob.Animals.Items(), "h1")
		l1 := ann.Lynxes[0]
		l1.Owner = orm.To(bob)
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		if len(ann.Lynxes) != 0 || len(bob.Lynxes) != 1 || bob.Lynxes[0] != l1 {
			t.Errorf("lynxes %d and %d", len(ann.Lynxes), len(bob.Lynxes))
		}
		creatureNames(t, bob.Animals.Items(), "h1", "l1")
		houndNames(t, bob.Hounds.Items(), "h1")
		bob.Animals.Remove(&h1.creature)
		houndNames(t, bob.Hounds.Items())
		ok(t, em.Flush(t.Context()))
		idle(t, em)

		again := e.db.Fork()
		bob, err = orm.FindOneOrFail[zookeeper](t.Context(), again, orm.M{"name": "Bob"}, orm.Populate("hounds", "animals", "lynxes"))
		ok(t, err)
		houndNames(t, bob.Hounds.Items())
		creatureNames(t, bob.Animals.Items(), "l1")
		h, err := orm.FindOneOrFail[hound](t.Context(), again, orm.M{"name": "h1"})
		ok(t, err)
		if !h.Owner.IsNil() {
			t.Errorf("h1 belongs to %v", h.Owner.Key())
		}
	})
}

// TestTypedInverseReplaced: to replace a side that was not read takes the rows of its own
// type away, and no others.
func TestTypedInverseReplaced(t *testing.T) {
	zoos(t, func(t *testing.T, e engine) {
		writeZoo(t, e)
		em := e.db.Fork()
		all, err := orm.Find[creature](t.Context(), em, nil) // in memory, with their owner
		ok(t, err)
		ann, err := orm.FindOneOrFail[zookeeper](t.Context(), em, orm.M{"name": "Ann"})
		ok(t, err)
		ann.Hounds.Set(&hound{creature: creature{Name: "h3"}})
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		for _, c := range all {
			if kept := c.Name == "l1" || c.Name == "c1"; c.Owner.IsNil() == kept {
				t.Errorf("%s is kept: %v", c.Name, !c.Owner.IsNil())
			}
		}
		ann, err = orm.FindOneOrFail[zookeeper](t.Context(), e.db.Fork(), orm.M{"name": "Ann"}, orm.Populate("animals"))
		ok(t, err)
		creatureNames(t, ann.Animals.Items(), "c1", "h3", "l1")
	})
}

// TestTypedInverseRollback: what a rollback takes back it takes back at all sides.
func TestTypedInverseRollback(t *testing.T) {
	zoos(t, func(t *testing.T, e engine) {
		writeZoo(t, e)
		em := e.db.Fork()
		list, err := orm.Find[zookeeper](t.Context(), em, nil, orm.OrderBy("name"), orm.Populate("hounds", "animals", "lynxes"))
		ok(t, err)
		ann, bob := list[0], list[1]
		failed := errors.New("no")
		err = em.Transactional(t.Context(), func(ctx context.Context, tx *orm.EntityManager) error {
			ann.Hounds.Add(&hound{creature: creature{Name: "h9"}})
			ann.Lynxes[0].Owner = orm.To(bob)
			if err := tx.Flush(ctx); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		ok(t, em.Flush(t.Context())) // the steps of the user stay, and are written now
		idle(t, em)
		again, err := orm.Find[zookeeper](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"), orm.Populate("hounds", "animals", "lynxes"))
		ok(t, err)
		houndNames(t, again[0].Hounds.Items(), "h1", "h2", "h9")
		creatureNames(t, again[0].Animals.Items(), "c1", "h1", "h2", "h9")
		creatureNames(t, again[1].Animals.Items(), "l1")
		houndNames(t, ann.Hounds.Items(), "h1", "h2", "h9")
		creatureNames(t, ann.Animals.Items(), "c1", "h1", "h2", "h9")
	})
}

// kennel has two inverse sides of one reference with the same items.
type kennel struct {
	ID    int64
	Mutts rel.Collection[mutt] `orm:",mappedBy=Owner"`
	Again rel.Collection[mutt] `orm:",mappedBy=Owner"`
}

type mutt struct {
	ID    int64
	Owner rel.Ref[kennel]
}

// TestTypedInverseMistakes are those of the mapping.
func TestTypedInverseMistakes(t *testing.T) {
	root := mapper.Define(func(e *mapper.Builder[creature]) { e.SingleTable() })
	orphans := func(field string) any {
		return mapper.Define(func(e *mapper.Builder[zookeeper]) { e.Field(field).OrphanRemoval() })
	}
	for want, entities := range map[string][]any{
		"mapper: behaviour_test.kennel.Again: mappedBy: mutt.Owner already has the inverse side kennel.mutts; a further one is a collection of another subtype, or has a condition of its own (where)": {
			kennel{}, mutt{}},
		"mapper: 2 mistakes in the mapping\n" +
			"\tbehaviour_test.zookeeper.Animals: mappedBy: creature.Owner has several inverse sides, none of which can have orphanRemoval: zookeeper.hounds\n" +
			"\tbehaviour_test.zookeeper.Lynxes: mappedBy: creature.Owner has several inverse sides, none of which can have orphanRemoval: zookeeper.hounds": {
			orphans("Hounds"), root, hound{}, lynx{}},
		"mapper: behaviour_test.zookeeper.Lynxes: mappedBy: creature.Owner has several inverse sides, none of which can have orphanRemoval: zookeeper.lynxes": {
			orphans("Lynxes"), root, hound{}, lynx{}},
	} {
		_, err := orm.Open(t.Context(), memory.New(), orm.Entities(entities...))
		if !errors.Is(err, mapper.ErrMapping) || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}
