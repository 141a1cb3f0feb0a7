package behaviour_test

import (
	"encoding/json"
	"testing"

	"github.com/weft-orm/weft/orm"
)

type geo struct {
	Lat, Lon float64
	Label    *string `json:"label,omitempty"`
}

type street struct {
	Name   string `json:"name"`
	Number int    `json:"no"`
	Spot   geo    `json:"spot"`
	Tags   []string
}

// Documents has everything that is kept as a document.
type Documents struct {
	ID     int64   `orm:",assigned"`
	Home   street  `orm:",json"`
	Work   *street `orm:",json"`
	Past   []street
	Others []*street `orm:",json"`
	Map    map[string]any
	Counts map[string]int
	Any    any
	Raw    json.RawMessage
	Maybe  map[string]any `orm:",nullable"`
	Nested [][]int        `orm:",json"`
	Flat   place          // inline columns
	Gone   *place         // absent as a whole, or inline columns
}

func documents() []*Documents {
	label := "é"
	home := street{Name: "a", Number: 7, Spot: geo{1.5, -2, &label}, Tags: []string{"x"}}
	return []*Documents{
		{ID: 1, Home: street{Tags: []string{}}, Past: []street{}, Others: []*street{}, Map: map[string]any{}, Counts: map[string]int{}, Raw: json.RawMessage(`{}`), Nested: [][]int{}},
		{
			ID: 2, Home: home, Work: &home, Past: []street{home, {Tags: []string{}}}, Others: []*street{&home, nil}, Map: map[string]any{"a": 1.5, "b": nil, "c": []any{"x", true}},
			Counts: map[string]int{"x": 0, "y": -1}, Any: "text", Raw: json.RawMessage(`[1,"x",null]`), Maybe: map[string]any{}, Nested: [][]int{{1}, {}, {2, 3}},
			Flat: place{"Oslo", spot{1, 2}}, Gone: &place{"Rome", spot{0, -1}},
		},
		{
			ID: 3, Home: street{Name: "B", Number: -1, Tags: []string{}}, Past: []street{}, Others: []*street{}, Map: map[string]any{"a": map[string]any{"b": "deep"}},
			Counts: map[string]int{}, Any: 1.5, Raw: json.RawMessage(`"x"`), Nested: [][]int{}, Flat: place{"Bonn", spot{}},
		},
	}
}

func TestDocuments(t *testing.T) {
	engines(t, []any{Documents{}}, func(t *testing.T, e engine) {
		rows := documents()
		kinds(t, e, rows)
		p := probe[Documents]{t, e, rows, e.db.Registry().Entity("Documents")}
		for _, where := range []orm.M{
			{"home.name": "a"}, {"home.no": 7}, {"home.no:lt": 0}, {"home.spot.Lat:gt": 1}, {"home.spot.label": "é"}, {"home.spot.label": nil}, {"home.spot.label:ne": nil},
			{"home": orm.M{"name": "B", "no:lte": -1}}, {"work": nil}, {"work.name:in": []string{"a", "b"}}, {"work.name:nin": []string{"b"}}, {"home.name:like": "%a%"},
			{"map.a:gt": 1}, {"map.a.b": "deep"}, {"map:hasKey": "b"}, {"map:hasKeys": []string{"a", "c"}}, {"counts.y": -1}, {"maybe": nil}, {"maybe:ne": nil},
			{"flat.city": "Oslo"}, {"flat.spot.x": 0}, {"flat": orm.M{"city:gte": "Bonn", "spot.y": 0}}, {"gone.city": "Rome"}, {"gone.spot.y:lt": 0}, {"gone.city": nil},
			{"$not": orm.M{"gone.city": "Rome"}},
		} {
			p.compare(where, -1, false)
		}
		for _, order := range []string{"home.name", "home.no", "flat.city", "home.spot.Lat"} {
			got, err := orm.Find[Documents](t.Context(), e.db.Fork(), nil, orm.OrderBy(order, "id"))
			ok(t, err)
			want := map[string]string{"home.name": "1 3 2", "home.no": "3 1 2", "flat.city": "1 3 2", "home.spot.Lat": "1 3 2"}[order]
			if ids := p.ids(got); ids != want {
				t.Errorf("order by %s: %s, want %s", order, ids, want)
			}
		}
		p.inPlace()
	})
}

// inPlace changes the insides of loaded documents, which the unit notices.
func (p probe[T]) inPlace() {
	p.Helper()
	em := p.db.Fork()
	d, err := orm.FindOneOrFail[Documents](p.Context(), em, 2)
	ok(p.T, err)
	d.Home.Tags[0] = "changed"
	d.Past[0].Spot.Lat = 9
	d.Map["new"] = "x"
	d.Gone.Spot.Y = 5
	d.Raw[1] = '7'
	ok(p.T, em.Flush(p.Context()))
	again, err := orm.FindOneOrFail[Documents](p.Context(), p.db.Fork(), 2)
	ok(p.T, err)
	if got, want := encode(p.T, again), encode(p.T, d); got != want {
		p.Errorf("got %s, want %s", got, want)
	}
	d.Gone, d.Work, d.Maybe = nil, nil, nil
	ok(p.T, em.Flush(p.Context()))
	again, err = orm.FindOneOrFail[Documents](p.Context(), p.db.Fork(), 2)
	ok(p.T, err)
	if again.Gone != nil || again.Work != nil || again.Maybe != nil {
		p.Errorf("not taken away: %s", encode(p.T, again))
	}
}
