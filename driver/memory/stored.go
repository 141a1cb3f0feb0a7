package memory

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// checkStored refuses queries that need the rows of an entity backed by SQL: those
// are in no table, and none is not the same as no rows.
func checkStored(q *qb.Select) error {
	c := &storedCheck{registry: q.Registry}
	c.entity(q.Entity)
	c.condition(q.Where)
	for _, f := range q.Filters {
		c.condition(f.Where)
	}
	for _, o := range q.OrderBy {
		if f, ok := o.Expr.(qb.FieldExpr); ok {
			c.field(f.Field.OnForeignKey())
		}
	}
	for _, x := range q.Exprs {
		if f, ok := x.Expr.(qb.FieldExpr); ok {
			c.field(f.Field)
		}
	}
	c.nodes(q.Populate)
	return c.err
}

// storedCheck keeps the first entity that is not stored.
type storedCheck struct {
	registry *mapper.Registry
	err      error
}

func (c *storedCheck) entity(e *mapper.Entity) {
	switch {
	case c.err != nil:
	case e.Query != "":
		c.err = unsupported("%s, which is backed by a query", e.Name)
	case e.ViewSQL != "":
		c.err = unsupported("%s, which is a view written in SQL", e.Name)
	case e.ReadOnly && !c.written(e.Root().Table):
		c.err = unsupported("%s, which is a view that nothing makes here", e.Name)
	}
}

// written reports a table that entities are written to.
func (c *storedCheck) written(t *mapper.Table) bool {
	return slices.ContainsFunc(c.registry.Entities(), func(e *mapper.Entity) bool {
		other := e.Root().Table
		return !e.ReadOnly && e.Query == "" && other.Name == t.Name && other.Schema == t.Schema
	})
}

func (c *storedCheck) field(f conditions.Field) {
	for _, hop := range f.Hops {
		c.entity(hop.Relation.Target)
	}
}

func (c *storedCheck) condition(n conditions.Node) {
	conditions.Walk(n, func(f conditions.Field, where conditions.Node) {
		c.field(f.OnForeignKey())
		if f.Property != nil && f.Property.Kind.IsToMany() {
			c.entity(f.Property.Relation.Target)
		}
		if where != nil {
			c.condition(where)
		}
	})
}

func (c *storedCheck) nodes(list []*populate.Node) {
	for _, n := range list {
		c.entity(n.Relation.Relation.Target)
		if n.Where != nil {
			c.condition(n.Where.Root)
		}
		c.nodes(n.Children)
	}
}
