package faults_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type author struct {
	ID      int64
	Name    string               `orm:",unique,length=100"`
	Books   rel.Collection[book] `orm:",mappedBy=Author"`
	Version int                  `orm:",version"`
}

type book struct {
	ID     int64
	Title  string
	Author rel.Ref[author] `orm:",required"`
	Tags   rel.Collection[tag]
}

type tag struct {
	ID   int64
	Name string
}

// unit is a unit of work with changes of every kind: an update of a row with a
// version, inserts that depend on each other's keys, links made and unmade, and a
// delete.
type unit struct {
	w  *world
	n  int
	em *orm.EntityManager

	ann, dan, new *author
	war           *book
}

// seed writes what units change, by the direct way, and returns its number.
func (w *world) seed(t *testing.T) int {
	t.Helper()
	w.units++
	n := w.units
	em := w.direct.Fork()
	war := &book{Title: fmt.Sprintf("war-%d", n)}
	war.Tags.Add(&tag{Name: "history"})
	ann := &author{Name: fmt.Sprintf("ann-%d", n)}
	ann.Books.Add(war)
	em.Persist(ann, &author{Name: fmt.Sprintf("dan-%d", n)}, &tag{Name: "poetry"})
	ok(t, em.Flush(t.Context()))
	return n
}

// unit seeds, and makes changes that are not flushed.
func (w *world) unit(t *testing.T) *unit {
	t.Helper()
	u := &unit{w: w, n: w.seed(t), em: w.db.Fork()}
	u.change(t)
	return u
}

// change reads what was seeded through the proxy, and changes it.
func (u *unit) change(t *testing.T) {
	t.Helper()
	found, err := orm.Find[author](t.Context(), u.em, orm.M{"name": []string{u.name("ann"), u.name("dan")}},
		orm.OrderBy("name"), orm.Populate("books.tags"))
	ok(t, err)
	poetry, err := orm.Find[tag](t.Context(), u.em, orm.M{"name": "poetry"}, orm.OrderBy("-id"), orm.Limit(1))
	ok(t, err)
	u.ann, u.dan = found[0], found[1]
	u.war = u.ann.Books.Items()[0]
	u.ann.Name += "!"
	u.war.Tags.Set(poetry[0])
	u.new = &author{Name: u.name("new")}
	u.new.Books.Add(&book{Title: u.name("peace")}, &book{Title: u.name("rest")})
	u.em.Persist(u.new)
	u.em.Remove(u.dan)
}

func (u *unit) name(s string) string { return fmt.Sprintf("%s-%d", s, u.n) }

// plan returns what a flush would do.
func (u *unit) plan(t *testing.T) string {
	t.Helper()
	plan, err := u.em.Plan(t.Context())
	ok(t, err)
	return plan
}

// ordinals number the entities of a unit in its plan, and change when one leaves
// and comes back.
var ordinals = regexp.MustCompile(` #\d+`)

// state is what the unit would do, and what its entities hold.
func (u *unit) state(t *testing.T) string {
	t.Helper()
	held, err := json.MarshalIndent([]any{u.ann, u.dan, u.new, u.war, u.new.Books.Items()}, "", " ")
	ok(t, err)
	return fmt.Sprintf("%s\n%s\n%v", ordinals.ReplaceAllString(u.plan(t), ""), held,
		[]bool{u.em.Contains(u.ann), u.em.Contains(u.dan), u.em.Contains(u.new), u.em.Contains(u.war)})
}

// unchanged expects a fault to have left the unit as it was, and nothing to be
// stored.
func (u *unit) unchanged(t *testing.T, before string) {
	t.Helper()
	if after := u.state(t); after != before {
		t.Errorf("the unit was changed by the fault:\nbefore: %s\nafter: %s", before, after)
	}
	u.stored(t, false)
}

// settles flushes the unit and expects that to succeed, with all of it stored.
func (u *unit) settles(t *testing.T) {
	t.Helper()
	ok(t, u.em.Flush(t.Context()))
	u.stored(t, true)
	u.done(t)
}

// done expects a unit that was written to know it: it has nothing more to do, and
// goes on with what comes next.
func (u *unit) done(t *testing.T) {
	t.Helper()
	if plan := u.plan(t); plan != "" {
		t.Errorf("after the flush the unit still would: %s", plan)
	}
	if u.new.ID == 0 || u.new.Version != 1 || u.ann.Version != 2 || u.em.Contains(u.dan) || !u.em.Contains(u.new) {
		t.Errorf("after the flush the unit has %+v, %+v", u.new, u.ann)
	}
	again, err := orm.FindOne[author](t.Context(), u.em, u.ann.ID)
	ok(t, err)
	if again != u.ann {
		t.Error("after the flush a row has another pointer")
	}
	u.ann.Name = strings.TrimSuffix(u.ann.Name, "!")
	ok(t, u.em.Flush(t.Context()))
	if u.ann.Version != 3 {
		t.Errorf("after another change the version is %d", u.ann.Version)
	}
}

// stored compares what is in the database with all of the unit or none of it.
func (u *unit) stored(t *testing.T, all bool) {
	t.Helper()
	want := "[ann-N/1[war-N[history]] dan-N/1[]]"
	if all {
		want = "[ann-N!/2[war-N[poetry]] new-N/1[peace-N[] rest-N[]]]"
	}
	if got := u.w.dump(t, u.n); got != strings.ReplaceAll(want, "N", fmt.Sprint(u.n)) {
		t.Errorf("stored is %s\nwant      %s", got, strings.ReplaceAll(want, "N", fmt.Sprint(u.n)))
	}
}

// dump reads what belongs to a seed by the direct way.
func (w *world) dump(t *testing.T, n int) string {
	t.Helper()
	found, err := orm.Find[author](t.Context(), w.direct.Fork(), orm.M{"name:re": fmt.Sprintf(`-%d!?$`, n)},
		orm.OrderBy("name"), orm.Populate("books.tags"))
	ok(t, err)
	authors := make([]string, len(found))
	for i, a := range found {
		var books []string
		for _, b := range a.Books.Items() {
			var tags []string
			for _, t := range b.Tags.Items() {
				tags = append(tags, t.Name)
			}
			slices.Sort(tags)
			books = append(books, b.Title+fmt.Sprint(tags))
		}
		slices.Sort(books)
		authors[i] = fmt.Sprintf("%s/%d%v", a.Name, a.Version, books)
	}
	return fmt.Sprint(authors)
}
