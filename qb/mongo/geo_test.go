package mongo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/rel"
)

type (
	shop struct {
		ID    int64
		Name  string
		Place json.RawMessage `orm:",geo,nullable"`
		Town  rel.Ref[town]
	}
	town struct {
		ID    int64
		Place json.RawMessage `orm:",geo"`
	}
)

// TestGeo writes the filters and pipelines of conditions on places.
func TestGeo(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, shop{}, town{})
	if err != nil {
		t.Fatal(err)
	}
	shops := func(where any) *qb.Builder { return qb.New(reg, "shop", "s").Select("id").Where(where) }
	triangle := json.RawMessage(`{"type": "Polygon", "coordinates": [[[10, 59], [11, 59], [11, 60], [10, 59]]]}`)
	near := conditions.Near("place", 10.5, 59.5, 500)
	var b strings.Builder
	for _, c := range []struct {
		title string
		query *qb.Builder
	}{
		{"a circle", shops(conditions.GeoWithin("place", conditions.GeoCircle(10.5, 59.5, 6378.1)))},
		{"a box", shops(conditions.GeoWithin("place", conditions.GeoBox(10, 59, 11, 60)))},
		{"a box over the date line", shops(conditions.GeoWithin("place", conditions.GeoBox(170, -20, -170, 20)))},
		{"a polygon, and more", shops(M{"place:geoWithin": triangle, "name": "x"})},
		{"not", shops(M{"$not": M{"place:geoIntersects": triangle}})},
		{"of a target", shops(M{"town.place:geoWithin": triangle})},
		{"NULL", shops(M{"place:geoWithin": nil})},
		{"near", shops(near)},
		{"near, a page of a condition", shops(M{"$and": []any{near, M{"name": "x"}}}).Limit(5)},
		{"near, in another order", shops(near).OrderBy("-name")},
		{"near and at least so far, counted", shops(M{"place:near": M{"type": "Point", "coordinates": []any{10.5, 59.5}, "$minDistance": 5}}).Count()},
		{"near, of a target", shops(M{"town.place:near": M{"type": "Point", "coordinates": []any{10.5, 59.5}}})},
		{"near, in groups", qb.New(reg, "shop", "s").Select("name", qb.Count()).Where(near).GroupBy("name")},
		{"change by distance", qb.New(reg, "shop", "s").Update(M{"name": "x"}).Where(near)},
	} {
		q, args, err := c.query.Query()
		if err != nil {
			t.Errorf("%s: %v", c.title, err)
			continue
		}
		b.WriteString("## " + c.title + "\n" + text(q, args) + "\n\n")
	}
	golden.Check(t, "geo.golden", b.String())
}
