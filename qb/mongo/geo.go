package mongo

import (
	"encoding/json"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
)

// distanceField holds the distance of a document from what $near asks about.
const distanceField = "_near"

// geo compiles a question about a place at path.
func (s *scope) geo(path string, n *conditions.Match, slot conditions.Slot) (any, error) {
	if n.Op == conditions.OpNear {
		return s.near(path, n, slot)
	}
	test := computed(slot, n.Op.String()[1:]+" "+path, func(arg any) (any, error) {
		g, ok := arg.(*conditions.Geo)
		if !ok {
			return nil, &ValueError{Class: ErrValue, Kind: typeName(arg), Want: "place"}
		}
		return geoFilter(path, n.Op, g)
	})
	if !n.Not {
		return test, nil
	}
	return and(nor(test), is(path, op("$ne", nil))), nil
}

// geoFilter is the filter of an area. A box is one of coordinates: the server knows those on
// a plane only, for places that are no GeoJSON.
func geoFilter(path string, operator conditions.Op, g *conditions.Geo) (any, error) {
	switch {
	case g.Box != nil:
		west, east := op("$gte", g.Box[0]), op("$lte", g.Box[2])
		lon := is(path+".coordinates.0", append(west, east...))
		if g.Box[0] > g.Box[2] {
			lon = op("$or", bson.A{is(path+".coordinates.0", west), is(path+".coordinates.0", east)})
		}
		return append(bson.D{{Key: path + ".type", Value: "Point"}, {Key: path + ".coordinates.1", Value: bson.D{{Key: "$gte", Value: g.Box[1]}, {Key: "$lte", Value: g.Box[3]}}}}, lon...), nil
	case g.Geometry != nil:
		geometry, err := encodeJSON(json.RawMessage(g.Geometry))
		return is(path, op(operator.String(), op("$geometry", geometry))), err
	}
	circle := bson.A{bson.A{g.Center[0], g.Center[1]}, g.Max / conditions.EarthRadius}
	return is(path, op(operator.String(), op("$centerSphere", circle))), nil
}

// near makes $geoNear the first stage of the query, whose order it is where the query has
// none of its own.
func (s *scope) near(path string, n *conditions.Match, slot conditions.Slot) (any, error) {
	if !s.text || n.Not || len(n.Field.Hops) > 0 || n.Field.Alias != "" || s.c.near != nil || s.c.nested {
		return nil, unsupportedField(s.entity, n.Field, "$near", "more than one order by distance, or one outside of the root or a root $and; ask for a distance by $geoWithin with a $circle")
	}
	s.c.near = computed(slot, "$geoNear "+path, func(arg any) (any, error) {
		g, ok := arg.(*conditions.Geo)
		if !ok {
			return nil, &ValueError{Class: ErrValue, Kind: typeName(arg), Want: "place"}
		}
		point := bson.D{{Key: "type", Value: "Point"}, {Key: "coordinates", Value: bson.A{g.Center[0], g.Center[1]}}}
		stage := bson.D{{Key: "near", Value: point}, {Key: "key", Value: path}, {Key: "distanceField", Value: distanceField}, {Key: "spherical", Value: true}}
		if g.Max >= 0 {
			stage = append(stage, bson.E{Key: "maxDistance", Value: g.Max})
		}
		if g.Min > 0 {
			stage = append(stage, bson.E{Key: "minDistance", Value: g.Min})
		}
		return op("$geoNear", stage), nil
	})
	return always, nil
}

// nearest puts $geoNear before all other stages.
func (s *scope) nearest() error {
	if s.c.near == nil || s.c.placed || !s.root {
		return nil
	}
	if len(s.out.stages) > 0 {
		return unsupportedClause(s.entity, "$near", "an order by distance after other stages, of a query that reads from another one")
	}
	s.c.placed = true
	s.out.stages = bson.A{s.c.near}
	return nil
}
