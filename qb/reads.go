package qb

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// checkReads refuses properties of rows that come from another query (joined, from a
// common table expression, or in the place of the root's table) which that query does not
// read: an engine would only say that there is no such column.
func (a *assembly) checkReads(q *Select) error {
	if q.From == nil && len(q.With) == 0 && !slices.ContainsFunc(q.Joins, func(j *Join) bool { return j.Query != nil }) {
		return nil
	}
	r := &readCheck{root: q.Entity, alias: q.Alias, of: map[string]*Select{}}
	if q.From != nil {
		r.of[""] = q.From
	}
	for _, c := range q.With {
		if q.Source == c.Name && c.Query != nil {
			r.of[""] = c.Query
		}
		for _, j := range q.Joins {
			if j.Source == c.Name && c.Name != "" {
				r.of[j.Alias] = c.Query
			}
		}
	}
	for _, j := range q.Joins {
		if j.Query != nil {
			r.of[j.Alias] = j.Query
		}
	}
	if len(r.of) == 0 {
		return nil
	}
	for _, p := range q.Output {
		r.field(conditions.Field{Property: p})
	}
	for _, x := range q.Exprs {
		r.expr(x.Expr)
	}
	for _, j := range q.Joins {
		for _, p := range j.Output {
			r.field(conditions.Field{Alias: j.Alias, Property: p})
		}
		if j.Relation != nil {
			r.field(conditions.Field{Alias: j.From, Property: j.Relation})
		}
		r.nodeOf(j.On, j.Alias)
	}
	r.node(q.Where)
	r.node(q.Having)
	for _, list := range [][]Expr{q.GroupBy, q.DistinctOn} {
		for _, e := range list {
			r.expr(e)
		}
	}
	for _, o := range q.OrderBy {
		r.expr(o.Expr)
	}
	if r.err == nil {
		return nil
	}
	return r.err
}

// readCheck looks at all that a query speaks of.
type readCheck struct {
	root  *mapper.Entity
	alias string
	// of are the queries that rows come from, by alias; "" is the root.
	of  map[string]*Select
	err *Error
	// own is the alias that a condition is about, "" for the root.
	own string
}

func (r *readCheck) nodeOf(n conditions.Node, own string) {
	r.own = own
	r.node(n)
	r.own = ""
}

func (r *readCheck) node(n conditions.Node) {
	if n != nil {
		conditions.Walk(n, func(f conditions.Field, _ conditions.Node) {
			if f.Alias == "" {
				f.Alias = r.own
			}
			r.field(f)
		})
	}
}

func (r *readCheck) expr(e Expr) {
	switch e := e.(type) {
	case FieldExpr:
		r.field(e.Field)
	case Aggregate:
		r.field(e.Field)
	case *WindowExpr:
		r.field(e.Field)
		for _, p := range e.Partition {
			r.expr(p)
		}
		for _, o := range e.OrderBy {
			r.expr(o.Expr)
		}
	case *CaseExpr:
		for _, w := range e.Whens {
			r.node(w.If)
			r.expr(w.Then)
		}
		if e.Else != nil {
			r.expr(e.Else)
		}
	case RawExpr:
		r.node(&conditions.RawNode{Args: e.Raw.Args})
	}
}

// field checks the property that a field begins with.
func (r *readCheck) field(f conditions.Field) {
	alias := f.Alias
	if alias == r.alias {
		alias = ""
	}
	p := f.Property
	if len(f.Hops) > 0 {
		p = f.Hops[0]
	}
	q := r.of[alias]
	if r.err != nil || q == nil || p == nil || p.Index < 0 || p.Kind.IsToMany() || len(p.Columns) == 0 {
		return // what is computed was found by its name, and relations of keys are those of the rows
	}
	var names []string
	for _, o := range q.Output {
		if o == p || sameColumns(o, p) {
			return
		}
		names = append(names, o.Path)
	}
	for _, x := range q.Exprs {
		_, raw := x.Expr.(RawExpr)
		if x.Name == p.Path || x.Name == p.Columns[0].Name || raw && x.Name == "" { // which may name anything
			return
		}
		if x.Name != "" {
			names = append(names, x.Name)
		}
	}
	r.err = &Error{Class: ErrUnknownProperty, Entity: r.root.Name, Path: f.String(), Hint: "the query that its rows come from does not read it" + suggest.Hint(p.Path, names)}
}

// sameColumns reports two views of the same columns.
func sameColumns(x, y *mapper.Property) bool { return slices.Equal(x.Columns, y.Columns) }

// queryNames are the columns of joined queries, "s.total", for hints.
func (a *assembly) queryNames() []string {
	var names []string
	for _, j := range a.b.joins {
		if j.query == nil || j.query.err != nil {
			continue
		}
		for _, c := range j.query.columns {
			switch v := c.value.(type) {
			case Term:
				if v.name != "" {
					names = append(names, j.alias+"."+v.name)
				}
			case string:
				names = append(names, j.alias+"."+v)
			}
		}
	}
	return names
}
