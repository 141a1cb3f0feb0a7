package check

import (
	"go/ast"
	"slices"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// roots judges All and One.
func (c *Checker) roots(call *value.Call, m *model.Model, at int) {
	if at < len(call.Args) {
		c.rootsOf(call.Args[at], m)
	}
}

// ended judges the ends of a typed query.
func (c *Checker) ended(call *value.Call) {
	switch call.Fn.Name() {
	case "Exec":
		c.exec(call.Recv)
	case "All", "One", "OneOrFail", "Stream":
		if len(call.TypeArgs) == 1 {
			if m := c.Models.Of(call.TypeArgs[0]); m != nil && m.Registry != nil {
				c.rootsOf(call.Recv, m)
			}
		}
	case "Count", "Query", "ToSQL":
		c.builder(call.Recv, nil)
	}
}

// rootsOf judges a query whose roots are read.
func (c *Checker) rootsOf(v value.Value, m *model.Model) {
	c.builder(v, func(q qb.Query, node ast.Node) {
		sel, ok := q.(*qb.Select)
		switch {
		case !ok:
			c.at(node, (&orm.Error{Class: orm.ErrInvalidOption, Op: "all", Detail: "the query writes; use Exec"}).Error())
		case sel.Entity.GoName != m.Entity.GoName:
			c.at(node, (&orm.Error{Class: orm.ErrUnknownEntity, Op: "all", Detail: "the query is about " + sel.Entity.Name}).Error())
		case len(sel.Output) == 0 || len(sel.Exprs) > 0 || slices.ContainsFunc(sel.Joins, func(j *qb.Join) bool { return len(j.Output) > 0 }):
			c.at(node, (&orm.Error{Class: orm.ErrInvalidOption, Op: "all", Entity: sel.Entity.Name,
				Detail: "computed or joined outputs are not entities; use Result"}).Error())
		}
	})
}

// exec judges Exec.
func (c *Checker) exec(v value.Value) {
	c.builder(v, func(q qb.Query, node ast.Node) {
		if _, ok := q.(*qb.Write); !ok {
			c.at(node, (&orm.Error{Class: orm.ErrInvalidOption, Op: "exec", Detail: "the query reads; use All, One or Result"}).Error())
		}
	})
}
