package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

type walledNotice struct {
	ID     int64
	Tenant string `orm:",length=40"`
	Text   string
}

var walled = mapper.Define(func(e *mapper.Builder[walledNotice]) {
	e.Policy(mapper.Policy{Name: "tenant", Using: "tenant = current_setting('app.tenant', true)"})
})

// settingOf is the value of app.tenant as a manager's session has it.
func settingOf(ctx context.Context, em *orm.EntityManager) (string, error) {
	rows, err := orm.Rows[struct{ V *string }](ctx, em, "select nullif(current_setting('app.tenant', true), '') as v")
	if err != nil || rows[0].V == nil {
		return "", err
	}
	return *rows[0].V, nil
}

// TestSessionVariables are there for one manager, in and outside of transactions, and for
// nobody who has the connection afterwards.
func TestSessionVariables(t *testing.T) {
	engines(t, []any{guardedLabel{}}, func(t *testing.T, e engine) {
		em := e.db.Fork(orm.SessionVariable("app.tenant", `o'\1`))
		if !e.caps.SessionVariables {
			_, err := orm.Find[guardedLabel](t.Context(), em, nil)
			em.Persist(&guardedLabel{})
			if flushed := em.Flush(t.Context()); !errors.Is(err, orm.ErrUnsupported) || !errors.Is(flushed, orm.ErrUnsupported) {
				t.Errorf("find: %v; flush: %v", err, flushed)
			}
			return
		}
		is := func(ctx context.Context, em *orm.EntityManager, want string) {
			t.Helper()
			if got, err := settingOf(ctx, em); err != nil || got != want {
				t.Errorf("the variable is %q, want %q: %v", got, want, err)
			}
		}
		is(t.Context(), em, `o'\1`)
		is(t.Context(), em.Fork(), `o'\1`)
		is(t.Context(), em.Fork(orm.SessionVariable("app.tenant", "other")), "other")
		is(t.Context(), e.db.Fork(), "")
		ok(t, em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			is(ctx, em, `o'\1`)
			failed := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error { return errors.New("no") })
			is(ctx, em, `o'\1`)
			if failed == nil {
				t.Error("the savepoint was kept")
			}
			return nil
		}))
		// What writes outside of a transaction is there afterwards.
		if _, err := em.Exec(t.Context(), "insert into guarded_labels (name) values ('by hand')"); err != nil {
			t.Error(err)
		}
		if _, err := orm.Rows[struct{ ID int64 }](t.Context(), em, "insert into guarded_labels (name) values ('and rows') returning id"); err != nil {
			t.Error(err)
		}
		if n, err := orm.Count[guardedLabel](t.Context(), e.db.Fork(), nil); err != nil || n != 2 {
			t.Errorf("%d labels, %v", n, err)
		}
		for name, em := range map[string]*orm.EntityManager{
			"no name":     e.db.Fork(orm.SessionVariable("", "x")),
			"NUL":         e.db.Fork(orm.SessionVariable("app.tenant", "a\x00")),
			"statements":  e.db.Fork(orm.WithoutTransaction(), orm.SessionVariable("app.tenant", "x")),
			"statements2": e.db.Fork(orm.SessionVariable("app.tenant", "x"), orm.WithoutTransaction()),
		} {
			if _, err := orm.Find[guardedLabel](t.Context(), em, nil); !errors.Is(err, orm.ErrInvalidOption) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				name := fmt.Sprint("tenant", i)
				for range 5 {
					if got, err := settingOf(t.Context(), e.db.Fork(orm.SessionVariable("app.tenant", name))); err != nil || got != name {
						t.Errorf("%s reads %q, %v", name, got, err)
					}
					if got, err := settingOf(t.Context(), e.db.Fork()); err != nil || got != "" {
						t.Errorf("a manager without the variable reads %q, %v", got, err)
					}
				}
			})
		}
		wg.Wait()
	})
}

// TestRowSecurity lets the database keep tenants apart, where it can.
func TestRowSecurity(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			db, _ := e.Try(t, orm.Entities(walled))
			if !db.Engine().Caps().RowSecurity {
				for what, err := range map[string]error{"create": schema.Create(t.Context(), db), "ensure": schema.Ensure(t.Context(), db), "update": schema.Update(t.Context(), db)} {
					if errors.Is(err, schema.ErrNoSchema) {
						t.Skip("the engine makes its tables itself")
					}
					if !errors.Is(err, schema.ErrUnsupported) || !errors.Is(err, driver.ErrUnsupported) {
						t.Errorf("%s: %v", what, err)
					}
				}
				ok(t, schema.Ensure(t.Context(), db, schema.WithoutPolicies()))
				return
			}
			role := notSuper(t, db, "public")
			as := func(tenant string) *orm.EntityManager {
				return db.Fork(orm.SessionVariable("role", role), orm.SessionVariable("app.tenant", tenant))
			}
			em := as("acme")
			notice := &walledNotice{Tenant: "acme", Text: "sale"}
			em.Persist(notice)
			ok(t, em.Flush(t.Context()))
			var many []*walledNotice
			for range 100 {
				many = append(many, &walledNotice{Tenant: "acme", Text: "more"})
			}
			ok(t, orm.BulkInsert(t.Context(), em, many, orm.DiscardGenerated()))
			for tenant, want := range map[string]int64{"acme": 101, "zenith": 0} {
				if n, err := orm.Count[walledNotice](t.Context(), as(tenant), nil); err != nil || n != want {
					t.Errorf("%s sees %d notices, want %d: %v", tenant, n, want, err)
				}
				n := 0
				for _, err := range orm.Stream[walledNotice](t.Context(), as(tenant), nil) {
					ok(t, err)
					n++
				}
				if int64(n) != want {
					t.Errorf("a stream of %s has %d notices, want %d", tenant, n, want)
				}
			}
			if n, err := orm.Count[walledNotice](t.Context(), db.Fork(orm.SessionVariable("role", role)), nil); err != nil || n != 0 {
				t.Errorf("nobody sees %d notices, %v", n, err)
			}
			if n, err := orm.NativeDelete[walledNotice](t.Context(), as("zenith"), nil, orm.AllowAll()); err != nil || n != 0 {
				t.Errorf("zenith deleted %d notices, %v", n, err)
			}
			em = as("zenith")
			em.Persist(&walledNotice{Tenant: "acme", Text: "forged"})
			if err := em.Flush(t.Context()); err == nil {
				t.Error("zenith wrote a notice of acme")
			}
		})
	}
}

type walledPage struct {
	_      struct{} `orm:"schema='*'"`
	ID     int64
	Tenant string `orm:",length=40"`
}

// TestRowSecurityInSchemas keeps rows of one schema apart by its policies, and those of another one by its own.
func TestRowSecurityInSchemas(t *testing.T) {
	pages := mapper.Define(func(e *mapper.Builder[walledPage]) {
		e.Policy(mapper.Policy{Name: "tenant", Using: "tenant = current_setting('app.tenant', true)"})
	})
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), e.Connector(t), orm.Entities(pages))
			ok(t, err)
			t.Cleanup(func() { _ = db.Close() })
			if !db.Engine().Caps().RowSecurity {
				return // TestRowSecurity has what it says instead
			}
			ok(t, schema.Create(t.Context(), db, schema.InSchema("wall_a")))
			ok(t, schema.Create(t.Context(), db, schema.InSchema("wall_b")))
			role := notSuper(t, db, "wall_a", "wall_b")
			as := func(name, tenant string) *orm.EntityManager {
				return db.Fork(orm.Schema(name), orm.SessionVariable("role", role), orm.SessionVariable("app.tenant", tenant))
			}
			for name, tenant := range map[string]string{"wall_a": "acme", "wall_b": "zenith"} {
				em := as(name, tenant)
				em.Persist(&walledPage{Tenant: tenant})
				ok(t, em.Flush(t.Context()))
				em = as(name, "nobody")
				em.Persist(&walledPage{Tenant: tenant})
				if err := em.Flush(t.Context()); err == nil {
					t.Errorf("%s: nobody wrote a page of %s", name, tenant)
				}
				for who, want := range map[string]int64{tenant: 1, "nobody": 0} {
					if n, err := orm.Count[walledPage](t.Context(), as(name, who), nil); err != nil || n != want {
						t.Errorf("%s: %s sees %d pages, want %d: %v", name, who, n, want, err)
					}
				}
			}
			plan, err := schema.Diff(t.Context(), db, schema.InSchema("wall_a"))
			if ok(t, err); !plan.IsEmpty() {
				t.Errorf("left: %s", plan)
			}
		})
	}
}

// notSuper makes a role that policies hold for and that may use the tables of schemas.
func notSuper(t *testing.T, db *orm.DB, schemas ...string) string {
	t.Helper()
	em := db.Fork()
	rows, err := orm.Rows[struct{ D string }](t.Context(), em, "select current_database() as d")
	ok(t, err)
	role := "role_" + rows[0].D
	exec := func(text string) {
		if _, err := em.Exec(context.WithoutCancel(t.Context()), text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	exec(fmt.Sprintf("CREATE ROLE %q", role))
	t.Cleanup(func() {
		exec(fmt.Sprintf("DROP OWNED BY %q", role))
		exec(fmt.Sprintf("DROP ROLE %q", role))
	})
	for _, name := range schemas {
		exec(fmt.Sprintf("GRANT USAGE ON SCHEMA %[1]q TO %[2]q; GRANT ALL ON ALL TABLES IN SCHEMA %[1]q TO %[2]q; GRANT ALL ON ALL SEQUENCES IN SCHEMA %[1]q TO %[2]q", name, role))
	}
	return role
}
