package mongo_test

import (
	"encoding/json"
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/orm"
)

// limits is embedded in a document, a null one without it.
type limits struct {
	Pages int     `json:"pages"`
	Price float64 `json:"price"`
}

type prefs struct {
	Theme  string              `json:"theme"`
	Limits *limits             `json:"limits"`
	Seen   map[string]int      `json:"seen,omitempty"`
	Items  []item              `json:"items,omitempty"`
	Grid   [][]int             `json:"grid,omitempty"`
	Maps   []map[string]limits `json:"maps,omitempty"`
}

type item struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// reader has documents and no version.
type reader struct {
	ID     int64
	Prefs  prefs  `orm:",json"`
	Maybe  *prefs `orm:",json"`
	Labels []string
	Extra  json.RawMessage
}

// keeper is a reader whose writes are checked by version.
type keeper struct {
	ID      int64
	Prefs   prefs `orm:",json"`
	Labels  []string
	Version int `orm:",version"`
}

func TestUpdateInsideDocuments(t *testing.T) {
	w := open(t, reader{})
	em := w.Fork()
	r := &reader{ID: 1, Prefs: prefs{Theme: "dark", Limits: &limits{1, 2}, Seen: map[string]int{"a": 1, "b.c": 2}, Items: []item{{"x", 1}, {"y", 2}}}, Labels: []string{"a", "b", "a"}, Extra: json.RawMessage(`{"p":{"q":1,"r":2}}`)}
	em.Persist(r)
	ok(t, em.Flush(t.Context()))
	for _, step := range []struct {
		what, want string
		change     func()
	}{
		{"a member", `{"$set":{"prefs.theme":"light"}}`, func() { r.Prefs.Theme = "light" }},
		{"a member of a member", `{"$set":{"prefs.limits.pages":5}}`, func() { r.Prefs.Limits.Pages = 5 }},
		{"null in place of a parent", `{"$set":{"prefs.limits":null}}`, func() { r.Prefs.Limits = nil }},
		{"a parent that was null", `{"$set":{"prefs.limits":{"pages":1,"price":0.5}}}`, func() { r.Prefs.Limits = &limits{1, 0.5} }},
		{"an entry of a map", `{"$set":{"prefs.seen.a":7}}`, func() { r.Prefs.Seen["a"] = 7 }},
		{"entries come and go", `{"$set":{"prefs.seen.z":1},"$unset":{"prefs.seen.a":""}}`, func() { delete(r.Prefs.Seen, "a"); r.Prefs.Seen["z"] = 1 }},
		{"a key that no path can spell", `{"$set":{"prefs.seen":{"b.c":3,"z":1}}}`, func() { r.Prefs.Seen["b.c"] = 3 }},
		{"a parent that goes", `{"$unset":{"prefs.seen":""}}`, func() { r.Prefs.Seen = nil }},
		{"a parent that was missing", `{"$set":{"prefs.seen":{"k":1}}}`, func() { r.Prefs.Seen = map[string]int{"k": 1} }},
		{"an element without a version", `{"$set":{"prefs.items":[{"name":"x","n":9},{"name":"y","n":2}]}}`, func() { r.Prefs.Items[0].N = 9 }},
		{"appended elements", `{"$push":{"prefs.items":{"$each":[{"name":"z","n":3}]}}}`, func() { r.Prefs.Items = append(r.Prefs.Items, item{"z", 3}) }},
		{"removed values", `{"$pullAll":{"labels":["a"]}}`, func() { r.Labels = []string{"b"} }},
		{"appended values", `{"$push":{"labels":{"$each":["c"]}}}`, func() { r.Labels = append(r.Labels, "c") }},
		{"reordered values", `{"$set":{"labels":["c","b"]}}`, func() { r.Labels = []string{"c", "b"} }},
		{"no values", `{"$set":{"labels":[]}}`, func() { r.Labels = []string{} }},
		{"a document that was NULL", `{"$set":{"maybe":{"theme":"x","limits":null}}}`, func() { r.Maybe = &prefs{Theme: "x"} }},
		{"a document that becomes NULL", `{"$unset":{"maybe":""}}`, func() { r.Maybe = nil }},
		{"raw JSON", `{"$set":{"extra.p.q":2},"$unset":{"extra.p.r":""}}`, func() { r.Extra = json.RawMessage(`{"p":{"q":2}}`) }},
		{"raw JSON of another kind", `{"$set":{"extra":[1]}}`, func() { r.Extra = json.RawMessage(`[1]`) }},
		{"columns beside it", `{"$set":{"prefs.theme":"z","extra":2}}`, func() { r.Extra = json.RawMessage(`2`); r.Prefs.Theme = "z" }},
	} {
		step.change()
		w.sent.take("")
		ok(t, em.Flush(t.Context()))
		same(t, step.what, w.sent.updates(t), `{"_id":1} -> `+step.want)
		w.read(t, r)
	}
}

// read expects what is stored to be what the unit holds.
func (w *world) read(t *testing.T, want *reader) {
	t.Helper()
	got, err := orm.FindOneOrFail[reader](t.Context(), w.Fork(), want.ID)
	ok(t, err)
	a, err := json.Marshal(got)
	ok(t, err)
	b, err := json.Marshal(want)
	ok(t, err)
	same(t, "stored", string(a), string(b))
}

// TestElementsByPlace writes single elements where the version says that the list is the
// one that was read.
func TestElementsByPlace(t *testing.T) {
	w := open(t, keeper{})
	em := w.Fork()
	k := &keeper{ID: 1, Prefs: prefs{Items: []item{{"x", 1}, {"y", 2}, {"z", 3}}, Grid: [][]int{{1, 2}, {3}}}, Labels: []string{"a", "b", "c"}}
	em.Persist(k)
	ok(t, em.Flush(t.Context()))
	k.Prefs.Items[1].N = 5
	k.Prefs.Items = append(k.Prefs.Items, item{"w", 4})
	k.Prefs.Grid[0][1] = 9
	k.Labels[2] = "d"
	w.sent.take("")
	ok(t, em.Flush(t.Context()))
	same(t, "update", w.sent.updates(t),
		`{"_id":1,"version":1} -> {"$set":{"version":2,"prefs.items.1.n":5,"prefs.items.3":{"name":"w","n":4},"prefs.grid.0.1":9,"labels.2":"d"}}`)
	same(t, "stored", w.document(t, "keepers"), `{"_id":1,"prefs":{"theme":"","limits":null,"items":[{"name":"x","n":1},{"name":"y","n":5},{"name":"z","n":3},{"name":"w","n":4}],"grid":[[1,9],[3]]},"labels":["a","b","d"],"version":2}`)
}

// TestUnitsInOneDocument lets two units change different places of one document, each
// knowing nothing of the other.
func TestUnitsInOneDocument(t *testing.T) {
	w := open(t, reader{})
	em := w.Fork()
	em.Persist(&reader{ID: 1, Prefs: prefs{Theme: "dark", Limits: &limits{1, 1}, Seen: map[string]int{"a": 1}}, Labels: []string{"a"}})
	ok(t, em.Flush(t.Context()))
	var units [2]*orm.EntityManager
	var rows [2]*reader
	for i := range units {
		var err error
		units[i] = w.Fork()
		rows[i], err = orm.FindOneOrFail[reader](t.Context(), units[i], int64(1))
		ok(t, err)
	}
	rows[0].Prefs.Limits.Pages, rows[0].Prefs.Seen["x"] = 8, 1
	rows[0].Labels = append(rows[0].Labels, "one")
	rows[1].Prefs.Limits.Price, rows[1].Prefs.Seen["y"], rows[1].Prefs.Theme = 9, 2, "light"
	rows[1].Labels = append(rows[1].Labels, "two")
	for _, u := range units {
		ok(t, u.Flush(t.Context()))
	}
	same(t, "stored", w.document(t, "readers"), `{"_id":1,"prefs":{"theme":"light","limits":{"pages":8,"price":9},"seen":{"a":1,"x":1,"y":2}},"labels":["a","one","two"],"extra":null}`)
}

// TestDocumentThatIsGone lets another take away what an update is inside of.
func TestDocumentThatIsGone(t *testing.T) {
	w := open(t, reader{})
	em := w.Fork()
	r := &reader{ID: 1, Prefs: prefs{Limits: &limits{1, 1}}, Labels: []string{"a"}}
	em.Persist(r)
	ok(t, em.Flush(t.Context()))
	set := func(path string, v any) {
		_, err := w.raw.Collection("readers").UpdateOne(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: path, Value: v}}}}, options.UpdateOne().SetBypassDocumentValidation(true))
		ok(t, err)
	}
	set("prefs.limits", nil)
	r.Prefs.Limits.Pages = 2
	err := em.Flush(t.Context())
	is(t, err, orm.ErrSerialization)
	if e, named := errors.AsType[*orm.Error](err); !named || e.Entity != "reader" || e.Key != int64(1) {
		t.Errorf("the error is %v", err)
	}
	set("prefs.limits", bson.D{{Key: "pages", Value: 1}, {Key: "price", Value: 1.0}})
	ok(t, em.Flush(t.Context()))
	set("labels", nil)
	r.Labels = append(r.Labels, "b")
	is(t, em.Flush(t.Context()), orm.ErrSerialization)
}
