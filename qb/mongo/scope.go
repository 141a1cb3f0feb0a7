package mongo

import (
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// compiler holds what all pipelines of one command share.
type compiler struct {
	filters []qb.Filter
	helpers int
	// with are the common table expressions of the query.
	with []*qb.CTE
	// nested says that the rows are for another query, and around are the pipelines that
	// hold this one.
	nested bool
	around *level
	// made are the fields that hold computed values: windows and cases.
	made    map[qb.Expr]string
	windows []*windowing
	// near is the stage that a $near makes, placed that it stands in the pipeline.
	near   *hole
	placed bool
}

// helper names a field that exists only inside the pipeline; the letter tells
// what for: w where, v value, o order, p populate, x expression, f window, s sub-query.
func (c *compiler) helper(letter string) string {
	name := "_" + letter + strconv.Itoa(c.helpers)
	c.helpers++
	return name
}

// row is a place of an entity's fields inside the documents of a pipeline.
type row struct {
	entity *mapper.Entity
	// by is the relation that leads to the documents, nil where none does.
	by     *mapper.Property
	prefix string // "" at the top, "b." below a joined alias
}

// scope compiles conditions and expressions about the documents of one
// pipeline, and appends the lookups they need to it.
type scope struct {
	c *compiler
	row
	aliases map[string]row // explicit joins and the root's own alias
	out     *pipeline
	root    bool // the documents of the query itself, not of a relation
	text    bool // a $text search may stand here
}

// newRelated starts a pipeline over the documents that a relation leads to.
func (c *compiler) newRelated(p *mapper.Property) (*scope, error) {
	s := c.newScope(p.Relation.Target)
	if many := p.Relation.Through; many != nil {
		s.by = many
		if err := s.first(p); err != nil {
			return nil, err
		}
	}
	s.by = p
	return s, nil
}

// newKeyed starts a pipeline over the documents that tell the key of the target of a
// relation whose own fields do not hold it, where nodes hold for them. Filters do not hide the
// key of a document that a field refers to.
func (c *compiler) newKeyed(p *mapper.Property, nodes ...conditions.Node) (*scope, error) {
	s, err := c.newRelated(p)
	if err != nil {
		return nil, err
	}
	if p.Relation.By != nil {
		return s, s.filter(always, nodes...)
	}
	return s, s.where(nodes...)
}

// first keeps the first item of a collection.
func (s *scope) first(p *mapper.Property) error {
	if err := s.where(); err != nil {
		return err
	}
	entries, err := qb.FirstOrder(p)
	if err != nil {
		return err
	}
	o, err := s.order(entries)
	if err != nil {
		return err
	}
	s.out.add("$sort", o.keys)
	s.out.add("$limit", 1)
	return nil
}

// newScope starts a pipeline over the documents of e.
func (c *compiler) newScope(e *mapper.Entity) *scope {
	return &scope{c: c, row: row{entity: e}, out: &pipeline{}}
}

// at returns the row that a field starts from.
func (s *scope) at(f conditions.Field) (row, error) {
	if f.Alias == "" {
		return s.row, nil
	}
	if r, ok := s.aliases[f.Alias]; ok {
		return r, nil
	}
	if r, ok := s.c.around.outerRow(f.Alias); ok {
		return r, nil
	}
	return row{}, unsupportedField(s.entity, f, "", "the alias "+f.Alias+" is outside of this pipeline")
}

// where appends stages that keep the documents of visible rows for which all
// nodes are true: first one $match over the documents' own fields, then the
// lookups, each followed by its own $match so that few documents reach the next.
func (s *scope) where(nodes ...conditions.Node) error {
	return s.filter(s.c.discriminator(s.entity), append(s.c.visible(s.entity, s.by), nodes...)...)
}

// filter is where without the entity's own filters; own is a ready condition.
func (s *scope) filter(own any, nodes ...conditions.Node) error {
	direct := []any{own}
	var late []*scope
	var tests []any
	for _, n := range gather(conjuncts(nil, nodes...), conjunction) {
		part := *s
		part.out, part.text = &pipeline{}, s.root
		test, err := part.node(n)
		if err != nil {
			return err
		}
		if speaksOutside(test) {
			t := &translation{entity: s.entity, clause: "condition", place: ownPlace, lists: mayBeLists(n)}
			if test, err = t.filter(test); err != nil {
				return err
			}
			test = is("$expr", test)
		}
		if len(part.out.stages) == 0 {
			direct = append(direct, test)
			continue
		}
		late, tests = append(late, &part), append(tests, test)
	}
	if err := s.nearest(); err != nil {
		return err
	}
	s.out.match(and(direct...))
	for i, part := range late {
		s.out.stages = append(s.out.stages, part.out.stages...)
		s.out.match(tests[i])
	}
	return nil
}

// visible returns the active filters of e where a relation leads to it, nil for none.
func (c *compiler) visible(e *mapper.Entity, through *mapper.Property) []conditions.Node {
	var out []conditions.Node
	for _, f := range c.filters {
		if f.Applies(e, through) && f.Where != nil {
			out = append(out, f.Where)
		}
	}
	return out
}

// discriminator keeps the rows of e where its collection holds others, too.
func (c *compiler) discriminator(e *mapper.Entity) any {
	if e.Base == nil || e.Discriminator == nil {
		return always
	}
	values := discriminatorValues(nil, e)
	if len(values) == 1 {
		return is(e.Discriminator.Name, values[0])
	}
	return is(e.Discriminator.Name, op("$in", values))
}

func discriminatorValues(dst bson.A, e *mapper.Entity) bson.A {
	if !e.Abstract {
		dst = append(dst, e.DiscriminatorValue)
	}
	for _, child := range e.Children {
		dst = discriminatorValues(dst, child)
	}
	return dst
}
