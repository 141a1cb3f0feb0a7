package mongo

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// reach asks each document for what a relation leads to in steps: $graphLookup walks along it,
// and a lookup by key finds one that satisfies the condition among what it has met.
func (s *scope) reach(n *conditions.ReachNode) (any, error) {
	r, err := s.at(n.Relation)
	if err != nil {
		return nil, err
	}
	rel := n.Relation.Property
	l, err := s.c.stepLink(n)
	if err != nil {
		return nil, err
	}
	on, err := s.c.onTheWay(n)
	if err != nil {
		return nil, err
	}
	if r.prefix != "" && l.foreign != keyField { // of an outer join that found none: what is not there equals null
		on = and(on, is(l.foreign, op("$ne", nil)))
	}
	way := s.c.helper("w")
	s.out.graphLookup(l.from, r.prefix+l.local, l.local, l.foreign, way, n.Steps.Max, on)
	keys := way + "." + keyField
	if n.Steps.Min == 0 {
		keys = way
		met := bson.A{bson.A{"$" + r.prefix + keyField}, "$" + way + "." + keyField}
		s.out.set(way, op("$concatArrays", met))
	}
	sub, err := s.c.newRelated(rel)
	if err != nil {
		return nil, err
	}
	if err := sub.where(n.Where); err != nil {
		return nil, err
	}
	sub.out.add("$limit", 1)
	sub.out.add("$project", bson.D{{Key: keyField, Value: 1}})
	helper := s.c.helper("w")
	s.out.lookup(link{from: l.from, local: keys, foreign: keyField, target: rel.Relation.Target}, "", helper, sub.out)
	return found(helper, !n.Not), nil
}

// startBelow begins the pipeline of a query with what it asks to be reached, and walks against
// the relation from there: the documents that get there, each once, instead of the whole
// collection. It returns the rest of the condition; ok is false where it begins elsewhere.
func (s *scope) startBelow(q *qb.Select) (rest conditions.Node, ok bool, err error) {
	if len(q.Joins) > 0 || len(q.Indexes) > 0 || q.From != nil || q.Source != "" {
		return q.Where, false, nil
	}
	nodes := conjuncts(nil, q.Where)
	at := slices.IndexFunc(nodes, func(n conditions.Node) bool {
		reach, ok := n.(*conditions.ReachNode)
		return ok && !reach.Not && len(reach.Relation.Hops) == 0 && (reach.Relation.Alias == "" || reach.Relation.Alias == q.Alias)
	})
	if at < 0 || slices.ContainsFunc(nodes, func(n conditions.Node) bool { return s.fewKeys(n) }) {
		return q.Where, false, nil
	}
	n := nodes[at].(*conditions.ReachNode)
	if rel := n.Relation.Property; rel.Relation.Target != rel.Entity || !isAlways(s.c.discriminator(rel.Entity)) || len(s.c.visible(rel.Entity, rel)) != len(s.c.visible(rel.Entity, nil)) {
		return q.Where, false, nil // what holds on the way does not hold for all that gets there
	}
	if err := s.walkBack(n); err != nil {
		return nil, false, err
	}
	if nodes = slices.Delete(nodes, at, at+1); len(nodes) == 0 {
		return nil, true, nil
	}
	return conjunction(nodes), true, nil
}

// fewKeys reports a condition that names the documents: they are asked one by one.
func (s *scope) fewKeys(n conditions.Node) bool {
	own := func(f conditions.Field) bool {
		return len(f.Hops) == 0 && f.Alias == "" && (f.Property == nil || slices.Contains(s.entity.Key, f.Property))
	}
	switch n := n.(type) {
	case *conditions.Compare:
		_, slot := n.Value.(conditions.Slot)
		return slot && n.Op == conditions.OpEq && own(n.Field)
	case *conditions.InNode:
		_, slot := n.Values.(conditions.Slot)
		return slot && !n.Not && own(n.Field)
	case *conditions.KeyIn:
		return !n.Not && own(n.Field)
	}
	return false
}

// walkBack makes the documents of the pipeline those that get to what n asks for.
func (s *scope) walkBack(n *conditions.ReachNode) error {
	rel := n.Relation.Property
	l, err := s.c.stepLink(n)
	if err != nil {
		return err
	}
	on, err := s.c.onTheWay(n)
	if err != nil {
		return err
	}
	begin, err := s.c.newRelated(rel)
	if err != nil {
		return err
	}
	if err := begin.where(n.Where); err != nil {
		return err
	}
	way := s.c.helper("w")
	s.out.stages = append(s.out.stages, begin.out.stages...)
	s.out.graphLookup(l.from, l.foreign, l.foreign, l.local, way, n.Steps.Max, on)
	s.out.unwind(way, false)
	s.out.add("$replaceRoot", bson.D{{Key: "newRoot", Value: "$" + way}})
	if n.Steps.Min == 0 {
		s.out.add("$unionWith", bson.D{{Key: "coll", Value: l.from}, {Key: "pipeline", Value: slices.Clone(begin.out.stages)}})
	}
	s.out.add("$group", bson.D{{Key: keyField, Value: "$" + keyField}, {Key: way, Value: op("$first", "$$ROOT")}})
	s.out.add("$replaceRoot", bson.D{{Key: "newRoot", Value: "$" + way}})
	return nil
}

// stepLink is the link of one step, whose both ends are single fields of one collection.
func (c *compiler) stepLink(n *conditions.ReachNode) (link, error) {
	rel := n.Relation.Property
	l, err := linkOf(rel)
	switch {
	case err != nil:
		return l, err
	case len(l.rest) > 0:
		return l, unsupported(rel, n.Steps.String(), "steps over a composite reference whose parts lie apart: $graphLookup connects two fields")
	case owning(rel).Relation.By != nil:
		return l, unsupported(rel, n.Steps.String(), "steps over a reference to other values than the key")
	case rel.Relation.Through != nil:
		return l, unsupported(rel, n.Steps.String(), "steps over the first item of a collection")
	case l.from != Collection(rel.Entity):
		return l, unsupported(rel, n.Steps.String(), "steps through another collection")
	}
	return l, nil
}

// onTheWay is what holds for the documents that the steps meet: they are visible ones of their
// type. The server takes a filter of their own fields alone there.
func (c *compiler) onTheWay(n *conditions.ReachNode) (any, error) {
	rel := n.Relation.Property
	s := c.newScope(rel.Relation.Target)
	s.by = rel
	tests := []any{c.discriminator(s.entity)}
	for _, node := range c.visible(s.entity, rel) {
		test, err := s.node(node)
		if err != nil {
			return nil, err
		}
		if len(s.out.stages) > 0 || hasExpression(test) {
			return nil, unsupported(rel, n.Steps.String(), "steps over documents that a filter on more than their own fields hides: $graphLookup takes no lookups and no expressions")
		}
		tests = append(tests, test)
	}
	return and(tests...), nil
}

// hasExpression reports a filter with an expression in it.
func hasExpression(filter any) bool {
	switch f := filter.(type) {
	case bson.D:
		return slices.ContainsFunc(f, func(e bson.E) bool { return e.Key == "$expr" || hasExpression(e.Value) })
	case bson.A:
		return slices.ContainsFunc(f, hasExpression)
	}
	return false
}

// graphLookup appends a walk from the value at start, from field to field, over documents for
// which on holds.
func (p *pipeline) graphLookup(from, start, connectFrom, connectTo, as string, steps int, on any) {
	stage := bson.D{
		{Key: "from", Value: from},
		{Key: "startWith", Value: "$" + start},
		{Key: "connectFromField", Value: connectFrom},
		{Key: "connectToField", Value: connectTo},
		{Key: "as", Value: as},
	}
	if steps != conditions.Unlimited {
		stage = append(stage, bson.E{Key: "maxDepth", Value: int64(steps - 1)})
	}
	if !isAlways(on) {
		stage = append(stage, bson.E{Key: "restrictSearchWithMatch", Value: on})
	}
	p.add("$graphLookup", stage)
}
