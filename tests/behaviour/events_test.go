package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// told prints changes, each on a line.
func told(changes []orm.Change) string {
	show := func(v any) string {
		switch v := v.(type) {
		case *model.Author:
			return "*" + v.Name
		case *model.Tag:
			return "*" + v.Name
		}
		return fmt.Sprint(v)
	}
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s %s", c.Kind, c.Name)
		for _, p := range c.Properties {
			fmt.Fprintf(&b, " %s:%s>%s", p.Path, show(p.Old), show(p.New))
		}
		for _, l := range c.Links {
			fmt.Fprintf(&b, " %s", l.Path)
			for _, x := range l.Added {
				b.WriteString("+" + show(x))
			}
			for _, x := range l.Removed {
				b.WriteString("-" + show(x))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestChanges tells what a flush would do, as data, and does not do it.
func TestChanges(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		ann := &model.Author{Name: "Ann", Email: "a"}
		sea := &model.Tag{Name: "sea"}
		book := &model.Book{Title: "Waves", Author: orm.To(ann)}
		book.Tags.Add(sea)
		em.Persist(book)
		changes, err := orm.Changes(t.Context(), em)
		ok(t, err)
		got := told(changes)
		for _, want := range []string{"create Author name:<nil>>Ann email:<nil>>a", "create Book title:<nil>>Waves", "author:<nil>>*Ann tags+*sea", "create Tag name:<nil>>sea"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %s in\n%s", want, got)
			}
		}
		if ann.ID != 0 || ann.Version != 0 {
			t.Errorf("telling changes made a key: %+v", ann)
		}
		ok(t, em.Flush(t.Context()))
		ann.Name, book.Pages = "Anna", 7
		book.Tags.Remove(sea)
		em.Remove(sea)
		changes, err = orm.Changes(t.Context(), em)
		ok(t, err)
		got = told(changes)
		for _, want := range []string{"update Author name:Ann>Anna\n", "update Book pages:0>7", fmt.Sprintf("delete Tag id:%d><nil> name:sea><nil>", sea.ID)} {
			if !strings.Contains(got, want) {
				t.Errorf("no %s in\n%s", want, got)
			}
		}
		if p, is := changes[0].Property("name"); !is || p.Old != "Ann" || changes[0].Key != ann.ID {
			t.Errorf("the first change is %v", changes[0].String())
		}
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		if changes, err = orm.Changes(t.Context(), em); err != nil || len(changes) != 0 {
			t.Errorf("after the flush: %v, %v", changes, err)
		}
	})
}

// TestChangesOfLinks tells of a flush that writes links alone.
func TestChangesOfLinks(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		book := &model.Book{Title: "Waves", Author: orm.To(&model.Author{Name: "Ann"})}
		sea, sun := &model.Tag{Name: "sea"}, &model.Tag{Name: "sun"}
		book.Tags.Add(sea)
		em.Persist(book, sun)
		ok(t, em.Flush(t.Context()))
		book.Tags.Add(sun)
		book.Tags.Remove(sea)
		changes, err := orm.Changes(t.Context(), em)
		if want := fmt.Sprintf("update Book tags+%d-%d\n", sun.ID, sea.ID); err != nil || told(changes) != want {
			t.Errorf("got %s, %v, want %s", told(changes), err, want)
		}
	})
}

// TestOnFlush changes, persists and removes between the stages of a flush.
func TestOnFlush(t *testing.T) {
	var rounds []string
	subscriber := orm.Subscriber{OnFlush: func(_ context.Context, em *orm.EntityManager, f *orm.FlushEvent) error {
		fresh := f.Fresh()
		rounds = append(rounds, told(fresh))
		for _, c := range fresh {
			switch x := c.Entity.(type) {
			case *model.Author:
				if c.Kind == "create" && x.Name == "Ann" {
					x.Name = "Anna"
					em.Persist(&model.Tag{Name: "by " + x.Name})
				}
			case *model.Tag:
				if x.Name == "unwanted" {
					em.Remove(x)
				}
			}
		}
		return nil
	}}
	enginesWith(t, []orm.Option{orm.Subscribe(subscriber)}, model.Library(), func(t *testing.T, e engine) {
		rounds = nil
		em := e.db.Fork()
		em.Persist(&model.Author{Name: "Ann"}, &model.Tag{Name: "unwanted"})
		ok(t, em.Flush(t.Context()))
		if len(rounds) != 2 || strings.Count(rounds[0], "\n") != 2 || strings.Contains(rounds[1], "unwanted") || !strings.Contains(rounds[1], "create Tag name:<nil>>by Anna") || !strings.Contains(rounds[1], "name:<nil>>Anna") {
			t.Errorf("rounds %q", rounds)
		}
		tags, err := orm.Find[model.Tag](t.Context(), e.db.Fork(), nil)
		if err != nil || len(tags) != 1 || tags[0].Name != "by Anna" {
			t.Errorf("tags %v, %v", tags, err)
		}
		idle(t, em)
	})
}

// TestOnFlushLoops stops a subscriber that never comes to an end.
func TestOnFlushLoops(t *testing.T) {
	n := 0
	endless := orm.Subscriber{OnFlush: func(_ context.Context, em *orm.EntityManager, _ *orm.FlushEvent) error {
		n++
		em.Persist(&model.Tag{Name: fmt.Sprint(n)})
		return nil
	}}
	enginesWith(t, []orm.Option{orm.Subscribe(endless)}, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&model.Author{Name: "Ann"})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrFlushLoop) {
			t.Errorf("got %v", err)
		}
		if n, err := orm.Count[model.Author](t.Context(), e.db.Fork(), nil); err != nil || n != 0 {
			t.Errorf("%d authors, %v", n, err)
		}
	})
}

// TestWritten reads and writes in the transaction of a flush, and can fail it.
func TestWritten(t *testing.T) {
	var fail error
	var keys []any
	subscriber := orm.Subscriber{Written: func(ctx context.Context, em *orm.EntityManager, f *orm.FlushEvent) error {
		for _, c := range f.Changes() {
			keys = append(keys, c.Key)
			if _, is := c.Entity.(*model.Author); !is {
				continue
			}
			if !em.InTransaction() {
				return errors.New("no transaction")
			}
			n, err := orm.Count[model.Author](ctx, em, orm.M{"id": c.Key})
			if err != nil || n != 1 {
				return fmt.Errorf("the row of author %v is not there: %d, %w", c.Key, n, err)
			}
			if _, err := orm.NativeInsert[model.Tag](ctx, em, orm.M{"name": fmt.Sprint(c.Kind, c.Key)}); err != nil {
				return err
			}
			if err := em.Flush(ctx); !errors.Is(err, orm.ErrInsideFlush) {
				return fmt.Errorf("flush in a flush: %w", err)
			}
		}
		return fail
	}}
	enginesWith(t, []orm.Option{orm.Subscribe(subscriber)}, model.Library(), func(t *testing.T, e engine) {
		fail, keys = nil, nil
		count := func(want int64) {
			t.Helper()
			if n, err := orm.Count[model.Tag](t.Context(), e.db.Fork(), nil); err != nil || n != want {
				t.Errorf("%d tags, want %d, %v", n, want, err)
			}
		}
		em := e.db.Fork()
		ann := &model.Author{Name: "Ann"}
		em.Persist(ann)
		ok(t, em.Flush(t.Context()))
		if len(keys) != 1 || keys[0] != ann.ID {
			t.Errorf("keys %v", keys)
		}
		count(1)
		if !e.caps.Transactions {
			return
		}
		fail = errors.New("no")
		ann.Name = "Anna"
		if err := em.Flush(t.Context()); !errors.Is(err, fail) || errors.Is(err, orm.ErrAfterFlush) {
			t.Errorf("got %v", err)
		}
		count(1)
		fail = nil
		ok(t, em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error { return em.Flush(ctx) }))
		count(2)
		if em.InTransaction() || ann.Version != 2 {
			t.Errorf("in a transaction %v, version %d", em.InTransaction(), ann.Version)
		}
		idle(t, em)
	})
}

// TestSubscribeTo hears of one type, after-hooks included, which tell old and new values.
func TestSubscribeTo(t *testing.T) {
	var heard []string
	options := []orm.Option{orm.SubscribeTo(orm.SubscriberOf[model.Author]{
		Before: func(_ context.Context, _ *orm.EntityManager, a *model.Author, e orm.Event) error {
			c := e.Change()
			heard = append(heard, "before "+told([]orm.Change{c}))
			return nil
		},
		After: func(_ context.Context, _ *orm.EntityManager, a *model.Author, e orm.Event) error {
			if c := e.Change(); c.Key != a.ID {
				return fmt.Errorf("key %v", c.Key)
			}
			p, _ := e.Change().Property("name")
			heard = append(heard, fmt.Sprint("after ", e.Kind, " ", p.Old, ">", p.New))
			return nil
		},
	})}
	enginesWith(t, options, model.Library(), func(t *testing.T, e engine) {
		heard = nil
		em := e.db.Fork()
		ann := &model.Author{Name: "Ann"}
		em.Persist(ann, &model.Tag{Name: "sea"})
		ok(t, em.Flush(t.Context()))
		ann.Name = "Anna"
		ok(t, em.Flush(t.Context()))
		em.Remove(ann)
		ok(t, em.Flush(t.Context()))
		got := strings.Join(heard, "|")
		for _, want := range []string{"after create <nil>>Ann", "before update Author name:Ann>Anna\n", "after update Ann>Anna", "after delete Anna><nil>"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %s in %s", want, got)
			}
		}
		if len(heard) != 6 {
			t.Errorf("heard %d things: %s", len(heard), got)
		}
	})
	type stranger struct{ ID int64 }
	_, err := orm.Open(t.Context(), nil, orm.SubscribeTo(orm.SubscriberOf[stranger]{}))
	if err == nil {
		t.Error("a stranger can be subscribed to")
	}
}

// TestUpsertHooks runs the hooks of entities that are upserted.
func TestUpsertHooks(t *testing.T) {
	var heard []string
	var fail error
	options := []orm.Option{orm.Subscribe(orm.Subscriber{
		Before: func(_ context.Context, _ *orm.EntityManager, e orm.Event) error {
			if tag, is := e.Entity.(*model.Tag); is && e.Kind == "upsert" {
				tag.Name = strings.ToLower(tag.Name)
				heard = append(heard, "before "+tag.Name)
			}
			return nil
		},
		After: func(_ context.Context, _ *orm.EntityManager, e orm.Event) error {
			if tag, is := e.Entity.(*model.Tag); is && e.Kind == "upsert" {
				heard = append(heard, fmt.Sprint("after ", tag.Name, tag.ID > 0))
			}
			return fail
		},
	})}
	enginesWith(t, options, model.Library(), func(t *testing.T, e engine) {
		heard, fail = nil, nil
		em := e.db.Fork()
		ok(t, orm.BulkUpsert(t.Context(), em, []*model.Tag{{Name: "SEA"}, {Name: "sun"}}, orm.ConflictOn("name")))
		same(t, heard, "before sea", "before sun", "after seatrue", "after suntrue")
		fail = errors.New("no")
		if err := orm.BulkUpsert(t.Context(), em, []*model.Tag{{Name: "sea"}, {Name: "sky"}}, orm.ConflictOn("name")); !errors.Is(err, orm.ErrAfterFlush) || !errors.Is(err, fail) {
			t.Errorf("got %v", err)
		}
		if n, err := orm.Count[model.Tag](t.Context(), em, nil); err != nil || n != 3 {
			t.Errorf("%d tags, %v", n, err)
		}
	})
}
