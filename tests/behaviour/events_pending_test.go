package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// moments calls one function at one moment of a flush and its transaction.
type moments struct {
	at  string
	act func(ctx context.Context, em *orm.EntityManager) error
}

func (m *moments) option() orm.Option {
	when := func(at string) func(context.Context, *orm.EntityManager) error {
		return func(ctx context.Context, em *orm.EntityManager) error {
			if m.at != at || m.act == nil {
				return nil
			}
			return m.act(ctx, em)
		}
	}
	written := when("written")
	return orm.Subscribe(orm.Subscriber{
		Written:      func(ctx context.Context, em *orm.EntityManager, _ *orm.FlushEvent) error { return written(ctx, em) },
		Transactions: orm.TransactionEvents{AfterBegin: when("after begin"), BeforeCommit: when("before commit")},
	})
}

// kept tells authors with their books, and the tags of these, as they are stored.
func kept(t *testing.T, e engine) string {
	t.Helper()
	authors, err := orm.Find[model.Author](t.Context(), e.db.Fork(), nil, orm.OrderBy("name"), orm.Populate("books.tags"))
	ok(t, err)
	var b strings.Builder
	for _, a := range authors {
		fmt.Fprintf(&b, "%s:", a.Name)
		var books []string
		for _, x := range a.Books.Items() {
			var tags []string
			for _, tag := range x.Tags.Items() {
				tags = append(tags, tag.Name)
			}
			slices.Sort(tags)
			books = append(books, fmt.Sprintf("%s%d%v", x.Title, x.Pages, tags))
		}
		slices.Sort(books)
		fmt.Fprintf(&b, " %s; ", strings.Join(books, ", "))
	}
	return b.String()
}

// TestPendingFromWithin changes entities while their flush is under way, after its changes were told: all of it is
// pending, and written by the next flush, whether those entities and collections are in the flush or not.
func TestPendingFromWithin(t *testing.T) {
	m := &moments{}
	errNo := errors.New("no")
	enginesWith(t, []orm.Option{m.option()}, model.Library(), func(t *testing.T, e engine) {
		for _, at := range []string{"after begin", "written", "before commit"} {
			for _, loaded := range []bool{true, false} {
				for _, fails := range []bool{false, true} {
					if fails && !e.caps.Transactions {
						continue
					}
					t.Run(fmt.Sprint(at, " ", loaded, " ", fails), func(t *testing.T) {
						*m = moments{}
						ctx := t.Context()
						for _, name := range []string{"Book", "Author", "Tag"} {
							em := e.db.Fork()
							list, err := orm.FindAny(ctx, em, name, nil)
							ok(t, err)
							for _, x := range list {
								em.Remove(x)
							}
							ok(t, em.Flush(ctx))
						}
						em := e.db.Fork()
						ann, bob := &model.Author{Name: "ann", Email: "a"}, &model.Author{Name: "bob", Email: "b"}
						one, two := &model.Book{Title: "one"}, &model.Book{Title: "two"}
						sea, sun, sky := &model.Tag{Name: "sea"}, &model.Tag{Name: "sun"}, &model.Tag{Name: "sky"}
						ann.Books.Add(one)
						bob.Books.Add(two)
						one.Tags.Add(sea)
						em.Persist(ann, bob, sun, sky)
						ok(t, em.Flush(ctx))
						em = e.db.Fork()
						var options []orm.FindOption
						if loaded {
							options = append(options, orm.Populate("books.tags"))
						}
						authors, err := orm.Find[model.Author](ctx, em, nil, append(options, orm.OrderBy("name"))...)
						ok(t, err)
						books, err := orm.Find[model.Book](ctx, em, nil, orm.OrderBy("title"))
						ok(t, err)
						tags, err := orm.Find[model.Tag](ctx, em, nil, orm.OrderBy("name"))
						ok(t, err)
						ann, bob, one, two, sea, sky, sun = authors[0], authors[1], books[0], books[1], tags[0], tags[1], tags[2]

						// What is flushed.
						three := &model.Book{Title: "three"}
						ann.Books.Add(three)
						one.Pages = 1
						one.Tags.Add(sun)
						one.Tags.Remove(sea)
						acted := false
						m.at, m.act = at, func(context.Context, *orm.EntityManager) error {
							if acted {
								return nil
							}
							acted = true
							one.Pages = 2
							one.Tags.Add(sky)
							one.Tags.Remove(sun)
							two.Tags.Add(sun)
							bob.Books.Add(three)
							bob.Books.Add(&model.Book{Title: "four"})
							one.Author = orm.To(bob)
							if fails {
								return errNo
							}
							return nil
						}
						if err := em.Flush(ctx); fails != errors.Is(err, errNo) {
							t.Fatal(err)
						}
						want := "ann: one1[sun], three0[]; bob: two0[]; "
						if fails {
							want = "ann: one0[sea]; bob: two0[]; "
						}
						if got := kept(t, e); got != want {
							t.Errorf("the flush has stored\n%s, not\n%s", got, want)
						}
						m.act = nil
						ok(t, em.Flush(ctx))
						if got, want := kept(t, e), "ann: ; bob: four0[], one2[sky], three0[], two0[sun]; "; got != want {
							t.Errorf("the next flush has stored\n%s, not\n%s", got, want)
						}
						idle(t, em)
					})
				}
			}
		}
	})
}

// TestReadFromWithin reads rows that the flush has inserted, while its transaction is open: they are the entities
// that were flushed, in lists as well, and stay new when the transaction is rolled back.
func TestReadFromWithin(t *testing.T) {
	m := &moments{}
	errNo := errors.New("no")
	enginesWith(t, []orm.Option{m.option()}, model.Library(), func(t *testing.T, e engine) {
		for _, at := range []string{"written", "before commit"} {
			for _, fails := range []bool{false, true} {
				if fails && !e.caps.Transactions {
					continue
				}
				t.Run(fmt.Sprint(at, " ", fails), func(t *testing.T) {
					*m = moments{}
					ctx := t.Context()
					em := e.db.Fork()
					ann := &model.Author{Name: "ann", Email: fmt.Sprint(at, fails)}
					em.Persist(ann)
					ok(t, em.Flush(ctx))
					em = e.db.Fork()
					ann, err := orm.FindOneOrFail[model.Author](ctx, em, ann.ID)
					ok(t, err)
					book := &model.Book{Title: "new", Author: orm.To(ann)}
					em.Persist(book)
					m.at, m.act = at, func(ctx context.Context, em *orm.EntityManager) error {
						again, err := orm.FindOneOrFail[model.Book](ctx, em, orm.M{"author": ann})
						if err != nil || again != book {
							return fmt.Errorf("another instance %p, not %p, %w", again, book, err)
						}
						if byKey, err := orm.FindOneOrFail[model.Book](ctx, em, book.ID); err != nil || byKey != book {
							return fmt.Errorf("another instance by key, %w", err)
						}
						if err := ann.Books.Load(ctx); err != nil {
							return err
						}
						if list := ann.Books.Items(); len(list) != 1 || list[0] != book {
							return fmt.Errorf("the list has %d items", len(list))
						}
						if again.Title = "renamed"; fails {
							return errNo
						}
						return nil
					}
					if err := em.Flush(ctx); (err != nil) != fails || fails && !errors.Is(err, errNo) {
						t.Fatal(err)
					}
					if m.act = nil; fails && book.ID != 0 {
						t.Errorf("the key %d is left", book.ID)
					}
					ok(t, em.Flush(ctx))
					if list := ann.Books.Items(); len(list) != 1 || list[0] != book {
						t.Errorf("the list has %d items after the flush", len(list))
					}
					list, err := orm.Find[model.Book](ctx, e.db.Fork(), orm.M{"author": ann.ID})
					if err != nil || len(list) != 1 || list[0].Title != "renamed" {
						t.Errorf("%d books, %v", len(list), err)
					}
					idle(t, em)
				})
			}
		}
	})
}

// TestDeleteHookBehindUpdateHook runs the hooks of a removal, also where the entity was changed, and its hooks of that
// have run, before the hook of another removes it.
func TestDeleteHookBehindUpdateHook(t *testing.T) {
	var heard []string
	var remove func(*orm.EntityManager, orm.Event)
	option := orm.Subscribe(orm.Subscriber{
		Before: func(_ context.Context, em *orm.EntityManager, e orm.Event) error {
			if tag, is := e.Entity.(*model.Tag); is && remove != nil {
				heard = append(heard, fmt.Sprint("before ", e.Kind, " ", tag.Name))
				remove(em, e)
			}
			return nil
		},
	})
	enginesWith(t, []orm.Option{option}, model.Library(), func(t *testing.T, e engine) {
		for _, first := range []bool{true, false} {
			remove = nil
			em := e.db.Fork()
			one, two := &model.Tag{Name: fmt.Sprint("one", first)}, &model.Tag{Name: fmt.Sprint("two", first)}
			em.Persist(one, two)
			ok(t, em.Flush(t.Context()))
			gone, by := one, two
			if !first {
				gone, by = two, one
			}
			gone.Name, by.Name = gone.Name+" gone", by.Name+" kept"
			heard = nil
			remove = func(em *orm.EntityManager, e orm.Event) {
				if e.Entity == any(by) {
					em.Remove(gone)
				}
			}
			ok(t, em.Flush(t.Context()))
			if !slices.Contains(heard, "before delete "+gone.Name) || slices.Contains(heard, "before delete "+by.Name) {
				t.Errorf("heard %v", heard)
			}
			n, err := orm.Count[model.Tag](t.Context(), e.db.Fork(), orm.M{"id": gone.ID})
			if err != nil || n != 0 {
				t.Errorf("%d rows, %v", n, err)
			}
		}
	})
}

// TestWhatHooksDoStays takes flushes back in which a before-hook has changed something of every kind: all of it is the
// user's and stays, so that the next flush writes it as a whole.
func TestWhatHooksDoStays(t *testing.T) {
	var act func(em *orm.EntityManager)
	option := orm.Subscribe(orm.Subscriber{Before: func(_ context.Context, em *orm.EntityManager, e orm.Event) error {
		if a, is := e.Entity.(*model.Author); is && e.Kind == "update" && a.Name == "ann" && act != nil {
			once := act
			act = nil
			once(em)
		}
		return nil
	}})
	enginesWith(t, []orm.Option{option}, model.Library(), func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			return
		}
		em := e.db.Fork()
		em.Persist(&model.Author{Name: "ann", Email: "a"}, &model.Tag{Name: "sea"}, &model.Tag{Name: "sun"})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		ann, err := orm.FindOneOrFail[model.Author](t.Context(), em, orm.M{"name": "ann"}, orm.Populate("books.tags"))
		ok(t, err)
		sun, err := orm.FindOneOrFail[model.Tag](t.Context(), em, orm.M{"name": "sun"})
		ok(t, err)
		act = func(em *orm.EntityManager) {
			book := &model.Book{Title: "hooked"}
			ann.Books.Add(book)
			book.Tags.Add(sun)
			ann.Rating = 4
			em.Persist(&model.Tag{Name: "hooked"})
		}
		ann.Age = new(int)
		twin := &model.Tag{Name: "sea"}
		em.Persist(twin)
		if err := em.Flush(t.Context()); !orm.IsUnique(err, "name") {
			t.Fatal(err)
		}
		em.Remove(twin)
		rolledBack := errors.New("rolled back")
		err = em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			return errors.Join(em.Flush(ctx), rolledBack)
		})
		if !errors.Is(err, rolledBack) || ann.Books.Len() != 1 || ann.Rating != 4 {
			t.Errorf("%d books, rating %v, %v", ann.Books.Len(), ann.Rating, err)
		}
		ok(t, em.Flush(t.Context()))
		if got, want := kept(t, e), "ann: hooked0[sun]; "; got != want {
			t.Errorf("stored are %s, not %s", got, want)
		}
		if n, err := orm.Count[model.Tag](t.Context(), e.db.Fork(), nil); err != nil || n != 3 {
			t.Errorf("%d tags, %v", n, err)
		}
		idle(t, em)
	})
}
