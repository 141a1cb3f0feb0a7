package behaviour_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/rel"
)

// guardedProject and guardedTask belong to a tenant; guardedLabel is everybody's.
type guardedProject struct {
	ID     int64
	Name   string
	Tenant string                      `orm:",length=20"`
	Tasks  orm.Collection[guardedTask] `orm:",mappedBy=Project,cascade=persist"`
}

type guardedTask struct {
	ID      int64  `orm:",pk"`
	Slug    string `orm:",length=20,unique"`
	Title   string
	Tenant  string `orm:",length=20"`
	Project orm.Ref[guardedProject]
	Labels  orm.Collection[guardedLabel]
}

type guardedLabel struct {
	ID   int64
	Name string
}

var guardedEntities = []any{guardedProject{}, guardedTask{}, guardedLabel{}}

// tenantGuard is a filter for every entity with a tenant, which holds for writes.
var tenantGuard = []orm.Option{orm.FilterFor("tenant", mapper.Filter{Name: "tenant", Default: true, Guard: true})}

// asTenant is a manager of one tenant.
func asTenant(db *orm.DB, name string) *orm.EntityManager {
	return db.Fork(orm.WithFilter("tenant", orm.M{"tenant": name}))
}

// asNobody is a manager without the guard.
func asNobody(db *orm.DB) *orm.EntityManager {
	em := db.Fork()
	em.DisableFilter("tenant")
	return em
}

// withTenants runs fn with a project and two tasks of each of two tenants: 1 and 2 of
// acme, 3 and 4 of zenith.
func withTenants(t *testing.T, fn func(t *testing.T, e engine)) {
	t.Helper()
	enginesWith(t, tenantGuard, guardedEntities, func(t *testing.T, e engine) {
		em := asNobody(e.db)
		id := int64(0)
		for _, tenant := range []string{"acme", "zenith"} {
			p := &guardedProject{Name: "home of " + tenant, Tenant: tenant}
			for _, title := range []string{"paint", "sweep"} {
				id++
				task := &guardedTask{ID: id, Slug: tenant + "-" + title, Title: title, Tenant: tenant, Project: orm.To(p)}
				em.Persist(task)
			}
			em.Persist(p)
		}
		em.Persist(&guardedLabel{Name: "urgent"})
		ok(t, em.Flush(t.Context()))
		fn(t, e)
	})
}

// guardedRows tells all tasks, whosever they are.
func guardedRows(t *testing.T, e engine) string {
	t.Helper()
	list, err := orm.Find[guardedTask](t.Context(), asNobody(e.db), nil, orm.OrderBy("id"), orm.Populate("labels"))
	ok(t, err)
	var b strings.Builder
	for _, x := range list {
		b.WriteString(x.Tenant + ":" + x.Title)
		b.WriteString(strings.Repeat("+", x.Labels.Len()) + " ")
	}
	return strings.TrimSpace(b.String())
}

// refusedBy expects an error of a guard, about an entity and a key.
func refusedBy(t *testing.T, what string, err error, entity string, key any) {
	t.Helper()
	g, isGuard := errors.AsType[*orm.GuardError](err)
	switch {
	case !isGuard || !errors.Is(err, orm.ErrGuarded):
		t.Errorf("%s: %v", what, err)
	case g.Filter != "tenant" || g.Entity != entity || g.Key != key || !strings.Contains(err.Error(), "filter tenant"):
		t.Errorf("%s is refused for %s %v, want %s %v: %v", what, g.Entity, g.Key, entity, key, err)
	}
}

// TestFilterForProperty declares one filter for all entities that have the property.
func TestFilterForProperty(t *testing.T) {
	withTenants(t, func(t *testing.T, e engine) {
		projects, err := orm.Find[guardedProject](t.Context(), asTenant(e.db, "acme"), nil, orm.Populate("tasks"))
		ok(t, err)
		if len(projects) != 1 || projects[0].Tenant != "acme" || projects[0].Tasks.Len() != 2 {
			t.Errorf("acme sees %d projects", len(projects))
		}
		n, err := orm.Count[guardedTask](t.Context(), asTenant(e.db, "zenith"), orm.M{"project.name:like": "%acme"})
		if ok(t, err); n != 0 {
			t.Errorf("zenith sees %d tasks of acme", n)
		}
		if n, err := orm.Count[guardedLabel](t.Context(), asTenant(e.db, "zenith"), nil); err != nil || n != 1 {
			t.Errorf("%d labels, %v", n, err)
		}
		if n, err := orm.QB[guardedTask](asTenant(e.db, "acme"), "x").Count(t.Context()); err != nil || n != 2 {
			t.Errorf("a query of acme sees %d tasks, %v", n, err)
		}
		if _, err := orm.Find[guardedTask](t.Context(), e.db.Fork(), nil); !errors.Is(err, orm.ErrParameter) || !strings.Contains(err.Error(), "tenant") {
			t.Errorf("without its parameter: %v", err)
		}
		em := e.db.Fork()
		em.Persist(&guardedProject{Name: "x", Tenant: "acme"})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrParameter) || !strings.Contains(err.Error(), "tenant") {
			t.Errorf("a flush without its parameter: %v", err)
		}
	})
}

// TestTenantsThatAreNone takes no spelling of NULL, and nothing with operators in it, for a tenant.
func TestTenantsThatAreNone(t *testing.T) {
	var none *string
	withTenants(t, func(t *testing.T, e engine) {
		for what, tenant := range map[string]any{
			"nil": nil, "nil pointer": none, "null": sql.NullString{}, "nothing": rel.Opt[string]{}, "no reference": rel.Ref[guardedProject]{},
			"empty map": map[string]any{}, "operators": orm.M{"$ne": "zenith"}, "nil list": []any(nil),
		} {
			em := e.db.Fork(orm.WithFilter("tenant", orm.M{"tenant": tenant}))
			if list, err := orm.Find[guardedTask](t.Context(), em, nil); !errors.Is(err, orm.ErrParameter) {
				t.Errorf("%s: %d tasks, %v", what, len(list), err)
			}
			em.Persist(&guardedProject{Name: "x"})
			if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrParameter) {
				t.Errorf("%s: a flush: %v", what, err)
			}
		}
		for _, tenant := range []any{[]any{nil}, []any{"acme", "zenith"}} {
			em := e.db.Fork(orm.WithFilter("tenant", orm.M{"tenant": tenant}))
			if list, err := orm.Find[guardedTask](t.Context(), em, nil); !errors.Is(err, orm.ErrParameter) {
				t.Errorf("%v: %d tasks, %v", tenant, len(list), err)
			}
		}
	})
}

// TestGuardOfFlush refuses to write what is another's, before anything is written.
func TestGuardOfFlush(t *testing.T) {
	const untouched = "acme:paint acme:sweep zenith:paint zenith:sweep"
	for what, do := range map[string]func(t *testing.T, e engine, em *orm.EntityManager) (key any){
		"insert for another": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			em.Persist(&guardedTask{ID: 9, Slug: "x", Title: "spy", Tenant: "zenith", Project: homeOf(t, em)})
			return int64(9)
		},
		"update of a hidden row": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			task, err := orm.FindOneOrFail[guardedTask](t.Context(), em, 3, orm.WithoutFilter())
			ok(t, err)
			task.Title = "stolen"
			return int64(3)
		},
		"taking a hidden row": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			task, err := orm.FindOneOrFail[guardedTask](t.Context(), em, 3, orm.WithoutFilter())
			ok(t, err)
			task.Tenant = "acme"
			return int64(3)
		},
		"delete of a hidden row": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			task, err := orm.FindOneOrFail[guardedTask](t.Context(), em, 4, orm.WithoutFilter())
			ok(t, err)
			em.Remove(task)
			return int64(4)
		},
		"moving a row to another": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			task, err := orm.FindOneOrFail[guardedTask](t.Context(), em, 1)
			ok(t, err)
			task.Tenant = "zenith"
			return int64(1)
		},
		"merging what claims to be one's own": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			task := &guardedTask{ID: 3, Slug: "zenith-paint", Title: "paint", Tenant: "acme", Project: homeOf(t, em)}
			ok(t, mergeErr(orm.Merge(em, task)))
			task.Title = "stolen"
			return int64(3)
		},
		"removing by key what claims to be one's own": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			em.Remove(&guardedTask{ID: 4, Tenant: "acme"})
			return int64(4)
		},
		"a link of a hidden row": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			task, err := orm.FindOneOrFail[guardedTask](t.Context(), em, 3, orm.WithoutFilter(), orm.Populate("labels"))
			ok(t, err)
			label, err := orm.FindOneOrFail[guardedLabel](t.Context(), em, orm.M{"name": "urgent"})
			ok(t, err)
			task.Labels.Add(label)
			return int64(3)
		},
		"a part of a hidden row": func(t *testing.T, _ engine, em *orm.EntityManager) any {
			task, err := orm.FindOneOrFail[guardedTask](t.Context(), em, 3, orm.WithoutFilter(), orm.Fields("title"))
			ok(t, err)
			task.Title = "stolen"
			return int64(3)
		},
	} {
		t.Run(what, func(t *testing.T) {
			withTenants(t, func(t *testing.T, e engine) {
				em := asTenant(e.db, "acme")
				key := do(t, e, em)
				em.Persist(&guardedProject{Name: "other", Tenant: "acme"})
				refusedBy(t, what, em.Flush(t.Context()), "guardedTask", key)
				if got := guardedRows(t, e); got != untouched {
					t.Errorf("the rows are %s", got)
				}
				if n, err := orm.Count[guardedProject](t.Context(), asNobody(e.db), nil); err != nil || n != 2 {
					t.Errorf("%d projects were written, %v", n, err)
				}
				em.DisableFilter("tenant")
				ok(t, em.Flush(t.Context()))
				if got := guardedRows(t, e); got == untouched {
					t.Error("with the filter off nothing was written")
				}
			})
		})
	}
}

// homeOf is the project of acme.
func homeOf(t *testing.T, em *orm.EntityManager) orm.Ref[guardedProject] {
	t.Helper()
	p, err := orm.FindOneOrFail[guardedProject](t.Context(), em, orm.M{"tenant": "acme"})
	ok(t, err)
	return orm.To(p)
}

// mergeErr is the error of Merge.
func mergeErr[T any](_ T, err error) error { return err }

// TestGuardLetsOwnRowsPass writes one's own rows in all those ways.
func TestGuardLetsOwnRowsPass(t *testing.T) {
	withTenants(t, func(t *testing.T, e engine) {
		em := asTenant(e.db, "acme")
		home := homeOf(t, em)
		em.Persist(&guardedTask{ID: 9, Slug: "x", Title: "new", Tenant: "acme", Project: home})
		merged := &guardedTask{ID: 1, Slug: "acme-paint", Title: "paint", Tenant: "acme", Project: home}
		ok(t, mergeErr(orm.Merge(em, merged)))
		merged.Title = "merged"
		em.Remove(&guardedTask{ID: 2})
		ok(t, em.Flush(t.Context()))
		part, err := orm.FindOneOrFail[guardedTask](t.Context(), e.db.Fork(orm.WithFilter("tenant", orm.M{"tenant": "zenith"})), 3, orm.Fields("title"))
		ok(t, err)
		if part.Title != "paint" {
			t.Errorf("zenith reads %q", part.Title)
		}
		em = asTenant(e.db, "zenith")
		part, err = orm.FindOneOrFail[guardedTask](t.Context(), em, 3, orm.Fields("title"))
		ok(t, err)
		part.Title = "part"
		ok(t, em.Flush(t.Context()))
		if got, want := guardedRows(t, e), "acme:merged zenith:part zenith:sweep acme:new"; got != want {
			t.Errorf("the rows are %s, want %s", got, want)
		}
	})
}

// TestGuardOfBulkWrites holds the guard against writes past the unit of work.
func TestGuardOfBulkWrites(t *testing.T) {
	withTenants(t, func(t *testing.T, e engine) {
		const untouched = "acme:paint acme:sweep zenith:paint zenith:sweep"
		ctx, em := t.Context(), asTenant(e.db, "acme")
		project, err := orm.FindOneOrFail[guardedProject](ctx, em, orm.M{"tenant": "acme"})
		ok(t, err)
		row := func(id int64, slug, tenant string) orm.M {
			return orm.M{"id": id, "slug": slug, "title": "stolen", "tenant": tenant, "project": project.ID}
		}
		task := func(id int64, slug, tenant string) *guardedTask {
			return &guardedTask{ID: id, Slug: slug, Title: "stolen", Tenant: tenant, Project: orm.To(project)}
		}
		native := func(_ int64, err error) error { return err }
		for _, c := range []struct {
			what string
			key  any
			do   func() error
		}{
			{"bulk insert", int64(9), func() error {
				return orm.BulkInsert(ctx, em, []*guardedTask{task(8, "a", "acme"), task(9, "b", "zenith")})
			}},
			{"bulk upsert for another", int64(9), func() error { return orm.BulkUpsert(ctx, em, []*guardedTask{task(9, "b", "zenith")}) }},
			{"bulk upsert over a hidden key", int64(3), func() error {
				return orm.BulkUpsert(ctx, em, []*guardedTask{task(8, "a", "acme"), task(3, "c", "acme")})
			}},
			{"upsert entity", int64(3), func() error { return mergeErr(orm.UpsertEntity(ctx, em, task(3, "c", "acme"))) }},
			{"native insert", nil, func() error {
				return native(orm.NativeInsert[guardedTask](ctx, em, row(8, "a", "acme"), row(9, "b", "zenith")))
			}},
			{"native insert without a tenant", nil, func() error {
				return native(orm.NativeInsert[guardedProject](ctx, em, orm.M{"name": "x"}))
			}},
			{"upsert over a hidden key", int64(3), func() error { return native(orm.NativeUpsert[guardedTask](ctx, em, nil, row(3, "c", "acme"))) }},
			{"update that gives away", nil, func() error {
				return native(orm.NativeUpdate[guardedTask](ctx, em, orm.M{"id": 1}, orm.M{"tenant": "zenith"}))
			}},
			{"truncate", nil, func() error { return native(orm.Exec(ctx, em, orm.QB[guardedTask](em, "x").Truncate())) }},
		} {
			err := c.do()
			entity := "guardedTask"
			if c.what == "native insert without a tenant" {
				entity = "guardedProject"
			}
			if !errors.Is(err, orm.ErrRequired) { // of engines that hold no document without it
				refusedBy(t, c.what, err, entity, c.key)
			}
			if got := guardedRows(t, e); got != untouched {
				t.Fatalf("%s: the rows are %s", c.what, got)
			}
		}
		for what, q := range map[string]qb.Source{
			"by key":                orm.QB[guardedTask](em, "x").Where(orm.M{"id": 3}),
			"with the filter off":   orm.QB[guardedTask](em, "x").WithoutFilter().Where(orm.M{"id": 3}),
			"with another tenant's": orm.QB[guardedTask](em, "x").Filter("tenant", orm.M{"tenant": "zenith"}).Where(orm.M{"id": 3}),
		} {
			if n, err := orm.Exec(ctx, em, q.Untyped().Update(orm.M{"title": "stolen"})); err != nil || n != 0 {
				t.Errorf("%s: %d rows of others were updated, %v", what, n, err)
			}
			if n, err := orm.Exec(ctx, em, q.Untyped().Delete()); err != nil || n != 0 {
				t.Errorf("%s: %d rows of others were deleted, %v", what, n, err)
			}
		}
		if n, err := orm.NativeUpdate[guardedTask](ctx, em, nil, orm.M{"title": "done", "tenant": "acme"}, orm.AllowAll()); err != nil || n != 2 {
			t.Errorf("%d rows were updated, %v", n, err)
		}
		ok(t, orm.BulkUpsert(ctx, em, []*guardedTask{task(1, "acme-paint", "acme"), task(7, "new", "acme")}))
		ok(t, native(orm.NativeUpsert[guardedTask](ctx, em, nil, row(2, "acme-sweep", "acme"))))
		if got, want := guardedRows(t, e), "acme:stolen acme:stolen zenith:paint zenith:sweep acme:stolen"; got != want {
			t.Errorf("the rows are %s, want %s", got, want)
		}
		if n, err := orm.NativeDelete[guardedTask](ctx, em, nil, orm.AllowAll()); err != nil || n != 3 {
			t.Errorf("%d rows were deleted, %v", n, err)
		}
	})
}

// TestGuardAfterRollback refuses in a transaction, and the transaction can go on.
func TestGuardAfterRollback(t *testing.T) {
	withTenants(t, func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("the engine has no transactions")
		}
		em := asTenant(e.db, "acme")
		task, err := orm.FindOneOrFail[guardedTask](t.Context(), em, 1)
		ok(t, err)
		ok(t, em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			task.Tenant = "zenith"
			refusedBy(t, "in a transaction", em.Flush(ctx), "guardedTask", int64(1))
			task.Tenant, task.Title = "acme", "mended"
			return em.Flush(ctx)
		}))
		if got, want := guardedRows(t, e), "acme:mended acme:sweep zenith:paint zenith:sweep"; got != want {
			t.Errorf("the rows are %s, want %s", got, want)
		}
	})
}

// TestGuardedReference judges a tenant that is a relation, and one that is new itself.
func TestGuardedReference(t *testing.T) {
	type guardedOwner struct {
		ID   int64 `orm:",pk"`
		Name string
	}
	type guardedNote struct {
		ID    int64
		Text  string
		Owner orm.Ref[guardedOwner]
	}
	options := []orm.Option{orm.FilterFor("owner", mapper.Filter{Name: "tenant", Guard: true})}
	enginesWith(t, options, []any{guardedOwner{}, guardedNote{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		acme, zenith := &guardedOwner{ID: 1, Name: "acme"}, &guardedOwner{ID: 2, Name: "zenith"}
		em.Persist(acme, zenith, &guardedNote{Text: "a", Owner: orm.To(acme)}, &guardedNote{Text: "z", Owner: orm.To(zenith)})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork(orm.WithFilter("tenant", orm.M{"owner": 1}))
		note, err := orm.FindOneOrFail[guardedNote](t.Context(), em, nil, orm.OrderBy("id"))
		ok(t, err)
		note.Text = "mine"
		em.Persist(&guardedNote{Text: "new", Owner: orm.Reference[guardedOwner](em, 1)})
		ok(t, em.Flush(t.Context()))
		note.Owner = orm.Reference[guardedOwner](em, 2)
		refusedBy(t, "giving away", em.Flush(t.Context()), "guardedNote", note.ID)
		em.Clear()
		em.Persist(&guardedNote{Text: "new", Owner: orm.Reference[guardedOwner](em, 2)})
		refusedBy(t, "a new one for another", em.Flush(t.Context()), "guardedNote", nil)
		if n, err := orm.Count[guardedNote](t.Context(), e.db.Fork(), nil); err != nil || n != 3 {
			t.Errorf("%d notes, %v", n, err)
		}
	})
}

// TestFiltersAtRunTime adds, replaces and removes filters of the database and of managers.
func TestFiltersAtRunTime(t *testing.T) {
	enginesWith(t, nil, guardedEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		p := &guardedProject{Name: "home"}
		for i, title := range []string{"a", "b", "c"} {
			em.Persist(&guardedTask{ID: int64(i + 1), Slug: title, Title: title, Tenant: "x", Project: orm.To(p)})
		}
		em.Persist(p)
		ok(t, em.Flush(t.Context()))
		count := func(em *orm.EntityManager, want int) {
			t.Helper()
			list, err := orm.Find[guardedTask](t.Context(), em, nil)
			if err != nil || len(list) != want {
				t.Errorf("%d tasks are seen, want %d: %v", len(list), want, err)
			}
			if n, err := orm.QB[guardedTask](em, "x").Count(t.Context()); err != nil || n != int64(want) {
				t.Errorf("a query counts %d tasks, want %d: %v", n, want, err)
			}
		}
		titled := func(titles ...string) mapper.Filter {
			return mapper.Filter{Name: "titled", Default: true, Where: func(mapper.Params) any { return orm.M{"title": titles} }}
		}
		older := e.db.Fork()
		ok(t, e.db.AddFilter(titled("a", "b"), orm.OnEntity[guardedTask]()))
		count(older, 3)
		newer := e.db.Fork()
		count(newer, 2)
		ok(t, newer.AddFilter(titled("a"), orm.OnProperty("title")))
		count(newer, 1)
		count(newer.Fork(), 1)
		count(e.db.Fork(), 2)
		// Of one shape with other values, one after the other: the statement is the same one.
		other := e.db.Fork()
		ok(t, other.AddFilter(titled("c", "d"), orm.OnEntity[guardedTask]()))
		count(other, 1)
		count(newer, 1)
		newer.RemoveFilter("titled")
		count(newer, 3)
		e.db.RemoveFilter("titled")
		count(e.db.Fork(), 3)
		child := other.Fork()
		count(child, 1)
		other.RemoveFilter("titled")
		count(child, 1)
		for _, c := range []struct {
			what string
			err  error
		}{
			{"no name", e.db.AddFilter(mapper.Filter{Where: titled("a").Where}, orm.OnProperty("title"))},
			{"no condition", e.db.AddFilter(mapper.Filter{Name: "x"}, orm.OnEntity[guardedTask]())},
			{"no target", e.db.AddFilter(titled("a"))},
			{"no such property", e.db.AddFilter(titled("a"), orm.OnProperty("tite"))},
			{"no entity", e.db.AddFilter(titled("a"), orm.OnEntity[string]())},
		} {
			if !errors.Is(c.err, orm.ErrInvalidOption) {
				t.Errorf("%s: %v", c.what, c.err)
			}
		}
	})
}

// TestFiltersWithErrors makes the reason why a condition cannot be made the error of the read.
func TestFiltersWithErrors(t *testing.T) {
	reason := errors.New("no session")
	options := []orm.Option{orm.FilterFor("tenant", mapper.Filter{Name: "tenant", Optional: []string{"who"}, Default: true, Guard: true, Make: func(p mapper.Params) (any, error) {
		who, ok := p.Lookup("who")
		if !ok {
			return nil, reason
		}
		return orm.M{"tenant": who}, nil
	}})}
	enginesWith(t, options, guardedEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		if _, err := orm.Find[guardedTask](t.Context(), em, nil); !errors.Is(err, reason) || !strings.Contains(err.Error(), "filter tenant of guarded") {
			t.Errorf("find: %v", err)
		}
		if _, err := orm.QB[guardedTask](em, "x").All(t.Context()); !errors.Is(err, reason) {
			t.Errorf("query: %v", err)
		}
		em.Persist(&guardedProject{Name: "x", Tenant: "acme"})
		if err := em.Flush(t.Context()); !errors.Is(err, reason) {
			t.Errorf("flush: %v", err)
		}
		em.SetFilter("tenant", orm.M{"who": "acme"})
		ok(t, em.Flush(t.Context()))
		if n, err := orm.Count[guardedProject](t.Context(), em, nil); err != nil || n != 1 {
			t.Errorf("%d projects, %v", n, err)
		}
	})
}

// TestGuardsAreAboutTheRow refuses a guard whose condition needs other rows.
func TestGuardsAreAboutTheRow(t *testing.T) {
	enginesWith(t, nil, guardedEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		ok(t, em.AddFilter(mapper.Filter{Name: "far", Default: true, Guard: true, Where: func(mapper.Params) any {
			return orm.M{"project.tenant": "acme"}
		}}, orm.OnEntity[guardedTask]()))
		em.Persist(&guardedProject{Name: "x", Tenant: "acme"})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrInvalidOption) || !strings.Contains(err.Error(), "guard") {
			t.Errorf("error = %v", err)
		}
	})
}
