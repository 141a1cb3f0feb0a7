package orm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// Shelf has hooks that run when it is read.
type Shelf struct {
	ID      int64
	Name    string
	Boards  orm.Collection[Board] `orm:",mappedBy=Shelf"`
	cache   map[string]int
	journal []string
}

type Board struct {
	ID      int64
	Shelf   orm.Ref[Shelf]
	Label   string
	journal []string
}

func (s *Shelf) OnInit() {
	s.cache = map[string]int{}
	s.journal = append(s.journal, "init "+s.Name)
}

func (s *Shelf) OnLoad(context.Context) error {
	_, loaded := s.Boards.Peek()
	s.journal = append(s.journal, fmt.Sprint("load ", loaded))
	if s.Name == "broken" {
		return errHook
	}
	return nil
}

func (b *Board) OnLoad(context.Context) error {
	shelf, loaded := b.Shelf.Peek()
	b.journal = append(b.journal, fmt.Sprint("load ", loaded && shelf.Name != ""))
	return nil
}

func TestHooksOfReading(t *testing.T) {
	ctx := t.Context()
	var seen []string
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(Shelf{}, Board{}), orm.Subscribe(orm.Subscriber{
		Load: func(_ context.Context, em *orm.EntityManager, x any) error {
			_, err := orm.Count[Shelf](ctx, em, nil) // the manager can be used
			seen = append(seen, fmt.Sprintf("%T", x))
			return err
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	check(t, schema.Create(ctx, db))
	em := db.Fork()
	shelf := &Shelf{Name: "a"}
	shelf.Boards.Add(&Board{Label: "x"}, &Board{Label: "y"})
	em.Persist(shelf, &Shelf{Name: "broken"})
	check(t, em.Flush(ctx))
	if len(shelf.journal)+len(seen) > 0 {
		t.Errorf("journal of a new entity: %v, %v", shelf.journal, seen)
	}

	expect := func(s *Shelf, want string) {
		t.Helper()
		if got := fmt.Sprint(s.journal); got != want || s.cache == nil {
			t.Errorf("journal = %s, want %s", got, want)
		}
	}
	em = db.Fork()
	found := must(orm.Find[Shelf](ctx, em, orm.M{"name": "a"}, orm.Populate("boards")))[0]
	expect(found, "[init a load true]")
	if got := fmt.Sprint(found.Boards.Items()[1].journal); got != "[load true]" {
		t.Errorf("journal of an item = %s", got)
	}
	if fmt.Sprint(seen) != "[*orm_test.Shelf *orm_test.Board *orm_test.Board]" {
		t.Errorf("the subscriber saw %v", seen)
	}
	must(orm.FindOne[Shelf](ctx, em, found.ID))
	must(orm.Find[Shelf](ctx, em, orm.M{"name": "a"}))
	expect(found, "[init a load true]")
	check(t, em.Refresh(ctx, found))
	expect(found, "[init a load true load true]")

	em = db.Fork()
	board := must(orm.FindOneOrFail[Board](ctx, em, 1))
	expect(must(board.Shelf.Load(ctx)), "[init a load false]")
	for s, err := range orm.Stream[Shelf](ctx, db.Fork(), orm.M{"name": "a"}, orm.ReadOnly()) {
		check(t, err)
		expect(s, "[init a load false]")
	}
	expect(must(orm.All[Shelf](ctx, db.Fork(), orm.QB[Shelf](em, "s").Where(orm.M{"name": "a"})))[0], "[init a load false]")

	page := must(orm.FindByCursor[Shelf](ctx, db.Fork(), orm.M{"name": "a"}, orm.Window{First: 1}, orm.OrderBy("name")))
	expect(page.Items[0], "[init a load false]")

	if _, err := orm.Find[Shelf](ctx, db.Fork(), nil); !errors.Is(err, errHook) {
		t.Errorf("error = %v", err)
	}
}

// TestOrderOfJoinedItems joins items that an index brings in another order than that of their keys:
// they stand, and their hooks run, in that of the keys.
func TestOrderOfJoinedItems(t *testing.T) {
	ctx := t.Context()
	var seen []string
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(Shelf{}, Board{}), orm.Subscribe(orm.Subscriber{
		Load: func(_ context.Context, _ *orm.EntityManager, x any) error {
			switch x := x.(type) {
			case *Shelf:
				seen = append(seen, x.Name)
			case *Board:
				seen = append(seen, x.Label)
			}
			return nil
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	check(t, schema.Create(ctx, db))
	em := db.Fork()
	a, b := &Shelf{Name: "a"}, &Shelf{Name: "b"}
	a.Boards.Add(&Board{Label: "z"}, &Board{Label: "y"})
	b.Boards.Add(&Board{Label: "x"}, &Board{Label: "w"})
	em.Persist(a, b)
	check(t, em.Flush(ctx))
	_, err = em.Exec(ctx, "CREATE INDEX boards_of_shelves ON boards (shelf_id, label, id)")
	check(t, err)
	list, err := orm.Find[Shelf](ctx, db.Fork(), nil, orm.OrderBy("-id"), orm.Populate("boards"), orm.Strategy("joined"))
	check(t, err)
	var labels []string
	for _, s := range list {
		for _, b := range s.Boards.Items() {
			labels = append(labels, b.Label)
		}
	}
	if got := fmt.Sprint(labels, seen); got != "[x w z y] [b a x w z y]" {
		t.Errorf("items and hooks: %s", got)
	}
}

func TestStrict(t *testing.T) {
	b := newBench(t)
	library(b)
	em := orm.Strict(b.db.Fork())
	authors := must(orm.Find[model.Author](b.ctx, em, nil, orm.OrderBy("id")))
	b.ok(authors[0].Books.Load(b.ctx))
	err := authors[1].Books.Load(b.ctx)
	if want := `orm: load: Author.books: not done implicitly in strict mode: it was loaded on its own before; load them together: orm.Populate("books")`; !errors.Is(err, orm.ErrStrict) || err.Error() != want {
		t.Errorf("error = %v", err)
	}
	b.ok(orm.PopulateAll(b.ctx, em, authors, orm.Populate("books")))

	authors[0].Name = "changed"
	for name, query := range map[string]func() error{
		"find":   func() error { _, err := orm.Find[model.Author](b.ctx, em, nil); return err },
		"count":  func() error { _, err := orm.Count[model.Author](b.ctx, em, nil); return err },
		"native": func() error { _, err := orm.NativeDelete[model.Tag](b.ctx, em, orm.M{"id": 0}); return err },
		"bulk":   func() error { return orm.BulkInsert(b.ctx, em, []*model.Tag{{Name: "z"}}) },
	} {
		if err := query(); !errors.Is(err, orm.ErrStrict) {
			t.Errorf("%s: error = %v", name, err)
		}
	}
	must(orm.Find[model.Author](b.ctx, em, nil, orm.FlushWith(orm.FlushCommit)))
	b.ok(em.Flush(b.ctx))
	must(orm.Find[model.Author](b.ctx, em, nil))
}
