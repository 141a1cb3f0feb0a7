package behaviour_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// unpanicked runs a call and reports a panic.
func unpanicked(t *testing.T, name string, call func() error) (err error) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s panics: %v", name, r)
		}
	}()
	return call()
}

// TestNilManager hands a manager that is nil to everything that takes one.
func TestNilManager(t *testing.T) {
	ctx := t.Context()
	var em *orm.EntityManager
	s := &Sale{ID: 1}
	for name, call := range map[string]func() error{
		"Find":          func() error { _, err := orm.Find[Sale](ctx, em, nil); return err },
		"FindOne":       func() error { _, err := orm.FindOne[Sale](ctx, em, 1); return err },
		"FindOneOrFail": func() error { _, err := orm.FindOneOrFail[Sale](ctx, em, 1); return err },
		"FindAndCount":  func() error { _, _, err := orm.FindAndCount[Sale](ctx, em, nil); return err },
		"FindByCursor":  func() error { _, err := orm.FindByCursor[Sale](ctx, em, nil, orm.Window{First: 1}); return err },
		"FindAny":       func() error { _, err := orm.FindAny(ctx, em, "Sale", nil); return err },
		"CountAny":      func() error { _, err := orm.CountAny(ctx, em, "Sale", nil); return err },
		"Count":         func() error { _, err := orm.Count[Sale](ctx, em, nil); return err },
		"CountBy":       func() error { _, err := orm.CountBy[Sale](ctx, em, "branch", nil); return err },
		"Stream": func() error {
			for _, err := range orm.Stream[Sale](ctx, em, nil) {
				return err
			}
			return nil
		},
		"Watch": func() error {
			for _, err := range orm.Watch[Sale](ctx, em) {
				return err
			}
			return nil
		},
		"StreamRows": func() error {
			for _, err := range orm.StreamRows[int](ctx, em, "select 1") {
				return err
			}
			return nil
		},
		"Rows":             func() error { _, err := orm.Rows[int](ctx, em, "select 1"); return err },
		"Map":              func() error { _, err := orm.Map[Sale](ctx, em, "select 1"); return err },
		"Aggregate":        func() error { _, err := orm.Aggregate[Sale, int](ctx, em, nil); return err },
		"NativeClient":     func() error { _, err := orm.NativeClient[any](em); return err },
		"Changes":          func() error { _, err := orm.Changes(ctx, em); return err },
		"Assign":           func() error { return orm.Assign(ctx, em, s, orm.M{"branch": "a"}) },
		"Create":           func() error { _, err := orm.Create[Sale](ctx, em, orm.M{"branch": "a"}); return err },
		"Clone":            func() error { _, err := orm.Clone(ctx, em, s); return err },
		"Merge":            func() error { _, err := orm.Merge(em, s); return err },
		"BulkInsert":       func() error { return orm.BulkInsert(ctx, em, []*Sale{s}) },
		"BulkUpsert":       func() error { return orm.BulkUpsert(ctx, em, []*Sale{s}) },
		"UpsertEntity":     func() error { _, err := orm.UpsertEntity(ctx, em, s); return err },
		"Upsert":           func() error { _, err := orm.NativeUpsert[Sale](ctx, em, nil, orm.M{"id": 1}); return err },
		"NativeInsert":     func() error { _, err := orm.NativeInsert[Sale](ctx, em, orm.M{"id": 1}); return err },
		"NativeUpdate":     func() error { _, err := orm.NativeUpdate[Sale](ctx, em, 1, orm.M{"branch": "b"}); return err },
		"NativeDelete":     func() error { _, err := orm.NativeDelete[Sale](ctx, em, 1); return err },
		"NativeDeleteHard": func() error { _, err := orm.NativeDeleteHard[Sale](ctx, em, 1); return err },
		"Restore":          func() error { _, err := orm.Restore[Sale](ctx, em, 1); return err },
		"Load":             func() error { return orm.Load(ctx, em, s, "branch") },
		"LoadHint":         func() error { return orm.LoadHint(ctx, em, s) },
		"LoadCount":        func() error { _, err := orm.LoadCount(ctx, em, []*Sale{s}, "branch", nil); return err },
		"PopulateAll":      func() error { return orm.PopulateAll(ctx, em, []*Sale{s}, orm.Populate("*")) },
		"Matching":         func() error { _, err := orm.Matching[Sale](ctx, em, s, "branch", nil); return err },
		"ItemKeys":         func() error { _, err := orm.ItemKeys(ctx, em, s, "branch"); return err },
		"IsLoaded":         func() error { _, err := orm.IsLoaded(em, s, "branch"); return err },
		"Key":              func() error { _, err := orm.Key(em, s, "branch"); return err },
		"Shadow":           func() error { _, err := orm.Shadow[int](em, s, "x"); return err },
		"SetShadow":        func() error { return orm.SetShadow(em, s, "x", 1) },
		"ToDTO":            func() error { _, err := orm.ToDTO(em, s); return err },
		"JSON":             func() error { _, err := orm.JSON(em, s); return err },
		"WriteJSON":        func() error { return orm.WriteJSON(io.Discard, em, orm.Stream[Sale](ctx, em, nil)) },
		"QB All":           func() error { _, err := orm.QB[Sale](em, "s").All(ctx); return err },
		"QB One":           func() error { _, err := orm.QB[Sale](em, "s").One(ctx); return err },
		"QB Count":         func() error { _, err := orm.QB[Sale](em, "s").Count(ctx); return err },
		"QB where All":     func() error { _, err := orm.QB[Sale](em, "s").Where(orm.M{"id": 1}).Limit(1).All(ctx); return err },
		"QB Exec":          func() error { _, err := orm.QB[Sale](em, "s").Delete().Exec(ctx); return err },
		"Result":           func() error { _, err := orm.Result[int](ctx, em, orm.QB[Sale](em, "s")); return err },
		"Repo.Find":        func() error { _, err := orm.Repo[Sale](em).Find(ctx, nil); return err },
		"RepoAs":           func() error { _, err := orm.RepoAs[*orm.Repository[Sale]](em); return err },
		"em.Flush":         func() error { return em.Flush(ctx) },
		"em.Plan":          func() error { _, err := em.Plan(ctx); return err },
		"em.Refresh":       func() error { return em.Refresh(ctx, s) },
		"em.Lock":          func() error { return em.Lock(ctx, s) },
		"em.LockVersion":   func() error { return em.LockVersion(ctx, s, 1) },
		"em.Exec":          func() error { _, err := em.Exec(ctx, "select 1"); return err },
		"em.Transactional": func() error {
			return em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil })
		},
		"em.Begin":     func() error { return em.Begin(ctx) },
		"em.Commit":    func() error { return em.Commit(ctx) },
		"em.Rollback":  func() error { return em.Rollback(ctx) },
		"em.AddFilter": func() error { return em.AddFilter(mapper.Filter{Name: "x"}) },
		"em.Fork":      func() error { return em.Fork().Flush(ctx) },
		"Strict":       func() error { return orm.Strict(em).Flush(ctx) },
	} {
		if err := unpanicked(t, name, call); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, call := range map[string]func(){
		"Persist": func() { em.Persist(s) }, "Remove": func() { em.Remove(s) }, "RemoveHard": func() { em.RemoveHard(s) }, "Clear": func() { em.Clear() },
		"Forget": func() { em.Forget(s) }, "Contains": func() { em.Contains(s) }, "Managed": func() { em.Managed() }, "DB": func() { em.DB() },
		"SetFilter": func() { em.SetFilter("x", nil) }, "DisableFilter": func() { em.DisableFilter("x") }, "SetFlushMode": func() { em.SetFlushMode(orm.FlushCommit) },
		"RemoveFilter": func() { em.RemoveFilter("x") }, "InTransaction": func() { em.InTransaction() }, "Resolve": func() { em.Resolve(true) },
		"SchemaName": func() { em.SchemaName() }, "As": func() { orm.As[Sale](em, s) }, "Reference": func() { orm.Reference[Sale](em, 1) },
		"NewContext": func() { orm.From(orm.NewContext(ctx, em)) },
	} {
		_ = unpanicked(t, name, func() error { call(); return nil })
	}
}

// TestNilOptions hands nil to what takes options and definitions.
func TestNilArguments(t *testing.T) {
	ctx := t.Context()
	db, err := orm.Open(ctx, memory.New(), orm.Entities(Sale{}))
	ok(t, err)
	em := db.Fork()
	s := &Sale{ID: 1}
	open := func(opts ...orm.Option) error { _, err := orm.Open(ctx, memory.New(), opts...); return err }
	for name, call := range map[string]func() error{
		"Open nil option":             func() error { return open(nil) },
		"Entities nil":                func() error { return open(orm.Entities(nil)) },
		"Entities nil pointer":        func() error { return open(orm.Entities((*Sale)(nil), nil)) },
		"Define nil":                  func() error { return open(orm.Entities(mapper.Define[Sale](nil))) },
		"Entities nil definition":     func() error { return open(orm.Entities((*mapper.Definition)(nil))) },
		"harmless: Naming nil":        func() error { return open(orm.Entities(Sale{}), orm.Naming(nil)) },
		"CustomType nil":              func() error { return open(orm.Entities(Sale{}), orm.CustomType[string](nil)) },
		"Registry nil":                func() error { return open(orm.Registry(nil)) },
		"harmless: Logger nil":        func() error { return open(orm.Entities(Sale{}), orm.Logger(nil)) },
		"harmless: Logger nil option": func() error { return open(orm.Entities(Sale{}), orm.Logger(nil, nil)) },
		"harmless: Trace nil":         func() error { return open(orm.Entities(Sale{}), orm.Trace(nil)) },
		"ResultCache nil":             func() error { return open(orm.Entities(Sale{}), orm.ResultCache(nil)) },
		"ResultCache nil option":      func() error { return open(orm.Entities(Sale{}), orm.ResultCache(nil, nil)) },
		"RegisterRepository nil":      func() error { return open(orm.Entities(Sale{}), orm.RegisterRepository[Sale, int](nil)) },
		"EachEntity nil":              func() error { return open(orm.Entities(Sale{}), orm.EachEntity(nil)) },
		"FilterFor nil":               func() error { return open(orm.Entities(Sale{}), orm.FilterFor("branch", mapper.Filter{})) },
		"harmless: Subscribe empty":   func() error { return open(orm.Entities(Sale{}), orm.Subscribe(orm.Subscriber{})) },
		"Find nil option":             func() error { _, err := orm.Find[Sale](ctx, em, nil, nil); return err },
		"Count nil option":            func() error { _, err := orm.Count[Sale](ctx, em, nil, nil); return err },
		"FindByCursor nil option":     func() error { _, err := orm.FindByCursor[Sale](ctx, em, nil, orm.Window{First: 1}, nil); return err },
		"PopulateAll nil option":      func() error { return orm.PopulateAll(ctx, em, []*Sale{s}, nil) },
		"PopulateAll nil owner":       func() error { return orm.PopulateAll(ctx, em, []*Sale{nil}) },
		"NativeUpdate nil option":     func() error { _, err := orm.NativeUpdate[Sale](ctx, em, 1, orm.M{"branch": "b"}, nil); return err },
		"NativeUpdate nil set":        func() error { _, err := orm.NativeUpdate[Sale](ctx, em, 1, nil); return err },
		"NativeInsert nil row":        func() error { _, err := orm.NativeInsert[Sale](ctx, em, nil); return err },
		"BulkInsert nil entity":       func() error { return orm.BulkInsert(ctx, em, []*Sale{nil}) },
		"BulkInsert nil option":       func() error { return orm.BulkInsert(ctx, em, []*Sale{s}, nil) },
		"UpsertEntity nil":            func() error { _, err := orm.UpsertEntity[Sale](ctx, em, nil); return err },
		"Upsert nil row":              func() error { _, err := orm.NativeUpsert[Sale](ctx, em, nil, nil); return err },
		"Assign nil entity":           func() error { return orm.Assign(ctx, em, (*Sale)(nil), orm.M{"branch": "a"}) },
		"Assign untyped nil":          func() error { return orm.Assign(ctx, em, nil, orm.M{"branch": "a"}) },
		"Assign nil option":           func() error { return orm.Assign(ctx, em, s, orm.M{"branch": "a"}, nil) },
		"Clone nil":                   func() error { _, err := orm.Clone[Sale](ctx, em, nil); return err },
		"Clone nil option":            func() error { _, err := orm.Clone(ctx, em, s, nil); return err },
		"Merge nil":                   func() error { _, err := orm.Merge[Sale](em, nil); return err },
		"Load nil owner":              func() error { return orm.Load(ctx, em, nil, "branch") },
		"Load nil pointer":            func() error { return orm.Load(ctx, em, (*Sale)(nil), "branch") },
		"ToDTO nil":                   func() error { _, err := orm.ToDTO(em, nil); return err },
		"ToDTO nil pointer":           func() error { _, err := orm.ToDTO(em, (*Sale)(nil)); return err },
		"ToDTO nil option":            func() error { _, err := orm.ToDTO(em, s, nil); return err },
		"JSON nil pointer":            func() error { _, err := orm.JSON(em, (*Sale)(nil)); return err },
		"WriteJSON nil":               func() error { return orm.WriteJSON[Sale](nil, em, nil) },
		"Fork nil option":             func() error { return db.Fork(nil).Flush(ctx) },
		"em.Fork nil option":          func() error { return em.Fork(nil).Flush(ctx) },
		"Persist nil":                 func() error { em := db.Fork(); em.Persist(nil); return em.Flush(ctx) },
		"Persist nil pointer":         func() error { em := db.Fork(); em.Persist((*Sale)(nil)); return em.Flush(ctx) },
		"Remove nil pointer":          func() error { em := db.Fork(); em.Remove((*Sale)(nil)); return em.Flush(ctx) },
		"Refresh nil pointer":         func() error { return db.Fork().Refresh(ctx, (*Sale)(nil)) },
		"Lock nil pointer":            func() error { return db.Fork().Lock(ctx, (*Sale)(nil)) },
		"Transactional nil":           func() error { return db.Fork().Transactional(ctx, nil) },
		"Transactional nil option": func() error {
			return db.Fork().Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil }, nil)
		},
		"Begin nil option":   func() error { return db.Fork().Begin(ctx, nil) },
		"Exec nil builder":   func() error { _, err := orm.Exec(ctx, em, nil); return err },
		"All nil builder":    func() error { _, err := orm.All[Sale](ctx, em, nil); return err },
		"One nil builder":    func() error { _, err := orm.One[Sale](ctx, em, nil); return err },
		"Result nil builder": func() error { _, err := orm.Result[int](ctx, em, nil); return err },
		"nil query":          func() error { _, err := (*orm.Query[Sale])(nil).All(ctx); return err },
		"FromJSON nil db":    func() error { _, err := orm.FromJSON[Sale](nil, []byte("{}"), orm.Policy{}); return err },
		"FromJSON nil":       func() error { _, err := orm.FromJSON[Sale](db, nil, orm.Policy{}); return err },
		"Watch nil option": func() error {
			for _, err := range orm.Watch[Sale](ctx, em, nil) {
				return err
			}
			return nil
		},
		"nil db Fork":        func() error { return (*orm.DB)(nil).Fork().Flush(ctx) },
		"nil db Ping":        func() error { return (*orm.DB)(nil).Ping(ctx) },
		"nil db Close":       func() error { return (*orm.DB)(nil).Close() },
		"AddFilter empty":    func() error { return db.AddFilter(mapper.Filter{}) },
		"WithStats":          func() error { c, _ := orm.WithStats(ctx); _, err := orm.Find[Sale](c, em, nil, nil); return err },
		"OrderBy nil":        func() error { _, err := orm.Find[Sale](ctx, em, nil, orm.OrderBy(nil)); return err },
		"PopulateHint empty": func() error { _, err := orm.Find[Sale](ctx, em, nil, orm.PopulateHint(orm.Hint{})); return err },
		"Cached nil":         func() error { _, err := orm.Find[Sale](ctx, em, nil, orm.Cached(time.Second)); return err },
	} {
		err := unpanicked(t, name, call)
		if harmless := strings.HasPrefix(name, "harmless: "); harmless != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
