package behaviour_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/tests/model"
)

// shelf writes two authors: Ann with three books, Bob with one.
func shelf(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	ann, bob := &model.Author{Name: "Ann", Email: "a"}, &model.Author{Name: "Bob", Email: "b"}
	press := &model.Publisher{Code: "p", Name: "Press"}
	tags := map[string]*model.Tag{}
	for _, name := range []string{"sea", "snow", "sun"} {
		tags[name] = &model.Tag{Name: name}
		em.Persist(tags[name])
	}
	for _, b := range []struct {
		title  string
		pages  int
		author *model.Author
		tags   []string
	}{
		{"Waves", 100, ann, []string{"sea", "sun"}}, {"Winter", 200, ann, []string{"snow", "sun"}},
		{"Woods", 300, ann, nil}, {"Walls", 100, bob, []string{"sun"}},
	} {
		book := &model.Book{Title: b.title, Pages: b.pages, Author: orm.To(b.author), Publisher: orm.To(press)}
		for _, name := range b.tags {
			book.Tags.Add(tags[name])
		}
		em.Persist(book)
	}
	ok(t, em.Flush(t.Context()))
}

// shelves prints authors with the books and tags that were loaded.
func shelves(authors []*model.Author) string {
	var s strings.Builder
	for _, a := range authors {
		s.WriteString(a.Name + ":")
		for _, b := range a.Books.All() {
			s.WriteString(" " + b.Title)
			for _, tag := range tagsOf(b) {
				s.WriteString("+" + tag.Name)
			}
		}
		s.WriteString("; ")
	}
	return strings.TrimSuffix(s.String(), "; ")
}

func tagsOf(b *model.Book) []*model.Tag {
	if !b.Tags.IsLoaded() {
		return nil
	}
	return b.Tags.Items()
}

// strategies runs fn for each loading strategy; an engine that joins to-one relations only falls back by itself.
func strategies(t *testing.T, fn func(t *testing.T, strategy orm.FindOption)) {
	for _, name := range []string{"select-in", "joined", "balanced"} {
		t.Run(name, func(t *testing.T) { fn(t, orm.Strategy(name)) })
	}
}

var populateWhere = []struct {
	name     string
	where    any
	populate orm.FindOption
	rule     orm.FindOption
	want     string
}{
	{"whole by default", orm.M{"books.title": "Winter"}, orm.Populate("books"), nil, "Ann: Waves Winter Woods"},
	{"inferred", orm.M{"books.title": "Winter"}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Winter"},
	{"of one level alone", orm.M{"books.title": "Winter"}, orm.Populate("books.tags"), orm.PopulateWhere(orm.Infer), "Ann: Winter+snow+sun"},
	{"of two levels", orm.M{"books.tags.name": "sun"}, orm.Populate("books.tags"), orm.PopulateWhere(orm.Infer), "Ann: Waves+sun Winter+sun; Bob: Walls+sun"},
	{"with the paths too", orm.M{"books": orm.M{"pages <": 200, "tags.name": "sea"}}, orm.Populate("$infer"), orm.PopulateWhere(orm.Infer), "Ann: Waves+sea"},
	{"all relations", orm.M{"books.title": "Winter"}, orm.Populate("*", "books.*"), orm.PopulateWhere(orm.Infer), "Ann: Winter+snow+sun"},
	{"two conditions, one row", orm.M{"books.pages": 100, "books.title:like": "Wa%"}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Waves; Bob: Walls"},
	{"rows of their own", orm.M{"$and": []any{orm.M{"books.title": "Waves"}, orm.M{"books.title": "Woods"}}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Waves Woods"},
	{"either", orm.M{"$or": []any{orm.M{"books.title": "Waves"}, orm.M{"books.title": "Walls"}}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Waves; Bob: Walls"},
	{"a branch about the root", orm.M{"$or": []any{orm.M{"books.title": "Waves"}, orm.M{"name": "Bob"}}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Waves Winter Woods; Bob: Walls"},
	{"beside one about the root", orm.M{"books.title": "Waves", "name": "Ann"}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Waves"},
	{"none says nothing of what is there", orm.M{"books": orm.M{"$none": orm.M{"title": "Waves"}}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Bob: Walls"},
	{"not", orm.M{"$not": orm.M{"books.title": "Waves"}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Bob: Walls"},
	{"every and some", orm.M{"books": orm.M{"$every": orm.M{"pages <=": 300}, "$some": orm.M{"pages >": 100}}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Winter Woods"},
	{"size", orm.M{"books": orm.M{"$size": 3}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Waves Winter Woods"},
	{"a list", orm.M{"books.title": []string{"Waves", "Woods"}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Waves Woods"},
	{"to-one inside", orm.M{"books": orm.M{"publisher.name": "Press", "pages >": 200}}, orm.Populate("books"), orm.PopulateWhere(orm.Infer), "Ann: Woods"},
	{"by a condition", orm.M{"name": "Ann"}, orm.Populate("books.tags"), orm.PopulateWhere(orm.M{"books.tags.name": "sea"}), "Ann: Waves+sea"},
	{"by a condition and the filter's own", orm.M{"books.title": "Winter"}, orm.Populate("books"), orm.PopulateWhere(orm.M{"books.pages >": 200}), "Ann: Woods"},
	{"of one hint", orm.M{"books.tags.name": "sea"}, orm.PopulateHint(orm.Hint{Path: "books", Where: orm.Infer}, orm.Hint{Path: "books.tags"}), nil, "Ann: Waves+sea+sun"},
	{"not of one hint", orm.M{"books.tags.name": "sea"}, orm.PopulateHint(orm.Hint{Path: "books.tags", Where: orm.M{}}), orm.PopulateWhere(orm.Infer), "Ann: Waves+sea+sun"},
	{"with another condition of the hint", orm.M{"books.tags.name": "sea"}, orm.PopulateHint(orm.Hint{Path: "books", Where: orm.M{"pages": 200}}), orm.PopulateWhere(orm.Infer), "Ann: Winter"},
	{"with a limit for each parent", orm.M{"books.pages >": 100}, orm.PopulateHint(orm.Hint{Path: "books", Limit: 1, OrderBy: []string{"-title"}}), orm.PopulateWhere(orm.Infer), "Ann: Woods"},
}

func TestPopulateWhere(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		strategies(t, func(t *testing.T, strategy orm.FindOption) {
			for _, c := range populateWhere {
				if c.rule == nil {
					c.rule = orm.PopulateWhere(nil)
				}
				for _, page := range []orm.FindOption{orm.Strategy(""), orm.Limit(5)} {
					got, err := orm.Find[model.Author](t.Context(), e.db.Fork(), c.where, c.populate, c.rule, page, strategy, orm.OrderBy("id"))
					ok(t, err)
					if s := shelves(got); s != c.want {
						t.Errorf("%s:\n got %s\nwant %s", c.name, s, c.want)
					}
				}
			}
		})
	})
}

// The statements of the levels are kept with that of the roots; their values are those of each find.
func TestPopulateWhereTakesTheValuesOfEachFind(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		strategies(t, func(t *testing.T, strategy orm.FindOption) {
			for tag, want := range map[string]string{"sea": "Ann: Waves+sea", "snow": "Ann: Winter+snow", "sun": "Ann: Waves+sun Winter+sun; Bob: Walls+sun"} {
				got, err := orm.Find[model.Author](t.Context(), e.db.Fork(), orm.M{"books.tags.name": tag},
					orm.Populate("books.tags"), orm.PopulateWhere(orm.Infer), strategy, orm.OrderBy("id"))
				ok(t, err)
				if s := shelves(got); s != want {
					t.Errorf("%s:\n got %s\nwant %s", tag, s, want)
				}
			}
		})
	})
}

// Below a to-one relation the collection is restricted as anywhere else.
func TestPopulateWhereBelowToOne(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		strategies(t, func(t *testing.T, strategy orm.FindOption) {
			books, err := orm.Find[model.Book](t.Context(), e.db.Fork(), orm.M{"publisher.books.pages >": 200, "title": "Walls"},
				orm.Populate("publisher.books"), orm.PopulateWhere(orm.Infer), strategy)
			ok(t, err)
			if len(books) != 1 {
				t.Fatalf("%d books", len(books))
			}
			var titles []string
			for _, b := range books[0].Publisher.Get().Books.All() {
				titles = append(titles, b.Title)
			}
			if fmt.Sprint(titles) != "[Woods]" {
				t.Errorf("titles %v", titles)
			}
		})
	})
}

// A collection loaded through a condition is never used to compute removals, and is
// read again when the whole is asked for.
func TestPopulateWhereIsPartial(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		em := e.db.Fork()
		books, err := orm.Find[model.Book](t.Context(), em, orm.M{"tags.name": "snow"}, orm.Populate("tags"), orm.PopulateWhere(orm.Infer))
		ok(t, err)
		if len(books) != 1 || len(books[0].Tags.Items()) != 1 {
			t.Fatalf("books %v", books)
		}
		idle(t, em)
		books[0].Tags.Add(&model.Tag{Name: "ice"})
		ok(t, em.Flush(t.Context()))
		whole, err := orm.Find[model.Book](t.Context(), em, orm.M{"title": "Winter"}, orm.Populate("tags"))
		ok(t, err)
		if whole[0] != books[0] {
			t.Fatal("another pointer for the same row")
		}
		names := map[string]bool{}
		for _, tag := range books[0].Tags.All() {
			names[tag.Name] = true
		}
		if len(names) != 3 || !names["snow"] || !names["sun"] || !names["ice"] {
			t.Errorf("tags %v", names)
		}
	})
}

func TestPopulateWhereErrors(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		_, err := orm.Find[model.Author](t.Context(), em, orm.M{"name": "x"}, orm.Populate("books"), orm.PopulateWhere(orm.M{"books.titel": "x"}))
		wantError(t, err, orm.ErrUnknownProperty, `populate: Author.where: conditions: parse: Author.books.titel: unknown property (did you mean "title"?)`)
		_, err = orm.Find[model.Author](t.Context(), em, nil, orm.Populate("books"), orm.PopulateWhere(orm.M{"name": "x"}))
		wantError(t, err, populate.ErrOption, "populate: Author.where: the condition on what is loaded speaks of no to-many relation that is populated")
		shelf(t, e)
		authors, err := orm.Find[model.Author](t.Context(), em, nil, orm.OrderBy("id"))
		ok(t, err)
		err = orm.PopulateAll(t.Context(), em, authors, orm.Populate("books"), orm.PopulateWhere(orm.Infer))
		wantError(t, err, orm.ErrInvalidOption, "orm: populate: Author: invalid option: there is no condition to infer from; PopulateWhere takes one")
		ok(t, orm.PopulateAll(t.Context(), em, authors, orm.Populate("books"), orm.OrderBy("id"), orm.PopulateWhere(orm.M{"books.pages": 100})))
		if s := shelves(authors); s != "Ann: Waves; Bob: Walls" {
			t.Errorf("populated later: %s", s)
		}
	})
}

func wantError(t *testing.T, err, class error, text string) {
	t.Helper()
	if !errors.Is(err, class) || err.Error() != text {
		t.Errorf("error %v, want %s", err, text)
	}
}
