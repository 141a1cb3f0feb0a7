package conditions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// EarthRadius is the radius, in metres, that distances are measured with.
const EarthRadius = 6378100

// Geo is the canonical form of the operand of $geoWithin, $geoIntersects and $near.
// Positions are longitude and latitude in degrees, distances metres on a great circle.
type Geo struct {
	// Box is west, south, east and north; it leads over the date line where west is
	// greater than east. Nil for other areas.
	Box *[4]float64
	// Center and Max are a circle, or the place that $near is about; Max is negative for
	// no limit. Min is how far away what $near finds is at least.
	Center   [2]float64
	Min, Max float64
	// Geometry is a GeoJSON geometry, nil for boxes, circles and $near.
	Geometry json.RawMessage
}

// String returns the operand as JSON.
func (g *Geo) String() string {
	switch {
	case g.Box != nil:
		return fmt.Sprintf(`{"$box":[[%v,%v],[%v,%v]]}`, g.Box[0], g.Box[1], g.Box[2], g.Box[3])
	case g.Geometry != nil:
		return string(g.Geometry)
	}
	return fmt.Sprintf(`{"$circle":[[%v,%v],%v]}`, g.Center[0], g.Center[1], g.Max)
}

// GeoBox is the area between two longitudes and two latitudes, an operand of $geoWithin.
// It leads over the date line where west is greater than east.
func GeoBox(west, south, east, north float64) any {
	return M{"$box": []any{[]any{west, south}, []any{east, north}}}
}

// GeoCircle is the area of places at most so many metres away, an operand of $geoWithin.
func GeoCircle(lon, lat, metres float64) any {
	return M{"$circle": []any{[]any{lon, lat}, metres}}
}

// GeoWithin asks for a place that lies in area altogether: a [GeoBox], a [GeoCircle], or a
// GeoJSON Polygon or MultiPolygon as a map, json.RawMessage or anything that is written so.
func GeoWithin(path string, area any) Expr { return Expr{path, "$geoWithin", area} }

// GeoIntersects asks for a place that shares a point with a GeoJSON geometry.
func GeoIntersects(path string, geometry any) Expr { return Expr{path, "$geoIntersects", geometry} }

// Near asks for places at most so many metres away, the nearest first; 0 is any distance.
func Near(path string, lon, lat, metres float64) Expr {
	near := M{"$geometry": M{"type": "Point", "coordinates": []any{lon, lat}}}
	if metres != 0 {
		near["$maxDistance"] = metres
	}
	return Expr{path, "$near", near}
}

// geoType is the type of the operands of operators on places.
var geoType = &mapper.Type{Kind: mapper.JSON, GoName: "place"}

// isGeo reports a property that an index of places is over.
func isGeo(p *mapper.Property) bool {
	if p == nil || len(p.Columns) != 1 {
		return false
	}
	return slices.ContainsFunc(p.Entity.Indexes, func(x *mapper.Index) bool {
		return x.Document != nil && x.Document.Geo && slices.Contains(x.Columns, p.Columns[0])
	})
}

// ByDistance reports a condition that sorts what it finds, the nearest first, where the
// query has no order of its own.
func ByDistance(n Node) bool {
	if m, ok := n.(*Match); ok {
		return m.Op == OpNear
	}
	and, ok := n.(*AndNode)
	return ok && slices.ContainsFunc(and.Nodes, ByDistance)
}

// geo reads the operand of an operator on places.
func (s jsonSubject) geo(p *parser, op Op) error {
	switch {
	case s.field.JSON != nil || s.field.Element || !isGeo(s.field.Property):
		return p.unfit(s.path, op, "operator is for places on the earth", "map the property with the option geo")
	case op == OpNear && !s.scope.root:
		return p.unfit(s.path, op, "an order by distance stands at the root or in a root $and only", "$geoWithin with a $circle asks for a distance anywhere")
	case p.peek() == tokNull:
		p.next()
		s.scope.add(unknown{})
		return nil
	case p.peek() != tokValue:
		return p.fail(s.path, Error{Class: ErrValue, Operator: op.String(), Got: "needs a place"})
	}
	p.pos += 2
	info := SlotInfo{Type: geoType, Op: op, Redacted: s.field.Property.Redacted}
	s.scope.add(&Match{Field: s.field, Op: op, Value: p.want(s.path, info)})
	return nil
}

// place reads the operand of an operator on places as a single value, whatever it is made of.
func (rd *Reading) place(v any) error {
	switch v.(type) {
	case nil:
		return rd.null()
	case Column, RawSQL, Subquery, Expr, Same:
		return rd.value(v) // for the parser to refuse
	}
	return rd.scalar(classOther, v)
}

// written is an operand as it is written.
type written struct {
	Type        string            `json:"type"`
	Coordinates json.RawMessage   `json:"coordinates"`
	Geometries  []json.RawMessage `json:"geometries"`
	Box         json.RawMessage   `json:"$box"`
	Circle      json.RawMessage   `json:"$circle"`
	Geometry    json.RawMessage   `json:"$geometry"`
	Max         *float64          `json:"$maxDistance"`
	Min         *float64          `json:"$minDistance"`
}

// geoKeys are the members that an operand of each operator can have.
var geoKeys = map[Op][]string{
	OpGeoWithin:     {"type", "coordinates", "$geometry", "$box", "$circle"},
	OpGeoIntersects: {"type", "coordinates", "geometries", "$geometry"},
	OpNear:          {"type", "coordinates", "$geometry", "$maxDistance", "$minDistance"},
}

// bindGeo checks an operand and brings it to canonical form.
func bindGeo(op Op, v any) (any, error) {
	raw, err := json.Marshal(plainMaps(v))
	if err != nil {
		return nil, geoError("is no GeoJSON: %v", err)
	}
	var w written
	if err := readGeo(raw, geoKeys[op], &w); err != nil {
		return nil, err
	}
	switch {
	case w.Box != nil:
		return geoBox(w.Box)
	case w.Circle != nil:
		return geoCircle(w.Circle)
	case w.Geometry != nil:
		raw, w.Type = w.Geometry, ""
		if err := readGeo(raw, []string{"type", "coordinates", "geometries"}, &w); err != nil {
			return nil, err
		}
	}
	if op == OpNear {
		return geoNear(&w)
	}
	if err := checkGeometry(&w); err != nil {
		return nil, err
	}
	if op == OpGeoWithin && w.Type != "Polygon" && w.Type != "MultiPolygon" {
		return nil, geoError("a %s has no inside; write a Polygon, a $box or a $circle", w.Type)
	}
	text, err := json.Marshal(struct {
		Type        string            `json:"type"`
		Coordinates json.RawMessage   `json:"coordinates,omitempty"`
		Geometries  []json.RawMessage `json:"geometries,omitempty"`
	}{w.Type, w.Coordinates, w.Geometries})
	return &Geo{Geometry: text}, err
}

func readGeo(raw []byte, keys []string, into *written) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return geoError("needs an object such as {\"type\": \"Point\", \"coordinates\": [10.7, 59.9]}")
	}
	for _, name := range slices.Sorted(mapKeys(members)) {
		if !slices.Contains(keys, name) {
			return geoError("has an unknown member %s%s", name, orNothing(didYouMean(suggest.Nearest(name, keys))))
		}
	}
	if json.Unmarshal(raw, into) != nil {
		return geoError("has a member of another kind")
	}
	return nil
}

func mapKeys(m map[string]json.RawMessage) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func orNothing(hint string) string {
	if hint == "" {
		return ""
	}
	return "; " + hint
}

func geoError(format string, args ...any) error {
	return &mapper.ValueError{Type: geoType.GoName, GoType: geoType.GoName, Reason: fmt.Sprintf(format, args...)}
}

// plainMaps makes documents maps, so that JSON has them as objects.
func plainMaps(v any) any {
	switch v := v.(type) {
	case D:
		m := make(M, len(v))
		for _, e := range v {
			m[e.Key] = plainMaps(e.Value)
		}
		return m
	case M:
		m := make(M, len(v))
		for k, x := range v {
			m[k] = plainMaps(x)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, x := range v {
			list[i] = plainMaps(x)
		}
		return list
	}
	return v
}

func geoBox(raw json.RawMessage) (*Geo, error) {
	var corners [][]float64
	if strictJSON(raw, &corners) != nil || len(corners) != 2 {
		return nil, geoError("a $box is [[west, south], [east, north]]")
	}
	for _, corner := range corners {
		if err := checkPosition(corner); err != nil {
			return nil, err
		}
	}
	if corners[0][1] > corners[1][1] {
		return nil, geoError("the south of a $box, %v, is north of its north, %v", corners[0][1], corners[1][1])
	}
	return &Geo{Box: &[4]float64{corners[0][0], corners[0][1], corners[1][0], corners[1][1]}}, nil
}

func geoCircle(raw json.RawMessage) (*Geo, error) {
	var parts []json.RawMessage
	var center []float64
	var metres float64
	if json.Unmarshal(raw, &parts) != nil || len(parts) != 2 || strictJSON(parts[0], &center) != nil || strictJSON(parts[1], &metres) != nil {
		return nil, geoError("a $circle is [[longitude, latitude], metres]")
	}
	if err := checkPosition(center); err != nil {
		return nil, err
	}
	if metres < 0 || metres >= math.Pi*EarthRadius {
		return nil, geoError("the radius of a $circle is not negative, and less than half around the earth")
	}
	return &Geo{Center: [2]float64(center), Max: metres}, nil
}

func geoNear(w *written) (*Geo, error) {
	var center []float64
	if w.Type != "Point" || strictJSON(w.Coordinates, &center) != nil {
		return nil, geoError("needs a Point: {\"$geometry\": {\"type\": \"Point\", \"coordinates\": [10.7, 59.9]}, \"$maxDistance\": 500}")
	}
	if err := checkPosition(center); err != nil {
		return nil, err
	}
	g := &Geo{Center: [2]float64(center), Max: -1}
	if w.Max != nil {
		g.Max = *w.Max
	}
	if w.Min != nil {
		g.Min = *w.Min
	}
	if w.Max != nil && *w.Max < 0 || g.Min < 0 || w.Max != nil && g.Min > g.Max {
		return nil, geoError("distances are metres, and the greatest is not less than the least")
	}
	return g, nil
}

// strictJSON reads JSON that must not be null.
func strictJSON(raw json.RawMessage, into any) error {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return geoError("is missing")
	}
	return json.Unmarshal(raw, into)
}

func checkPosition(at []float64) error {
	switch {
	case len(at) != 2:
		return geoError("a position is [longitude, latitude]")
	case math.Abs(at[0]) > 180 || math.Abs(at[1]) > 90:
		return geoError("the position [%v, %v] is outside of -180 to 180 and -90 to 90: the longitude comes first", at[0], at[1])
	}
	return nil
}

// checkGeometry checks a GeoJSON geometry.
func checkGeometry(w *written) error {
	depth, known := map[string]int{"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}[w.Type]
	switch {
	case w.Type == "GeometryCollection":
		for _, raw := range w.Geometries {
			var inner written
			if err := readGeo(raw, []string{"type", "coordinates"}, &inner); err != nil {
				return err
			}
			if err := checkGeometry(&inner); err != nil {
				return err
			}
		}
		if len(w.Geometries) == 0 {
			return geoError("a GeometryCollection holds geometries")
		}
		return nil
	case !known:
		names := []string{"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
		return geoError("%q is no type of GeoJSON%s", w.Type, orNothing(didYouMean(suggest.Nearest(w.Type, names))))
	}
	return checkCoordinates(w.Coordinates, w.Type, depth)
}

// checkCoordinates checks positions that are nested in so many lists.
func checkCoordinates(raw json.RawMessage, kind string, depth int) error {
	if depth == 0 {
		var at []float64
		if strictJSON(raw, &at) != nil {
			return geoError("the coordinates of a %s are numbers in their lists", kind)
		}
		return checkPosition(at)
	}
	var list []json.RawMessage
	if strictJSON(raw, &list) != nil || len(list) == 0 {
		return geoError("the coordinates of a %s are nested lists", kind)
	}
	for _, item := range list {
		if err := checkCoordinates(item, kind, depth-1); err != nil {
			return err
		}
	}
	switch {
	case depth != 1:
	case kind == "LineString" || kind == "MultiLineString":
		if len(list) < 2 {
			return geoError("a line has two positions at least")
		}
	case kind == "Polygon" || kind == "MultiPolygon":
		var first, last []float64
		if len(list) < 4 || json.Unmarshal(list[0], &first) != nil || json.Unmarshal(list[len(list)-1], &last) != nil || !slices.Equal(first, last) {
			return geoError("a ring of a %s has four positions at least, and ends where it begins", kind)
		}
	}
	return nil
}

// matchGeo decides for a stored Point whether it lies in a box or circle, the areas that
// are exact in memory.
func matchGeo(op Op, doc any, g *Geo) (truth, error) {
	if op != OpGeoWithin || g.Geometry != nil {
		return isUnknown, &Error{Class: ErrOperator, Step: "match", Operator: op.String(), Got: "cannot be evaluated in memory, where places lie in a $box or $circle only"}
	}
	raw, err := json.Marshal(decodeJSON(doc))
	var w written
	var at []float64
	if err != nil || json.Unmarshal(raw, &w) != nil || w.Type != "Point" || strictJSON(w.Coordinates, &at) != nil || len(at) < 2 {
		return isNo, nil // nothing but points lies in them
	}
	if b := g.Box; b != nil {
		between := b[0] <= at[0] && at[0] <= b[2]
		if b[0] > b[2] {
			between = at[0] >= b[0] || at[0] <= b[2]
		}
		return truthOf(between && b[1] <= at[1] && at[1] <= b[3]), nil
	}
	return truthOf(distance(g.Center, [2]float64(at[:2])) <= g.Max), nil
}

// distance is that of two positions on a great circle, in metres.
func distance(a, b [2]float64) float64 {
	const degree = math.Pi / 180
	sin := func(x float64) float64 { s := math.Sin(x * degree / 2); return s * s }
	h := sin(b[1]-a[1]) + math.Cos(a[1]*degree)*math.Cos(b[1]*degree)*sin(b[0]-a[0])
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}
