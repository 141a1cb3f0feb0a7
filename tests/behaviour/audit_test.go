package behaviour_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/audit"
	"github.com/weft-orm/weft/orm"
)

type auditUser struct {
	ID       int64
	Name     string
	Password string `orm:",redacted"`
	Groups   orm.Collection[auditGroup]
}

type auditGroup struct {
	ID   int64
	Name string
}

var auditEntities = []any{auditUser{}, auditGroup{}, audit.Entity("")}

type actorKey struct{}

func actorOf(ctx context.Context) (string, error) {
	name, is := ctx.Value(actorKey{}).(string)
	if !is {
		return "", errors.New("nobody is logged in")
	}
	return name, nil
}

// trail prints the entries of a database.
func trail(t *testing.T, db *orm.DB) []string {
	t.Helper()
	entries, err := orm.Find[audit.Entry](t.Context(), db.Fork(), nil, orm.OrderBy("id"))
	ok(t, err)
	var list []string
	for _, e := range entries {
		var changes any
		ok(t, json.Unmarshal(e.Changes, &changes))
		list = append(list, fmt.Sprint(e.Actor, " ", e.Kind, " ", e.Entity, " ", changes))
	}
	return list
}

// TestAuditTable writes who changed what, with the keys that the database made.
func TestAuditTable(t *testing.T) {
	enginesWith(t, []orm.Option{audit.Trail(audit.Options{Actor: actorOf})}, auditEntities, func(t *testing.T, e engine) {
		ctx := context.WithValue(t.Context(), actorKey{}, "ann")
		em := e.db.Fork()
		user, admins := &auditUser{Name: "bob", Password: "xyzzy"}, &auditGroup{Name: "admins"}
		user.Groups.Add(admins)
		em.Persist(user, admins)
		ok(t, em.Flush(ctx))
		entries, err := orm.Find[audit.Entry](ctx, e.db.Fork(), orm.M{"entity": "auditUser"})
		if err != nil || len(entries) != 1 || entries[0].Key != fmt.Sprint(user.ID) {
			t.Errorf("entries %+v, %v", entries, err)
		}
		_, err = orm.NativeDelete[audit.Entry](ctx, e.db.Fork(), nil, orm.AllowAll())
		ok(t, err)
		user.Name, user.Password = "rob", "plugh"
		ok(t, em.Flush(ctx))
		user.Groups.Remove(admins)
		ok(t, em.Flush(ctx))
		em.Remove(admins)
		ok(t, em.Flush(ctx))
		same(t, trail(t, e.db),
			"ann update auditUser map[name:map[new:rob old:bob] password:map[new:[redacted] old:[redacted]]]",
			fmt.Sprintf("ann update auditUser map[groups:map[removed:[%d]]]", admins.ID),
			fmt.Sprintf("ann delete auditGroup map[id:map[new:<nil> old:%d] name:map[new:<nil> old:admins]]", admins.ID))
		idle(t, em)
	})
}

// TestAuditActor refuses a flush of nobody, and writes nothing.
func TestAuditActor(t *testing.T) {
	enginesWith(t, []orm.Option{audit.Trail(audit.Options{Actor: actorOf})}, auditEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		user := &auditUser{Name: "bob"}
		em.Persist(user)
		if err := em.Flush(t.Context()); err == nil || errors.Is(err, orm.ErrAfterFlush) {
			t.Errorf("got %v", err)
		}
		same(t, trail(t, e.db))
		if n, err := orm.Count[auditUser](t.Context(), e.db.Fork(), nil); err != nil || e.caps.Transactions && n != 0 {
			t.Errorf("%d users, %v", n, err)
		}
		if user.ID != 0 {
			t.Errorf("a key is left: %d", user.ID)
		}
	})
}

// TestAuditRollback takes entries back with their transaction.
func TestAuditRollback(t *testing.T) {
	enginesWith(t, []orm.Option{audit.Trail(audit.Options{})}, auditEntities, func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			return
		}
		no := errors.New("no")
		err := e.db.Fork().Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&auditUser{Name: "bob"})
			if err := em.Flush(ctx); err != nil {
				return err
			}
			if n, err := orm.Count[audit.Entry](ctx, em, nil); err != nil || n != 1 {
				t.Errorf("%d entries inside, %v", n, err)
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Error(err)
		}
		same(t, trail(t, e.db))
	})
}

// TestAuditSink gives entries to a function, of the entities that are kept.
func TestAuditSink(t *testing.T) {
	var got []string
	var fail error
	options := audit.Options{Except: []string{"auditGroup"}, To: func(_ context.Context, _ *orm.EntityManager, entries []*audit.Entry) error {
		for _, e := range entries {
			got = append(got, e.Kind+" "+e.Entity)
		}
		return fail
	}}
	enginesWith(t, []orm.Option{audit.Trail(options)}, auditEntities, func(t *testing.T, e engine) {
		got, fail = nil, nil
		em := e.db.Fork()
		user := &auditUser{Name: "bob"}
		em.Persist(user, &auditGroup{Name: "admins"})
		ok(t, em.Flush(t.Context()))
		em.Persist(&auditGroup{Name: "users"})
		ok(t, em.Flush(t.Context()))
		same(t, got, "create auditUser")
		fail, user.Name = errors.New("no"), "rob"
		if err := em.Flush(t.Context()); !errors.Is(err, fail) {
			t.Errorf("got %v", err)
		}
	})
}

// TestPageOfAudit compiles the examples of docs/audit.md.
func TestPageOfAudit(t *testing.T) {
	examplesOf(t, "audit.md", "audit_test.go")
	actor := func(ctx context.Context) (string, error) { return actorOf(ctx) }
	options := []orm.Option{
		orm.Entities(auditUser{}, auditGroup{}, audit.Entity("audit_entries")),
		audit.Trail(audit.Options{Actor: actor, Except: []string{"Session"}}),
	}
	if len(options) != 2 {
		t.Error("two options")
	}
}
