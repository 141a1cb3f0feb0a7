package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// What is kept in a vault goes with it or stays without, by the rule of each reference.
type (
	Vault struct {
		ID   int64
		Name string
	}
	// Chest goes with its vault, and Coin with its chest.
	Chest struct {
		ID    int64
		Name  string
		Vault rel.Ref[Vault] `orm:",onDelete=cascade"`
		Twin  *Chest         `orm:",onDelete=cascade"`
	}
	Coin struct {
		ID    int64
		Name  string
		Chest *Chest `orm:",onDelete=cascade"`
	}
	// Guard loses its vault and the coin it watches.
	Guard struct {
		ID    int64
		Name  string
		Vault *Vault        `orm:",onDelete=set null"`
		Coin  rel.Ref[Coin] `orm:",onDelete=set null"`
		Left  *time.Time    `orm:",softDelete"`
	}
)

// TestOnDeleteUnloaded: rows that were never read follow the deletion of what they refer to,
// also those that a filter hides, as the rules of foreign keys say, where there are none too.
func TestOnDeleteUnloaded(t *testing.T) {
	engines(t, []any{Vault{}, Chest{}, Coin{}, Guard{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		em := e.db.Fork()
		one, two := &Vault{Name: "one"}, &Vault{Name: "two"}
		oak, elm := &Chest{Name: "oak", Vault: rel.To(one)}, &Chest{Name: "elm", Vault: rel.To(two)}
		ash := &Chest{Name: "ash", Twin: oak}
		penny := &Coin{Name: "penny", Chest: ash}
		now := time.Now().UTC().Truncate(time.Second)
		em.Persist(one, two, oak, elm, ash, penny, &Coin{Name: "dime", Chest: elm})
		em.Persist(&Guard{Name: "ann", Vault: one}, &Guard{Name: "bob", Vault: two, Coin: rel.To(penny)}, &Guard{Name: "gone", Vault: one, Left: &now})
		ok(t, em.Flush(t.Context()))

		em = e.db.Fork()
		removed, err := orm.FindOneOrFail[Vault](t.Context(), em, orm.M{"name": "one"})
		ok(t, err)
		em.Remove(removed)
		ok(t, em.Flush(t.Context()))
		idle(t, em)

		chests, err := orm.Find[Chest](t.Context(), e.db.Fork(), nil)
		ok(t, err)
		coins, err := orm.Find[Coin](t.Context(), e.db.Fork(), nil)
		ok(t, err)
		if len(chests) != 1 || chests[0].Name != "elm" || len(coins) != 1 || coins[0].Name != "dime" {
			t.Errorf("got %s and %s", encode(t, chests), encode(t, coins))
		}
		guards, err := orm.Find[Guard](t.Context(), e.db.Fork(), nil, orm.WithoutFilter(orm.SoftDeleteFilter), orm.OrderBy("name"), orm.Populate("vault"))
		ok(t, err)
		if len(guards) != 3 || guards[0].Vault != nil || guards[1].Vault == nil || !guards[1].Coin.IsNil() || guards[2].Vault != nil {
			t.Errorf("got %s", encode(t, guards))
		}
	})
}

// TestNullReadBeforeRollback: a reference that the database had emptied when it was first read is
// not taken for null once the deletion is rolled back.
func TestNullReadBeforeRollback(t *testing.T) {
	engines(t, []any{Vault{}, Chest{}, Coin{}, Guard{}}, func(t *testing.T, e engine) {
		ok(t, e.refused)
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		em := e.db.Fork()
		vault, coin := &Vault{Name: "one"}, &Coin{Name: "penny"}
		em.Persist(&Guard{Name: "ann", Vault: vault, Coin: rel.To(coin)})
		ok(t, em.Flush(t.Context()))

		em = e.db.Fork()
		removed, err := orm.FindOneOrFail[Vault](t.Context(), em, orm.M{"name": "one"})
		ok(t, err)
		spent, err := orm.FindOneOrFail[Coin](t.Context(), em, orm.M{"name": "penny"})
		ok(t, err)
		ok(t, em.Begin(t.Context()))
		em.Remove(removed)
		em.Remove(spent)
		ok(t, em.Flush(t.Context()))
		ann, err := orm.FindOneOrFail[Guard](t.Context(), em, orm.M{"name": "ann"})
		ok(t, err)
		if ann.Vault != nil || !ann.Coin.IsNil() {
			t.Errorf("after the deletion it has %v and %v", ann.Vault, ann.Coin.Key())
		}
		ok(t, em.Rollback(t.Context()))
		em.Persist(removed)
		em.Persist(spent)

		if key, err := orm.Key(em, ann, "vault"); !errors.Is(err, orm.ErrNotLoaded) && key != removed.ID {
			t.Errorf("the key of the reference is %v, %v", key, err) // where weft had emptied it, it is known again
		}
		ann.Name = "anne"
		ok(t, em.Flush(t.Context()))
		ok(t, orm.Load(t.Context(), em, ann, "vault", "coin"))
		if ann.Vault != removed || ann.Coin.Get() != spent {
			t.Errorf("got %v and %v", ann.Vault, ann.Coin.Get())
		}
		idle(t, em)
	})
}
