package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

// Sale is what the totals are made of.
type Sale struct {
	ID     int64 `orm:",assigned"`
	Branch string
	Amount int64
}

// BranchTotal is backed by a query and read-only.
type BranchTotal struct {
	_      struct{} `orm:"query='select branch, sum(amount) as total from sales group by branch'"`
	Branch string   `orm:",pk"`
	Total  int64
}

// BranchGoal refers to what a query computes.
type BranchGoal struct {
	ID     int64                `orm:",assigned"`
	Branch rel.Ref[BranchTotal] `orm:",joinColumn=branch,noConstraint"`
}

// BranchSum is backed by a view and read-only.
type BranchSum struct {
	_      struct{} `orm:"view=branch_sums"`
	Branch string   `orm:",pk"`
	Total  int64
}

// BranchLine is backed by a view without a key.
type BranchLine struct {
	_      struct{} `orm:"view=branch_lines"`
	Branch string
	Total  int64
}

// sell stores three sales: 16 in branch a, 7 in branch b.
func sell(t *testing.T, db *orm.DB) {
	t.Helper()
	em := db.Fork()
	for i, amount := range []int64{5, 7, 11} {
		em.Persist(&Sale{ID: int64(i), Branch: []string{"a", "b"}[i%2], Amount: amount})
	}
	ok(t, em.Flush(t.Context()))
}

// TestEntityBackedByAQuery reads an entity that has no table.
func TestEntityBackedByAQuery(t *testing.T) {
	engines(t, []any{Sale{}, BranchTotal{}, BranchGoal{}}, func(t *testing.T, e engine) {
		sell(t, e.db)
		em := e.db.Fork()
		em.Persist(&BranchGoal{ID: 1, Branch: rel.ToKey[BranchTotal]("a")})
		ok(t, em.Flush(t.Context()))
		readOnly(t, e.db, &BranchTotal{Branch: "c", Total: 1})
		if !e.caps.Checks { // no SQL
			noQueries(t, e.db)
			return
		}
		em = e.db.Fork()
		got, err := orm.Find[BranchTotal](t.Context(), em, orm.M{"total >": 7}, orm.OrderBy("branch"))
		ok(t, err)
		if len(got) != 1 || got[0].Branch != "a" || got[0].Total != 16 {
			t.Errorf("got %s", encode(t, got))
		}
		idle(t, em)
		unwritten(t, em, got[0], func() { got[0].Total++ })
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			em := e.db.Fork()
			goal, err := orm.FindOneOrFail[BranchGoal](t.Context(), em, orm.M{"branch.total": 16}, orm.Populate("branch"), orm.Strategy(strategy))
			ok(t, err)
			if total := goal.Branch.Get().Total; total != 16 {
				t.Errorf("%s: total %d", strategy, total)
			}
			idle(t, em)
		}
	})
}

// noQueries expects an engine without SQL to refuse what needs the rows of a query.
func noQueries(t *testing.T, db *orm.DB) {
	t.Helper()
	find := func(cond any, opts ...orm.FindOption) func(context.Context, *orm.EntityManager) error {
		return func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.Find[BranchGoal](ctx, em, cond, opts...)
			return err
		}
	}
	for name, run := range map[string]func(context.Context, *orm.EntityManager) error{
		"find": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.Find[BranchTotal](ctx, em, nil)
			return err
		},
		"find by key": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.FindOne[BranchTotal](ctx, em, "a")
			return err
		},
		"count": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.Count[BranchTotal](ctx, em, nil)
			return err
		},
		"condition": find(orm.M{"branch.total": 16}),
		"order":     find(nil, orm.OrderBy("branch.total")),
		"select-in": find(nil, orm.Populate("branch"), orm.Strategy("select-in")),
		"joined":    find(nil, orm.Populate("branch"), orm.Strategy("joined")),
	} {
		if err := run(t.Context(), db.Fork()); !errors.Is(err, driver.ErrUnsupported) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if n, err := orm.Count[BranchGoal](t.Context(), db.Fork(), orm.M{"branch": "a"}); err != nil || n != 1 {
		t.Errorf("by the foreign key %d rows, %v", n, err)
	}
}

// readOnly expects every way to write an entity that is not there to be refused before any I/O.
func readOnly[T any](t *testing.T, db *orm.DB, row *T) {
	t.Helper()
	set := orm.M{"branch": "c", "total": 1}
	for name, run := range map[string]func(context.Context, *orm.EntityManager) error{
		"persist":     func(ctx context.Context, em *orm.EntityManager) error { em.Persist(row); return em.Flush(ctx) },
		"bulk insert": func(ctx context.Context, em *orm.EntityManager) error { return orm.BulkInsert(ctx, em, []*T{row}) },
		"bulk upsert": func(ctx context.Context, em *orm.EntityManager) error { return orm.BulkUpsert(ctx, em, []*T{row}) },
		"insert": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.NativeInsert[T](ctx, em, set)
			return err
		},
		"update": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.NativeUpdate[T](ctx, em, orm.M{"branch": "a"}, orm.M{"total": 1})
			return err
		},
		"delete": func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.NativeDelete[T](ctx, em, orm.M{"branch": "a"})
			return err
		},
	} {
		ctx, stats := orm.WithStats(t.Context())
		if err := run(ctx, db.Fork()); !errors.Is(err, orm.ErrReadOnlyEntity) || stats.Statements() != 0 {
			t.Errorf("%s gives %v after %d statements", name, err, stats.Statements())
		}
	}
}

// unwritten expects a flush of a changed or removed entity to be refused before any I/O.
func unwritten(t *testing.T, em *orm.EntityManager, row any, change func()) {
	t.Helper()
	for _, act := range []func(){change, func() { em.Remove(row) }} {
		act()
		ctx, stats := orm.WithStats(t.Context())
		if err := em.Flush(ctx); !errors.Is(err, orm.ErrReadOnlyEntity) || stats.Statements() != 0 {
			t.Errorf("flush gives %v after %d statements", err, stats.Statements())
		}
	}
}

// TestEntityBackedByAView reads a view, which the schema package neither makes nor drops.
func TestEntityBackedByAView(t *testing.T) {
	engines(t, []any{Sale{}, BranchSum{}, BranchLine{}}, func(t *testing.T, e engine) {
		readOnly(t, e.db, &BranchSum{Branch: "c", Total: 1})
		if !e.caps.Checks {
			// MongoDB has views of its own, the engine in memory has none.
			_, err := orm.Find[BranchSum](t.Context(), e.db.Fork(), nil)
			if e.caps.Name == "mongo" && err != nil || e.caps.Name == "memory" && !errors.Is(err, driver.ErrUnsupported) {
				t.Errorf("%v", err)
			}
			return
		}
		sell(t, e.db)
		for _, name := range []string{"branch_sums", "branch_lines"} {
			execText(t, e.db, "create view "+name+" as select branch, sum(amount) as total from sales group by branch")
		}
		em := e.db.Fork()
		sums, err := orm.Find[BranchSum](t.Context(), em, orm.M{"total:gt": 1}, orm.OrderBy("-total"))
		ok(t, err)
		if len(sums) != 2 || *sums[0] != (BranchSum{Branch: "a", Total: 16}) || *sums[1] != (BranchSum{Branch: "b", Total: 7}) {
			t.Errorf("got %s", encode(t, sums))
		}
		one, err := orm.FindOneOrFail[BranchSum](t.Context(), em, "b")
		ok(t, err)
		if one != sums[1] {
			t.Error("two entities for one key")
		}
		idle(t, em)
		unwritten(t, em, one, func() { one.Total++ })
		lines, err := orm.Find[BranchLine](t.Context(), e.db.Fork(), nil, orm.OrderBy("branch"))
		ok(t, err)
		if len(lines) != 2 || lines[0].Total != 16 || lines[1].Total != 7 {
			t.Errorf("without a key %s", encode(t, lines))
		}
		diff, err := schema.Diff(t.Context(), e.db)
		ok(t, err)
		if !diff.IsEmpty() {
			t.Errorf("the schema differs:\n%s", diff)
		}
	})
}

// BranchMade is a view whose query the mapping has.
type BranchMade struct {
	_      struct{} `orm:"view=branch_made,as='select branch, sum(amount) as total from sales group by branch'"`
	Branch string   `orm:",pk"`
	Total  int64
}

// BranchPlan refers to what a view computes.
type BranchPlan struct {
	ID     int64               `orm:",assigned"`
	Branch rel.Ref[BranchMade] `orm:",joinColumn=branch,noConstraint"`
}

// TestViewWrittenInSQL reads a view whose query the mapping has, and is refused where there is no SQL.
func TestViewWrittenInSQL(t *testing.T) {
	engines(t, []any{Sale{}, BranchMade{}, BranchPlan{}}, func(t *testing.T, e engine) {
		sell(t, e.db)
		em := e.db.Fork()
		em.Persist(&BranchPlan{ID: 1, Branch: rel.ToKey[BranchMade]("a")})
		ok(t, em.Flush(t.Context()))
		_, found := orm.FindOneOrFail[BranchMade](t.Context(), e.db.Fork(), "a")
		_, counted := orm.Count[BranchMade](t.Context(), e.db.Fork(), nil)
		_, filtered := orm.Find[BranchPlan](t.Context(), e.db.Fork(), orm.M{"branch.total": 16})
		_, loaded := orm.Find[BranchPlan](t.Context(), e.db.Fork(), nil, orm.Populate("branch"))
		for what, err := range map[string]error{"find": found, "count": counted, "condition": filtered, "populate": loaded} {
			if e.caps.Checks && err != nil || !e.caps.Checks && !errors.Is(err, orm.ErrUnsupported) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
