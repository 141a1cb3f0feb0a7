package orm_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

const (
	link   = `INSERT INTO "book_tags" ("book_id", "tag_id") VALUES (?, ?) `
	unlink = `DELETE FROM "book_tags" WHERE "book_id" = ? AND "tag_id" = ? `
)

func TestManyToManyWritesTheDifference(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Winter"}, orm.Populate("tags")))
	tags := book.Tags.Items()
	sea := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "sea"}))
	b.rec.Take()
	book.Tags.Set(tags[1], sea)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, unlink+`[1 2]`, link+`[1 1]`, `commit`)
	book.Tags.Add(tags[0])
	book.Tags.Remove(tags[0])
	b.ok(em.Flush(b.ctx))
	b.sent()
	book.Tags.RemoveAll()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, unlink+`[1 3] [1 1]`, `commit`)
}

func TestUnloadedCollectionIsChangedBlindly(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Winter"}))
	tags := must(orm.Find[Tag](b.ctx, em, nil, orm.OrderBy("id")))
	b.rec.Take()
	book.Tags.Add(tags[0])
	book.Tags.Remove(tags[1])
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, unlink+`[1 2]`, strings.Replace(link, "(?, ?)", "(?, ?) ON CONFLICT DO NOTHING", 1)+`[1 1]`, `commit`)
	b.ok(em.Flush(b.ctx))
	b.sent()
	if book.Tags.IsLoaded() || book.Tags.IsDirty() {
		t.Error("the collection pretends to be known")
	}
	b.ok(book.Tags.Load(b.ctx))
	if book.Tags.Len() != 2 || !book.Tags.Contains(tags[0]) || book.Tags.Contains(tags[1]) {
		t.Errorf("tags = %v", book.Tags.Items())
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestUnloadedCollectionIsReplaced(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Winter"}))
	sea := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "sea"}))
	b.rec.Take()
	book.Tags.Set(sea)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `DELETE FROM "book_tags" WHERE "book_id" = ? [1]`, link+`[1 1]`, `commit`)
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestPendingChangesSurviveLoading(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Winter"}))
	tags := must(orm.Find[Tag](b.ctx, em, nil, orm.OrderBy("id")))
	book.Tags.Add(tags[0])
	book.Tags.Remove(tags[1])
	b.ok(book.Tags.Load(b.ctx))
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, unlink+`[1 2]`, link+`[1 1]`, `commit`)
}

func TestBothSidesOfManyToManyChanged(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Waves"}, orm.Populate("tags")))
	sea := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "sea"}, orm.Populate("books")))
	snow := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "snow"}))
	b.rec.Take()
	book.Tags.Add(sea)
	if !sea.Books.Contains(book) {
		t.Error("the inverse side does not see the new link")
	}
	sea.Books.Add(book)
	snow.Books.Add(book)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, link+`[3 1] [3 3]`, `commit`)
	sea.Books.Remove(book)
	if book.Tags.Contains(sea) {
		t.Error("the owning side still holds the link")
	}
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, unlink+`[3 1]`, `commit`)
}

func TestOneToManyKeepsBothSidesInStep(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	authors := must(orm.Find[Author](b.ctx, em, nil, orm.Populate("books"), orm.OrderBy("id")))
	jon, amy := authors[0], authors[1]
	winter := jon.Books.Items()[0]
	b.rec.Take()
	amy.Books.Add(winter)
	if winter.Author.Get() != amy {
		t.Error("adding does not set the reference")
	}
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "books" SET "author_id" = ? WHERE "id" = ? [2 1]`, `commit`)
	if jon.Books.Len() != 1 || amy.Books.Len() != 2 {
		t.Errorf("jon has %d books, amy %d", jon.Books.Len(), amy.Books.Len())
	}
	winter.Author = orm.To(jon)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "books" SET "author_id" = ? WHERE "id" = ? [1 1]`, `commit`)
	if jon.Books.Len() != 2 || amy.Books.Len() != 1 || amy.Books.IsDirty() {
		t.Errorf("jon has %d books, amy %d", jon.Books.Len(), amy.Books.Len())
	}
	fresh := &Author{Name: "new", Email: "new"}
	fresh.Books.Add(&Book{Title: "Autumn"}, winter)
	em.Persist(fresh)
	b.flush(em)
	if winter.Author.Get() != fresh || jon.Books.Len() != 1 || fresh.Books.Items()[0].Author.Get() != fresh {
		t.Error("a new owner does not take its items over")
	}
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestOneToOneInverseSide(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	jon := must(orm.FindOneOrFail[Author](b.ctx, em, 1))
	b.rec.Take()
	jon.Profile = orm.To(&Profile{Bio: "x"})
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `INSERT INTO "profiles" ("bio", "author_id") VALUES (?, ?) ['x' 1]`, `commit`)
	b.ok(em.Flush(b.ctx))
	b.sent()
	em = b.db.Fork()
	jon = must(orm.FindOneOrFail[Author](b.ctx, em, 1, orm.Populate("profile")))
	if jon.Profile.Get().Author.Get() != jon {
		t.Error("the profile leads elsewhere")
	}
	if amy := must(orm.FindOneOrFail[Author](b.ctx, em, 2)); !amy.Profile.IsNil() {
		t.Error("an absent profile is not null")
	}
}

// Playlist has tracks in an order of its own.
type Playlist struct {
	ID     int64
	Tracks orm.Collection[Track] `orm:",ordered,pivot=playlist_tracks"`
}

type Track struct {
	ID   int64
	Name string
}

func TestOrderedManyToMany(t *testing.T) {
	b := newBench(t, Playlist{}, Track{})
	em := b.db.Fork()
	p := &Playlist{}
	x, y, z := &Track{Name: "x"}, &Track{Name: "y"}, &Track{Name: "z"}
	p.Tracks.Add(z, x, y)
	em.Persist(p)
	b.flush(em)
	names := func(p *Playlist) string {
		var s []string
		for _, track := range p.Tracks.All() {
			s = append(s, track.Name)
		}
		return strings.Join(s, "")
	}
	em = b.db.Fork()
	p = must(orm.FindOneOrFail[Playlist](b.ctx, em, 1, orm.Populate("tracks")))
	if names(p) != "zxy" {
		t.Fatalf("tracks = %s", names(p))
	}
	items := p.Tracks.Items()
	p.Tracks.Set(items[0], items[2], items[1], &Track{Name: "w"})
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, // where the items stand was read with them
		`INSERT INTO "tracks" ("name") VALUES (?) ['w']`,
		`INSERT INTO "playlist_tracks" ("playlist_id", "track_id", "position") VALUES (?, ?, ?) [1 4 3]`,
		`UPDATE "playlist_tracks" SET "position" = ? WHERE "playlist_id" = ? AND "track_id" = ? [1 1 3] [2 1 2]`,
		`commit`)
	em = b.db.Fork()
	p = must(orm.FindOneOrFail[Playlist](b.ctx, em, 1))
	p.Tracks.Add(&Track{Name: "v"})
	b.flush(em)
	em = b.db.Fork()
	p = must(orm.FindOneOrFail[Playlist](b.ctx, em, 1, orm.Populate("tracks")))
	if names(p) != "zyxwv" {
		t.Errorf("tracks = %s", names(p))
	}
}

// TestReferencesBringItemsIntoLoadedCollections, of new entities too: a
// collection that is loaded would be wrong without them.
func TestReferencesBringItemsIntoLoadedCollections(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	jon, ann := &Author{Name: "Jon", Email: "jon"}, &Author{Name: "Ann", Email: "ann"}
	first, second := &Book{Title: "first", Author: orm.To(jon)}, &Book{Title: "second", Author: orm.To(jon)}
	em.Persist(jon, ann, first)
	b.flush(em)
	em.Persist(second)
	b.flush(em)
	if got := jon.Books.Items(); len(got) != 2 || got[0] != first || got[1] != second || jon.Books.IsDirty() {
		t.Errorf("books of Jon: %v, dirty %v", got, jon.Books.IsDirty())
	}
	first.Author = orm.To(ann)
	third := &Book{Title: "third", Author: orm.To(ann)}
	err := em.Transactional(b.ctx, func(ctx context.Context, em *orm.EntityManager) error {
		em.Persist(third)
		b.ok(em.Flush(ctx))
		if got := ann.Books.Items(); len(got) != 2 || got[0] != first || got[1] != third || jon.Books.Len() != 1 {
			t.Errorf("books of Ann: %v, of Jon: %v", got, jon.Books.Items())
		}
		return errBoom
	})
	if !errors.Is(err, errBoom) {
		t.Fatal(err)
	}
	b.rec.Take()
	b.flush(em)
	fresh := b.db.Fork()
	for name, want := range map[string]int64{"Jon": 1, "Ann": 2} {
		if n := must(orm.Count[Book](b.ctx, fresh, orm.M{"author.name": name})); n != want {
			t.Errorf("%s has %d books, want %d", name, n, want)
		}
	}
	if jon.Books.Len() != 1 || ann.Books.Len() != 2 {
		t.Errorf("books of Jon: %v, of Ann: %v", jon.Books.Items(), ann.Books.Items())
	}
}

// TestMovingItemsIsLinear counts the memory a flush takes to move the items of
// one collection to another: four times the items, four times the memory.
func TestMovingItemsIsLinear(t *testing.T) {
	moving := func(n int) uint64 {
		b := newBench(t)
		em := b.db.Fork()
		from, to := &Author{Name: "from", Email: "f"}, &Author{Name: "to", Email: "t"}
		em.Persist(from, to)
		books := make([]*Book, n)
		for i := range books {
			books[i] = &Book{Title: fmt.Sprint(i), Author: orm.To(from)}
			em.Persist(books[i])
		}
		b.flush(em)
		for _, book := range books {
			book.Author = orm.To(to)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b.flush(em)
		runtime.ReadMemStats(&after)
		if from.Books.Len() != 0 || to.Books.Len() != n {
			t.Errorf("%d and %d items after %d moved", from.Books.Len(), to.Books.Len(), n)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	const n = 1500
	few, many := moving(n), moving(4*n)
	if many > 6*few {
		t.Errorf("%d items take %d bytes, %d take %d", n, few, 4*n, many)
	}
}
