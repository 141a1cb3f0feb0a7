package mongo_test

import (
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// newLibrary is a bench with three authors, four books and three tags.
func newLibrary(t testing.TB) *bench {
	t.Helper()
	b := newBench(t)
	at := time.Date(2024, 5, 6, 7, 8, 9, 10_000_000, time.UTC)
	b.exec(
		b.insert("Author", "id name email age active rating bornAt createdAt favourite version",
			[]any{int64(1), "Ann", "ann@x", int64(30), true, 4.5, nil, at, int64(11), int64(1)},
			[]any{int64(2), "Bob", "bob@x", nil, false, 2.0, at, at, nil, int64(1)},
			[]any{int64(3), "ann", "ann2@x", int64(40), true, 3.0, nil, at, int64(12), int64(1)}),
		b.insert("Profile", "id bio author", []any{int64(1), "writes", int64(1)}),
		b.insert("Publisher", "code name country",
			[]any{"p", "Press", "it"}, []any{"q", "Quill", nil}),
		b.insert("Tag", "id name", []any{int64(1), "fantasy"}, []any{int64(2), "crime"}, []any{int64(3), "poetry"}),
		b.insert("Book", "id title isbn pages price author publisher",
			[]any{int64(11), "Winter", "i1", int64(100), 9.5, int64(1), "p"},
			[]any{int64(12), "Summer", nil, int64(200), 19.5, int64(1), nil},
			[]any{int64(13), "Autumn", nil, int64(300), 5.0, int64(2), "q"},
			[]any{int64(14), "winter", "i4", int64(50), 7.0, int64(1), "p"}),
		b.link(qb.Insert, "Book", "tags",
			[]any{int64(11), int64(2)}, []any{int64(11), int64(1)},
			[]any{int64(12), int64(1)}, []any{int64(13), int64(3)}),
	)
	return b
}

func TestFindByScalar(t *testing.T) {
	b := newLibrary(t)
	equal(t, "equality", b.rows(b.find("Author", "id name age bornAt", M{"name": "Ann"})), "1 Ann 30 <nil>")
	equal(t, "not equal skips null", b.rows(b.find("Author", "name", M{"age": M{"$ne": 30}})), "ann")
	equal(t, "null", b.rows(b.find("Author", "name bornAt", M{"age": nil})), "Bob 2024-05-06 07:08:09.01 +0000 UTC")
	equal(t, "like", b.rows(b.find("Author", "id", M{"name:like": "a%"})), "3")
	equal(t, "ilike", b.rows(b.find("Author", "id", M{"name:ilike": "a%"}, "id")), "1", "3")
	equal(t, "order", b.rows(b.find("Author", "id", nil, "age desc nulls first", "-id")), "2", "3", "1")
	equal(t, "order nulls last", b.rows(b.find("Author", "id", nil, "age asc nulls last")), "1", "3", "2")
	equal(t, "page", b.rows(b.find("Book", "title", nil, "-pages").page(2, 1)), "Summer", "Winter")
	equal(t, "no page", b.rows(b.find("Book", "title", nil).page(0, 0)))
}

func TestFindThroughRelations(t *testing.T) {
	b := newLibrary(t)
	equal(t, "to-one", b.rows(b.find("Book", "title", M{"author.name": "Bob"})), "Autumn")
	equal(t, "to-many", b.rows(b.find("Author", "id", M{"books": M{"pages >": 150}}, "id")), "1", "2")
	equal(t, "one row", b.rows(b.find("Author", "id", M{"books": M{"pages >": 150, "publisher": "p"}})))
	equal(t, "none", b.rows(b.find("Author", "id", M{"books": nil})), "3")
	equal(t, "every", b.rows(b.find("Author", "id", M{"books": M{"$every": M{"publisher.name": "Quill"}}}, "id")), "2", "3")
	equal(t, "size", b.rows(b.find("Author", "id", M{"books": M{"$size": 3}})), "1")
	equal(t, "tags", b.rows(b.find("Author", "id", M{"books.tags.name": "poetry"})), "2")
	equal(t, "tag keys", b.rows(b.find("Book", "id", M{"tags": M{"$all": []int{1, 2}}})), "11")
	equal(t, "no tags", b.rows(b.find("Book", "id", M{"tags": nil})), "14")
	equal(t, "inverse", b.rows(b.find("Tag", "name", M{"books.author.name": "Ann"}, "name")), "crime", "fantasy")
	equal(t, "unknown", b.rows(b.find("Author", "id", M{"favourite": M{"isbn": nil}})), "3")
	equal(t, "inverse one-to-one", b.rows(b.find("Author", "id profile", nil, "id")), "1 1", "2 <nil>", "3 <nil>")
	equal(t, "columns", b.rows(b.find("Book", "id", M{"author.favourite.title": "Winter"}, "id")), "11", "12", "14")
}

func TestCount(t *testing.T) {
	b := newLibrary(t)
	count := func(cond any) []string {
		q := b.find("Author", "", cond)
		q.Count = true
		return b.rows(q)
	}
	equal(t, "all", count(nil), "3")
	equal(t, "some", count(M{"books.title": "Winter"}), "1")
	equal(t, "none", count(M{"name": "nobody"}), "0")
}

func TestOrderThroughRelations(t *testing.T) {
	b := newLibrary(t)
	equal(t, "to-one", b.rows(b.find("Book", "id", nil, "author.name", "-id")), "14", "12", "11", "13")
	equal(t, "absent", b.rows(b.find("Book", "id", nil, "publisher.name desc nulls last", "id")), "13", "11", "14", "12")
	equal(t, "smallest", b.rows(b.find("Author", "id", nil, "books.pages")), "3", "1", "2")
	equal(t, "largest", b.rows(b.find("Author", "id", nil, "-books.pages")), "2", "1", "3")
}

func TestLoadSelectIn(t *testing.T) {
	b := newLibrary(t)
	via := func(name, properties, owner, relation string, owners ...any) *query {
		q := b.find(name, properties, nil)
		p := entity(owner).Property(relation)
		q.Via = &qb.Via{Relation: p, Owners: q.slot(owners), Limit: -1, Offset: -1}
		return q
	}
	equal(t, "one-to-many", b.rows(via("Book", "id title", "Author", "books", int64(1), int64(2))),
		"1 11 Winter", "1 12 Summer", "2 13 Autumn", "1 14 winter")
	equal(t, "many-to-many", b.rows(via("Tag", "id name", "Book", "tags", int64(11), int64(12), int64(14))),
		"11 1 fantasy", "12 1 fantasy", "11 2 crime")
	equal(t, "inverse many-to-many", b.rows(via("Book", "id", "Tag", "books", int64(1), int64(2))), "2 11", "1 11", "1 12")
	equal(t, "inverse one-to-one", b.rows(via("Profile", "id bio", "Author", "profile", int64(1), int64(2))), "1 1 writes")

	q := via("Book", "id", "Author", "books", int64(1), int64(2))
	q.OrderBy = b.find("Book", "", nil, "-pages").OrderBy
	q.Via.Limit, q.Via.Offset = q.slot(int64(1)), q.slot(int64(1))
	equal(t, "per parent", b.rows(q), "1 11")

	q = via("Tag", "name", "Book", "tags", int64(11), int64(12), int64(13))
	q.OrderBy = b.find("Tag", "", nil, "-name").OrderBy
	q.Via.Limit = q.slot(int64(1))
	equal(t, "per parent through the array", b.rows(q), "13 poetry", "11 fantasy", "12 fantasy")
}

func TestWrites(t *testing.T) {
	b := newLibrary(t)
	author := entity("Author")
	update := b.op(&qb.Write{Kind: qb.Update, Entity: author, Set: columns(author, "name", "version"), Match: columns(author, "id", "version")},
		[]any{"Anna", int64(2), int64(1), int64(1)}, []any{"Bobby", int64(2), int64(2), int64(9)})
	del := b.op(&qb.Write{Kind: qb.Delete, Entity: entity("Tag"), Match: columns(entity("Tag"), "id")}, []any{int64(3)})
	b.exec(update, del, b.link(qb.Delete, "Book", "tags", []any{int64(11), int64(2)}))
	if update.Affected[0] != 1 || del.Affected[0] != 1 {
		t.Errorf("affected %v and %v, want [1] and [1]", update.Affected, del.Affected)
	}
	equal(t, "updated", b.rows(b.find("Author", "name version", nil, "id")), "Anna 2", "Bob 1", "ann 1")
	equal(t, "deleted", b.rows(b.find("Tag", "id", nil, "id")), "1", "2")
	equal(t, "unlinked", b.rows(b.find("Book", "id", M{"tags": 2})))
	equal(t, "still linked", b.rows(b.find("Book", "id", M{"tags": 1}, "id")), "11", "12")
}

func TestAutoIncrement(t *testing.T) {
	b := newBench(t)
	tag := entity("Tag")
	w := &qb.Write{Kind: qb.Insert, Entity: tag, Set: columns(tag, "name"), Returning: tag.KeyColumns}
	first, second := b.op(w, []any{"a"}, []any{"b"}), b.op(w, []any{"c"})
	b.exec(first, second)
	if got := []any{first.Returned[0][0], first.Returned[1][0], second.Returned[0][0]}; got[0] != int64(1) || got[1] != int64(2) || got[2] != int64(3) {
		t.Errorf("returned %v", got)
	}
	equal(t, "inserted", b.rows(b.find("Tag", "id name", nil, "id")), "1 a", "2 b", "3 c")
	b.exec(b.insert("Tag", "id name", []any{int64(40), "d"}))
	if err := b.engine.(driver.SchemaEnsurer).EnsureSchema(t.Context(), registry(), ""); err != nil {
		t.Fatal(err)
	}
	third := b.op(w, []any{"e"})
	b.exec(third)
	if third.Returned[0][0] != int64(41) {
		t.Errorf("returned %v after 40", third.Returned[0][0])
	}
}
