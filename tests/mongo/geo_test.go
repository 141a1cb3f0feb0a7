package mongo_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	// stop is a place on the earth, or one that nobody knows.
	stop struct {
		ID    int64
		Name  string
		Place json.RawMessage `orm:",geo,nullable"`
		City  rel.Ref[city]
	}
	city struct {
		ID    int64
		Name  string
		Place *point `orm:",json,geo"`
	}
	point struct {
		Type        string     `json:"type"`
		Coordinates [2]float64 `json:"coordinates"`
	}
)

// stops are some, of which the names tell where they are.
func stops(t *testing.T, em *orm.EntityManager) {
	oslo := &city{ID: 1, Name: "Oslo", Place: &point{"Point", [2]float64{10.75, 59.91}}}
	suva := &city{ID: 2, Name: "Suva"}
	em.Persist(oslo, suva)
	for i, s := range []struct {
		name, place string
		city        *city
	}{
		{"palace", `{"type":"Point","coordinates":[10.7276,59.9170]}`, oslo},
		{"opera", `{"type":"Point","coordinates":[10.7532,59.9075]}`, oslo},
		{"airport", `{"type":"Point","coordinates":[11.1004,60.1976]}`, oslo},
		{"fiji", `{"type":"Point","coordinates":[178.44,-18.14]}`, suva},
		{"samoa", `{"type":"Point","coordinates":[-171.75,-13.83]}`, nil},
		{"unknown", ``, nil},
	} {
		x := &stop{ID: int64(i + 1), Name: s.name}
		if s.place != "" {
			x.Place = json.RawMessage(s.place)
		}
		if s.city != nil {
			x.City = orm.To(s.city)
		}
		em.Persist(x)
	}
	ok(t, em.Flush(t.Context()))
}

func names(t *testing.T, em *orm.EntityManager, where any, opts ...orm.FindOption) string {
	t.Helper()
	found, err := orm.Find[stop](t.Context(), em, where, opts...)
	ok(t, err)
	list := make([]string, len(found))
	for i, s := range found {
		list[i] = s.Name
	}
	return strings.Join(list, " ")
}

// TestGeo asks where places are: of areas on MongoDB and in memory, by distance on MongoDB.
func TestGeo(t *testing.T) {
	w := open(t, stop{}, city{})
	inMemory, err := orm.Open(t.Context(), memory.New(), orm.Entities(stop{}, city{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, inMemory.Close()) })
	for _, db := range []*orm.DB{w.DB, inMemory} {
		em := db.Fork()
		stops(t, em)
		for _, c := range []struct {
			what  string
			where any
			want  string
		}{
			{"a circle", orm.M{"place:geoWithin": conditions.GeoCircle(10.7528, 59.9111, 2000)}, "palace opera"},
			{"a small circle", orm.M{"place": orm.M{"$geoWithin": orm.M{"$circle": []any{[]float64{10.7528, 59.9111}, 500}}}}, "opera"},
			{"outside of a circle", orm.M{"$not": orm.M{"place:geoWithin": conditions.GeoCircle(10.7528, 59.9111, 2000)}}, "airport fiji samoa"},
			{"a box", orm.M{"place:geoWithin": conditions.GeoBox(10.7, 59.9, 10.8, 60)}, "palace opera"},
			{"over the date line", orm.M{"place:geoWithin": conditions.GeoBox(170, -30, -170, 0)}, "fiji samoa"},
			{"one of two", orm.M{"$or": []any{orm.M{"name": "unknown"}, conditions.GeoWithin("place", conditions.GeoBox(170, -30, 180, 0))}}, "fiji unknown"},
			{"NULL", orm.M{"place:geoWithin": nil}, ""},
			{"of a target", orm.M{"city.place:geoWithin": conditions.GeoCircle(10.7528, 59.9111, 2000)}, "palace opera airport"},
			{"not of a target", orm.M{"$not": orm.M{"city.place:geoWithin": conditions.GeoBox(0, 0, 1, 1)}}, "palace opera airport"},
		} {
			same(t, c.what, names(t, em.Fork(), c.where, orm.OrderBy("id")), c.want)
		}
	}
	em := w.Fork()
	near := conditions.Near("place", 10.7528, 59.9111, 0)
	w.sent.take("")
	same(t, "the nearest first", names(t, em, near), "opera palace airport samoa fiji")
	sent := w.sent.take("aggregate")
	if len(sent) != 1 {
		t.Fatalf("sent %v", sent)
	}
	text, err := bson.MarshalExtJSON(bson.M{"p": sent[0].Lookup("pipeline")}, false, false)
	ok(t, err)
	same(t, "pipeline", string(text), `{"p":[{"$geoNear":{"near":{"type":"Point","coordinates":[10.7528,59.9111]},"key":"place","distanceField":"_near","spherical":true}},{"$sort":{"_near":1}},{"$project":{"_id":1,"name":1,"place":1,"city":1}}]}`)
	same(t, "a page", names(t, em, near, orm.Limit(2), orm.Offset(1)), "palace airport")
	same(t, "so far at most", names(t, em, conditions.Near("place", 10.7528, 59.9111, 2000)), "opera palace")
	far := orm.M{"place:near": orm.M{"type": "Point", "coordinates": []any{10.7528, 59.9111}, "$minDistance": 2000, "$maxDistance": 100_000}}
	same(t, "so far at least", names(t, em, far), "airport")
	same(t, "another order", names(t, em, near, orm.OrderBy("name")), "airport fiji opera palace samoa")
	same(t, "with a condition", names(t, em, conditions.Same{near, orm.M{"city.name": "Oslo"}}, orm.Populate("city"), orm.Strategy("joined")), "opera palace airport")
	var streamed []string
	for s, err := range orm.Stream[stop](t.Context(), em, near) {
		ok(t, err)
		streamed = append(streamed, s.Name)
	}
	same(t, "a stream", strings.Join(streamed, " "), "opera palace airport samoa fiji")
	list, err := orm.All[stop](t.Context(), em, orm.QB[stop](em, "s").Where(near).Limit(2))
	ok(t, err)
	if len(list) != 2 || list[0].Name != "opera" {
		t.Errorf("the builder found %v", list)
	}
	first, err := orm.FindOne[stop](t.Context(), em, near)
	ok(t, err)
	same(t, "the nearest", first.Name, "opera")
	n, err := orm.Count[stop](t.Context(), em, near)
	ok(t, err)
	if n != 5 {
		t.Errorf("counted %d", n)
	}
}

// TestGeoOnServer asks what the stand-in has no arithmetic for.
func TestGeoOnServer(t *testing.T) {
	if os.Getenv("WEFT_MONGO") == "" {
		t.Skip("the stand-in knows no polygons: WEFT_MONGO is not set")
	}
	w := open(t, stop{}, city{})
	em := w.Fork()
	stops(t, em)
	ring := []any{[]any{10.7, 59.9}, []any{10.8, 59.9}, []any{10.8, 60}, []any{10.7, 60}, []any{10.7, 59.9}}
	polygon := orm.M{"type": "Polygon", "coordinates": []any{ring}}
	same(t, "within", names(t, em, conditions.GeoWithin("place", polygon), orm.OrderBy("id")), "palace opera")
	same(t, "outside", names(t, em, conditions.Not(conditions.GeoWithin("place", polygon)), orm.OrderBy("id")), "airport fiji samoa")
	same(t, "shared", names(t, em, conditions.GeoIntersects("place", polygon), orm.OrderBy("id")), "palace opera")
}

// TestGeoRefusals refuses operands and places before anything is sent.
func TestGeoRefusals(t *testing.T) {
	w := open(t, stop{}, city{})
	for _, c := range []struct {
		where any
		class error
		want  string
	}{
		{orm.M{"name:geoWithin": conditions.GeoBox(1, 2, 3, 4)}, conditions.ErrOperator, "operator is for places on the earth"},
		{orm.M{"place:geoWithin": orm.M{"$boxx": 1}}, conditions.ErrValue, `has an unknown member $boxx; did you mean "$box"?`},
		{orm.M{"place:geoWithin": conditions.GeoBox(1, 5, 3, 4)}, conditions.ErrValue, "is north of its north"},
		{orm.M{"place:geoWithin": conditions.GeoCircle(59, 110, 1)}, conditions.ErrValue, "the longitude comes first"},
		{orm.M{"place:geoWithin": orm.M{"type": "Point", "coordinates": []any{1, 2}}}, conditions.ErrValue, "a Point has no inside"},
		{orm.M{"place:geoIntersects": orm.M{"type": "Polygone", "coordinates": []any{1, 2}}}, conditions.ErrValue, `is no type of GeoJSON; did you mean "Polygon"?`},
		{orm.M{"place:geoIntersects": orm.M{"type": "Polygon", "coordinates": []any{[]any{[]any{1, 2}, []any{2, 2}, []any{2, 3}, []any{3, 3}}}}}, conditions.ErrValue, "ends where it begins"},
		{orm.M{"place:geoIntersects": "here"}, conditions.ErrValue, "needs an object such as"},
		{orm.M{"place:near": orm.M{"type": "Point", "coordinates": []any{1, 2}, "$maxDistance": -1}}, conditions.ErrValue, "distances are metres"},
		{orm.M{"$or": []any{orm.M{"name": "x"}, conditions.Near("place", 1, 2, 0)}}, conditions.ErrOperator, "$geoWithin with a $circle"},
		{orm.M{"$not": conditions.Near("place", 1, 2, 0)}, conditions.ErrOperator, "$geoWithin with a $circle"},
		{orm.M{"city.place:near": orm.M{"type": "Point", "coordinates": []any{1, 2}}}, driver.ErrUnsupported, "$geoWithin with a $circle"},
		{orm.M{"$and": []any{conditions.Near("place", 1, 2, 0), conditions.Near("place", 3, 2, 0)}}, driver.ErrUnsupported, "more than one order by distance"},
	} {
		w.sent.take("")
		_, err := orm.Find[stop](t.Context(), w.Fork(), c.where)
		is(t, err, c.class)
		if err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v lacks %q", err, c.want)
		}
		if sent := w.sent.take(""); len(sent) > 0 {
			t.Errorf("%v: sent %v", c.where, sent)
		}
	}
	tables, err := orm.Open(t.Context(), sqlite.Memory(), orm.Entities(stop{}, city{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, tables.Close()) })
	_, err = orm.Find[stop](t.Context(), tables.Fork(), conditions.GeoWithin("place", conditions.GeoBox(1, 2, 3, 4)))
	is(t, err, driver.ErrUnsupported)
}

// TestGeoFromJSON takes operands from outside, under a policy.
func TestGeoFromJSON(t *testing.T) {
	w := open(t, stop{}, city{})
	stops(t, w.Fork())
	raw := []byte(`{"place": {"$geoWithin": {"$circle": [[10.7528, 59.9111], 2000]}}}`)
	policy := conditions.Policy{Paths: []string{"place"}, Operators: []string{"$geoWithin"}, MaxList: 4}
	where, err := orm.FromJSON[stop](w.DB, raw, policy)
	ok(t, err)
	same(t, "from outside", names(t, w.Fork(), where, orm.OrderBy("id")), "palace opera")
	for raw, p := range map[string]conditions.Policy{
		string(raw): {Paths: []string{"place"}},
		`{"place:geoWithin": {"type": "Polygon", "coordinates": [[[1,1],[2,1],[2,2],[1,2],[1,1]]]}}`: policy,
		`{"city.place:geoWithin": {"$circle": [[1, 2], 3]}}`:                                         policy,
	} {
		_, err := orm.FromJSON[stop](w.DB, []byte(raw), p)
		is(t, err, conditions.ErrPolicy)
	}
}
