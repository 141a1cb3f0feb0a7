package behaviour_test

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
)

type wholeShelf struct {
	ID    int64
	Name  string                    `orm:",length=20"`
	Room  string                    `orm:",length=20"`
	Books orm.Collection[wholeBook] `orm:",mappedBy=Shelf"`
	Plain []*wholeNote              `orm:",mappedBy=Shelf"`
	Tags  orm.Collection[wholeTag]
}

type wholeBook struct {
	ID    int64
	Title string `orm:",length=20"`
	Pages int
	Cover *wholeCover
	Shelf orm.Ref[wholeShelf]
}

type wholeCover struct{ Colour, Ink string }

type wholeNote struct {
	ID    int64
	Text  string `orm:",length=20"`
	Stars int
	Shelf *wholeShelf
}

type wholeTag struct {
	ID     int64
	Name   string `orm:",length=20"`
	Weight int
}

// TestLoadCompletes: what was read in part is completed by every way to load it.
func TestLoadCompletes(t *testing.T) {
	entities := []any{wholeShelf{}, wholeBook{}, wholeNote{}, wholeTag{}}
	for _, shared := range []bool{false, true} {
		engines(t, entities, func(t *testing.T, e engine) {
			ctx := t.Context()
			fork := func() *orm.EntityManager {
				if shared {
					return e.db.Fork(orm.Shared(0))
				}
				return e.db.Fork()
			}
			em := e.db.Fork()
			shelf := &wholeShelf{Name: "A", Room: "attic"}
			shelf.Books.Add(&wholeBook{Title: "x", Pages: 10, Cover: &wholeCover{"red", "black"}}, &wholeBook{Title: "y", Pages: 20})
			shelf.Tags.Add(&wholeTag{Name: "t", Weight: 3})
			em.Persist(shelf, &wholeNote{Text: "n", Stars: 5, Shelf: shelf})
			ok(t, em.Flush(ctx))
			parts := []orm.FindOption{orm.Fields("name", "books.title", "tags.name", "plain.text"), orm.Populate("books", "tags", "plain")}
			part := func(em *orm.EntityManager) *wholeShelf {
				s, err := orm.FindOneOrFail[wholeShelf](ctx, em, orm.M{"name": "A"}, parts...)
				ok(t, err)
				if s.Room != "" || s.Books.Items()[0].Pages != 0 || s.Tags.Items()[0].Weight != 0 {
					t.Fatalf("too much was read: %+v", s)
				}
				return s
			}
			whole := func(what string, em *orm.EntityManager, s *wholeShelf, books, tags, notes bool) {
				t.Helper()
				for _, b := range s.Books.Items() {
					if books && (b.Pages == 0 || b.Title == "x" && (b.Cover == nil || b.Cover.Ink != "black")) {
						t.Errorf("%s: the book is %+v", what, b)
					}
				}
				if tags && s.Tags.Items()[0].Weight != 3 || notes && s.Plain[0].Stars != 5 {
					t.Errorf("%s: the tag is %+v, the note %+v", what, s.Tags.Items()[0], s.Plain[0])
				}
				idle(t, em)
			}
			em = fork()
			s := part(em)
			ok(t, s.Books.Load(ctx))
			ok(t, s.Tags.Load(ctx))
			whole("Collection.Load", em, s, true, true, false)
			ctx2, stats := orm.WithStats(ctx)
			ok(t, s.Books.Load(ctx2))
			ok(t, s.Tags.Load(ctx2))
			if stats.Statements() != 0 {
				t.Errorf("what is whole was read again by %d statements", stats.Statements())
			}
			em = fork()
			s = part(em)
			ok(t, orm.Load(ctx, em, s, "books", "tags", "plain"))
			whole("orm.Load", em, s, true, true, true)
			em = fork()
			s = part(em)
			ok(t, orm.PopulateAll(ctx, em, []*wholeShelf{s}, orm.Populate("books", "tags", "plain")))
			whole("PopulateAll", em, s, true, true, true)
			em = fork()
			s = part(em)
			for _, b := range s.Books.Items() {
				shelf, err := b.Shelf.Load(ctx)
				if err != nil || shelf != s || s.Room != "attic" {
					t.Errorf("Ref.Load: %+v, %v", shelf, err)
				}
				if shelf, err := b.Shelf.LoadOrFail(ctx); err != nil || shelf != s {
					t.Errorf("Ref.LoadOrFail: %+v, %v", shelf, err)
				}
			}
			idle(t, em)
			em = fork()
			s = part(em)
			ok(t, orm.Load(ctx, em, s.Plain[0], "shelf"))
			if s.Room != "attic" {
				t.Error("orm.Load of a plain pointer does not complete its target")
			}
			// a part by a condition
			em = fork()
			s, err := orm.FindOneOrFail[wholeShelf](ctx, em, orm.M{"name": "A"}, orm.PopulateHint(orm.Hint{Path: "books", Where: orm.M{"title": "x"}, Fields: []string{"title"}}))
			ok(t, err)
			if s.Books.Len() != 1 {
				t.Errorf("%d books", s.Books.Len())
			}
			ok(t, s.Books.Load(ctx))
			if s.Books.Len() != 2 || s.Books.Items()[0].Pages == 0 || s.Books.Items()[1].Pages == 0 {
				t.Errorf("Load of a part: %+v", s.Books.Items())
			}
			idle(t, em)
		})
	}
}

// TestReadKeepsAssignments: what the user assigned to a property that was not read is not lost when a read brings it.
func TestReadKeepsAssignments(t *testing.T) {
	entities := []any{wholeShelf{}, wholeBook{}, wholeNote{}, wholeTag{}}
	engines(t, entities, func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		shelf, other := &wholeShelf{Name: "A", Room: "attic"}, &wholeShelf{Name: "B", Room: "hall"}
		book := &wholeBook{Title: "x", Pages: 10, Shelf: orm.To(shelf), Cover: &wholeCover{"red", "black"}}
		em.Persist(shelf, other, book)
		ok(t, em.Flush(ctx))
		ways := map[string]func(*orm.EntityManager, *wholeBook) error{
			"Find": func(em *orm.EntityManager, _ *wholeBook) error {
				_, err := orm.Find[wholeBook](ctx, em, nil)
				return err
			},
			"populate": func(em *orm.EntityManager, _ *wholeBook) error {
				_, err := orm.Find[wholeShelf](ctx, em, nil, orm.Populate("books"))
				return err
			},
			"joined": func(em *orm.EntityManager, _ *wholeBook) error {
				_, err := orm.Find[wholeShelf](ctx, em, nil, orm.Populate("books"), orm.Strategy("joined"))
				return err
			},
			"FindOne": func(em *orm.EntityManager, b *wholeBook) error {
				_, err := orm.FindOne[wholeBook](ctx, em, b.ID)
				return err
			},
			"Fields": func(em *orm.EntityManager, b *wholeBook) error {
				_, err := orm.Find[wholeBook](ctx, em, nil, orm.Fields("pages", "cover"))
				return err
			},
		}
		names := []string{"Find", "populate", "joined", "FindOne", "Fields"}
		slices.Sort(names)
		for i, name := range names {
			em := e.db.Fork()
			em.SetFlushMode(orm.FlushCommit)
			b, err := orm.FindOneOrFail[wholeBook](ctx, em, orm.M{"title": "x"}, orm.Fields("title"))
			ok(t, err)
			b.Pages = 100 + i
			b.Cover = &wholeCover{Colour: "blue", Ink: "white"}
			ok(t, ways[name](em, b))
			if b.Pages != 100+i || b.Cover == nil || b.Cover.Colour != "blue" {
				t.Errorf("%s: the book is %+v, %+v", name, b, b.Cover)
			}
			ok(t, em.Flush(ctx))
			idle(t, em)
			b, err = orm.FindOneOrFail[wholeBook](ctx, e.db.Fork(), orm.M{"title": "x"})
			if err != nil || b.Pages != 100+i || b.Cover == nil || *b.Cover != (wholeCover{"blue", "white"}) {
				t.Errorf("%s: stored is %+v, %v", name, b, err)
			}
			// a flush of other properties in between
			em = e.db.Fork()
			b, err = orm.FindOneOrFail[wholeBook](ctx, em, orm.M{"title": "x"}, orm.Fields("title", "shelf"))
			ok(t, err)
			b.Pages, b.Shelf = 100+i, orm.ToKey[wholeShelf](other.ID)
			b.Pages++
			ok(t, em.Flush(ctx))
			ok(t, ways[name](em, b))
			if b.Pages != 101+i {
				t.Errorf("%s: after a flush the book has %d pages", name, b.Pages)
			}
			b.Pages--
			ok(t, em.Flush(ctx))
			idle(t, em)
			// and a refresh takes what is stored
			em = e.db.Fork()
			b, err = orm.FindOneOrFail[wholeBook](ctx, em, orm.M{"title": "x"}, orm.Fields("title"))
			ok(t, err)
			b.Pages = 7
			_, err = orm.Find[wholeBook](ctx, em, nil, orm.Overwrite())
			if err != nil || b.Pages != 100+i {
				t.Errorf("%s: refreshed to %d, %v", name, b.Pages, err)
			}
			idle(t, em)
		}
	})
}
