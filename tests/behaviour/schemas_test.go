package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	gomysql "github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// A currency is shared by all tenants; accounts, entries and labels are theirs.
type (
	Currency struct {
		Code string `orm:",pk"`
		Name string
	}
	Account struct {
		_        struct{} `orm:"schema=*"`
		ID       int64
		Owner    string                `orm:",unique"`
		Currency orm.Ref[Currency]     `orm:",noConstraint"`
		Entries  orm.Collection[Entry] `orm:",mappedBy=Account"`
		Labels   orm.Collection[Label]
		Version  int `orm:",version"`
	}
	Entry struct {
		_       struct{} `orm:"schema=*"`
		ID      int64
		Amount  int
		Account orm.Ref[Account]
	}
	Label struct {
		_    struct{} `orm:"schema=*"`
		ID   int64
		Name string
	}
)

// tenancy is an engine with two schemas for tenants.
type tenancy struct {
	name string
	open func(t *testing.T) (connector driver.Connector, tenants [2]string)
}

var tenancies = []tenancy{
	{"sqlite", func(t *testing.T) (driver.Connector, [2]string) {
		dir := t.TempDir()
		var opts []sqlite.Option
		for _, name := range []string{"one", "two"} {
			opts = append(opts, sqlite.Attach(name, filepath.Join(dir, name+".db")))
		}
		return sqlite.File(filepath.Join(dir, "main.db"), opts...), [2]string{"one", "two"}
	}},
	{"postgres", func(t *testing.T) (driver.Connector, [2]string) {
		return postgres.URL(testdb.Postgres(t)), [2]string{"Tenant 1", "tenant_2"}
	}},
	{"mysql", func(t *testing.T) (driver.Connector, [2]string) {
		var names [2]string
		for i := range names {
			config, err := gomysql.ParseDSN(testdb.MySQL(t))
			ok(t, err)
			names[i] = config.DBName
		}
		return mysql.DSN(testdb.MySQL(t)), names
	}},
	{"mongo", func(t *testing.T) (driver.Connector, [2]string) {
		uri, db := testdb.Mongo(t)
		_, one := testdb.Mongo(t)
		_, two := testdb.Mongo(t)
		return mongo.URI(uri, db), [2]string{one, two}
	}},
	{"memory", func(*testing.T) (driver.Connector, [2]string) { return memory.New(), [2]string{"one", "two"} }},
}

func openTenants(t *testing.T, c driver.Connector) *orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), c, orm.Entities(Currency{}, Account{}, Entry{}, Label{}))
	ok(t, err)
	return db
}

func onTenants(t *testing.T, fn func(t *testing.T, db *orm.DB, one, two string)) {
	for _, e := range tenancies {
		t.Run(e.name, func(t *testing.T) {
			connector, tenants := e.open(t)
			db := openTenants(t, connector)
			t.Cleanup(func() { _ = db.Close() })
			for _, tenant := range tenants {
				if err := schema.Ensure(t.Context(), db, schema.InSchema(tenant)); !errors.Is(err, schema.ErrNoSchema) {
					ok(t, err)
				}
			}
			fn(t, db, tenants[0], tenants[1])
		})
	}
}

// account stores an account with two entries and a label.
func account(t *testing.T, em *orm.EntityManager, owner string, amounts ...int) *Account {
	t.Helper()
	a := &Account{Owner: owner, Currency: orm.ToKey[Currency]("EUR")}
	for _, n := range amounts {
		a.Entries.Add(&Entry{Amount: n})
	}
	a.Labels.Add(&Label{Name: "of " + owner})
	em.Persist(a)
	ok(t, em.Flush(t.Context()))
	return a
}

func TestTenantsDoNotSeeEachOther(t *testing.T) {
	onTenants(t, func(t *testing.T, db *orm.DB, one, two string) {
		ctx := t.Context()
		shared := db.Fork()
		shared.Persist(&Currency{Code: "EUR", Name: "Euro"})
		ok(t, shared.Flush(ctx))

		first, second := db.Fork(orm.Schema(one)), db.Fork(orm.Schema(two))
		a := account(t, first, "ann", 1, 2)
		b := account(t, second, "bob", 30)
		account(t, second, "ann", 40)
		if a.ID != b.ID {
			t.Errorf("keys %d and %d come from one counter", a.ID, b.ID)
		}

		for _, c := range []struct {
			tenant string
			want   string
		}{{one, "ann Euro [1 2] [of ann]"}, {two, "ann Euro [40] [of ann]; bob Euro [30] [of bob]"}, {one, "ann Euro [1 2] [of ann]"}} {
			em := db.Fork(orm.Schema(c.tenant))
			list, err := orm.Find[Account](ctx, em, nil, orm.Populate("entries", "labels", "currency"), orm.OrderBy("owner"))
			ok(t, err)
			if got := accounts(list); got != c.want {
				t.Errorf("%s: %s, want %s", c.tenant, got, c.want)
			}
			n, err := orm.Count[Account](ctx, em, orm.M{"entries.amount >=": 2, "labels.name:like": "of %"})
			ok(t, err)
			if want := int64(len(list)); n != want {
				t.Errorf("%s: %d accounts with entries, want %d", c.tenant, n, want)
			}
			_, err = orm.Count[Account](ctx, em, orm.M{"currency.name": "Euro"})
			if db.Engine().Caps().Name == "mongo" {
				if !errors.Is(err, driver.ErrUnsupported) {
					t.Errorf("a condition in another database: %v", err)
				}
				continue
			}
			ok(t, err)
		}
	})
}

func accounts(list []*Account) string {
	var out []string
	for _, a := range list {
		var amounts []int
		var labels []string
		for _, e := range a.Entries.Items() {
			amounts = append(amounts, e.Amount)
		}
		for _, l := range a.Labels.Items() {
			labels = append(labels, l.Name)
		}
		out = append(out, fmt.Sprintf("%s %s %v %v", a.Owner, a.Currency.Get().Name, amounts, labels))
	}
	return strings.Join(out, "; ")
}

func TestTenantsAreWrittenApart(t *testing.T) {
	onTenants(t, func(t *testing.T, db *orm.DB, one, two string) {
		ctx := t.Context()
		first := db.Fork(orm.Schema(one))
		a := account(t, first, "ann", 1, 2)
		account(t, db.Fork(orm.Schema(two)), "ann", 1)

		a.Owner = "amy"
		first.Remove(a.Entries.Items()[1])
		a.Labels.Add(&Label{Name: "more"})
		ok(t, first.Flush(ctx))
		affected := func(n int64, err error) {
			t.Helper()
			ok(t, err)
			if n != 1 {
				t.Errorf("%d rows", n)
			}
		}
		affected(orm.NativeInsert[Label](ctx, first, orm.M{"id": 77, "name": "native"}))
		affected(orm.NativeUpdate[Label](ctx, first, orm.M{"id": 77}, orm.M{"name": "changed"}))
		affected(orm.NativeUpsert[Account](ctx, first, []string{"owner"}, orm.M{"owner": "amy", "currency": "EUR", "version": 9}))
		affected(orm.NativeDelete[Entry](ctx, first, orm.M{"account.owner": "amy"}))

		owners := func(em *orm.EntityManager) (out string) {
			t.Helper()
			err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
				return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
					for a, err := range orm.Stream[Account](ctx, em, nil, orm.Populate("labels"), orm.ReadOnly()) {
						if err != nil {
							return err
						}
						out += fmt.Sprintf("%s v%d", a.Owner, a.Version)
						for _, l := range a.Labels.Items() {
							out += " " + l.Name
						}
					}
					n, err := orm.Count[Entry](ctx, em, nil)
					out += fmt.Sprintf(" %d", n)
					return err
				}, orm.Propagate(orm.Supports))
			})
			ok(t, err)
			return out
		}
		if got, want := owners(db.Fork(orm.Schema(one))), "amy v9 of ann more 0"; got != want {
			t.Errorf("one: %s, want %s", got, want)
		}
		if got, want := owners(db.Fork(orm.Schema(two))), "ann v1 of ann 1"; got != want {
			t.Errorf("two: %s, want %s", got, want)
		}
		list, err := orm.All[Label](ctx, first, orm.QB[Label](first, "l").Where(orm.M{"name": "changed"}))
		ok(t, err)
		if len(list) != 1 || list[0].ID != 77 {
			t.Errorf("%d labels", len(list))
		}
	})
}

func TestAStaleRowOfATenant(t *testing.T) {
	onTenants(t, func(t *testing.T, db *orm.DB, one, two string) {
		ctx := t.Context()
		first := db.Fork(orm.Schema(one))
		a := account(t, first, "ann")
		account(t, db.Fork(orm.Schema(two)), "ann")
		_, err := orm.NativeUpdate[Account](ctx, db.Fork(orm.Schema(one)), orm.M{"id": a.ID}, orm.M{"version": 5})
		ok(t, err)
		a.Owner = "amy"
		var stale *orm.OptimisticLockError
		if err := first.Flush(ctx); !errors.As(err, &stale) || stale.Key != a.ID {
			t.Errorf("error = %v", err)
		}
	})
}

// TestTheRunAgainHasTheSchema makes the first run of a transaction fail.
func TestTheRunAgainHasTheSchema(t *testing.T) {
	onTenants(t, func(t *testing.T, db *orm.DB, one, _ string) {
		if !db.Engine().Caps().Transactions {
			t.Skip("no transactions")
		}
		runs := 0
		em := db.Fork(orm.Schema(one))
		ok(t, em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			if runs++; runs == 1 {
				return driver.ErrSerialization
			}
			em.Persist(&Label{Name: "again"})
			return nil
		}, orm.Retry(1)))
		n, err := orm.Count[Label](t.Context(), db.Fork(orm.Schema(one)), nil)
		ok(t, err)
		if n != 1 || runs != 2 {
			t.Errorf("%d labels after %d runs", n, runs)
		}
	})
}

func TestSchemasOfTheDatabaseFollowTheMapping(t *testing.T) {
	onTenants(t, func(t *testing.T, db *orm.DB, one, two string) {
		if _, sql := driver.EngineAs[driver.SQLHandle](db.Engine()); !sql {
			t.Skip("no statements that define tables")
		}
		ctx := t.Context()
		empty := func(tenant string, want bool) {
			t.Helper()
			plan, err := schema.Diff(ctx, db, schema.InSchema(tenant))
			ok(t, err)
			if plan.IsEmpty() != want {
				t.Errorf("%s: %s", tenant, plan)
			}
		}
		empty(one, true)
		ok(t, schema.Drop(ctx, db, schema.InSchema(one)))
		empty(one, false)
		empty(two, false) // the shared tables are gone
		plan, err := schema.Diff(ctx, db, schema.InSchema(two))
		ok(t, err)
		ok(t, schema.Apply(ctx, db, plan))
		empty(two, true)
		empty(one, false)
		ok(t, schema.Ensure(ctx, db, schema.InSchema(one)))
		empty(one, true)
		ok(t, schema.Drop(ctx, db, schema.InSchema(one)))
		ok(t, schema.Update(ctx, db, schema.InSchema(two)))
		account(t, db.Fork(orm.Schema(two)), "ann")
		for _, name := range []string{"a\"; drop table b", "a`b", ""} {
			if _, err := schema.Diff(ctx, db, schema.InSchema(name)); (name != "") != (errors.Is(err, schema.ErrUnsupported) || errors.Is(err, driver.ErrUndefined)) {
				t.Errorf("%q: error = %v", name, err)
			}
		}
		if _, err := orm.Count[Account](ctx, db.Fork(orm.Schema(one)), nil); !errors.Is(err, driver.ErrUndefined) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestNamesThatAreNoSchema(t *testing.T) {
	db := openTenants(t, memory.New())
	defer db.Close()
	for _, name := range []string{"", "*", "a\x00b", "\xff", strings.Repeat("x", 64)} {
		em := db.Fork(orm.Schema(name))
		if _, err := orm.Find[Label](t.Context(), em, nil); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("%q: find: %v", name, err)
		}
		em.Persist(&Label{Name: "a"})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("%q: flush: %v", name, err)
		}
	}
	plain, err := orm.Open(t.Context(), memory.New(), orm.Entities(Currency{}))
	ok(t, err)
	defer plain.Close()
	_, err = orm.Find[Currency](t.Context(), plain.Fork(orm.Schema("one")), nil)
	if want := `orm: fork: invalid option: no entity is mapped to the schema "*", so that "one" would have no effect`; err == nil || err.Error() != want {
		t.Errorf("error = %v", err)
	}
}
