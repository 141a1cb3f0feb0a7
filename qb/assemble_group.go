package qb

import (
	"errors"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// grouping makes the parts that groups have: keys, the condition on groups, order.
func (a *assembly) grouping(q *Select) error {
	for _, c := range a.b.groupBy {
		e, _, err := a.expr(c)
		if err != nil {
			return err
		}
		q.GroupBy = append(q.GroupBy, e)
	}
	for _, c := range a.b.onlyOn {
		e, _, err := a.expr(c)
		if err != nil {
			return err
		}
		q.DistinctOn = append(q.DistinctOn, e)
	}
	a.groups = a.env
	if a.inGroups = a.grouped(q); a.inGroups {
		a.groups.Computed = a.computed
		a.groups.ComputedNames = slices.Clip(a.groups.ComputedNames)
		for _, c := range a.b.columns {
			if t, ok := c.value.(Term); ok && t.name != "" && t.isAggregate() {
				a.groups.ComputedNames = append(a.groups.ComputedNames, t.name)
			}
		}
	}
	if err := a.having(q); err != nil {
		return err
	}
	return a.order(q)
}

// grouped reports that the rows of a query are groups.
func (a *assembly) grouped(q *Select) bool {
	return len(q.GroupBy) > 0 || len(a.b.havings) > 0 || slices.ContainsFunc(q.Exprs, func(o Output) bool {
		_, ok := o.Expr.(Aggregate)
		return ok
	})
}

// computed finds an aggregate by the name of its column, or as it is written.
func (a *assembly) computed(name string) (*conditions.Computed, *conditions.Error) {
	call, ok := parseAggregate(name)
	for _, c := range a.b.columns {
		if t, isTerm := c.value.(Term); isTerm && t.name == name && t.isAggregate() {
			call, ok = t.call(), true
		}
	}
	if !ok {
		return a.queryColumn(name), nil
	}
	f, typ, mistake := call.resolve(a.env)
	if mistake != nil {
		return nil, mistake
	}
	return &conditions.Computed{Field: f, Type: typ}, nil
}

// having makes the condition on groups, which speaks of aggregates and of what is grouped by.
func (a *assembly) having(q *Select) error {
	var err error
	if q.Having, err = a.where(a.groups, a.b.havings); err != nil || q.Having == nil {
		return err
	}
	at := a.b.havings[0].at
	conditions.Walk(q.Having, func(f conditions.Field, _ conditions.Node) {
		if err == nil {
			err = a.inGroup(q, at, f, false)
		}
	})
	return err
}

// order makes the order of rows, or of groups.
func (a *assembly) order(q *Select) error {
	for _, c := range a.b.orderBy {
		if o, ok, err := a.named(q, c); err != nil {
			return err
		} else if ok {
			q.OrderBy = append(q.OrderBy, o)
			continue
		}
		orders, err := ParseOrder(a.groups, c.value)
		if err != nil {
			return caused(c.at, err)
		}
		for _, o := range orders {
			if len(a.b.union) > 0 && a.b.kind != countQuery && columnOf(q, o.Expr) == 0 {
				return &Error{Class: ErrOrder, Step: c.at.name, Number: c.at.number, Entity: a.b.entity.Name, Hint: "a union is ordered by columns that it reads"}
			}
			f, ok := o.Expr.(FieldExpr)
			if !ok || !a.inGroups {
				continue
			}
			if err := a.inGroup(q, c.at, f.Field, true); err != nil {
				return err
			}
		}
		q.OrderBy = append(q.OrderBy, orders...)
	}
	if len(a.b.union) > 0 {
		for i := range q.OrderBy {
			q.OrderBy[i].Column = columnOf(q, q.OrderBy[i].Expr)
		}
	}
	return nil
}

// named makes an order entry by a computed column, such as a window function, of its name.
func (a *assembly) named(q *Select, c call) (o Order, ok bool, err error) {
	text, isText := c.value.(string)
	if !isText {
		return o, false, nil
	}
	path, words := cutOrder(text)
	name := strings.TrimPrefix(path, "-")
	for _, x := range q.Exprs {
		switch x.Expr.(type) {
		case FieldExpr, Aggregate:
			continue
		}
		if x.Name != name || name == "" || a.b.entity.Property(name) != nil {
			continue
		}
		p := orderParser{env: a.env}
		if _, _, err := p.words(text, path, words, &o); err != nil {
			return o, false, caused(c.at, err)
		}
		o.Expr = x.Expr
		return o, true, nil
	}
	return o, false, nil
}

// columnOf returns the number of the column that an expression is, from 1; 0 where it is none.
func columnOf(q *Select, e Expr) int {
	want, n := describeExpr(e), 0
	for _, p := range q.Output {
		if describeExpr(FieldExpr{conditions.Field{Property: p}}) == want {
			return n + 1
		}
		n += len(leafColumns(nil, "", []*mapper.Property{p}))
	}
	for i, o := range q.Exprs {
		if describeExpr(o.Expr) == want {
			return n + i + 1
		}
	}
	return 0
}

// inGroup refuses a field that differs within a group. Raw expressions among the
// keys can make any field one for each group. So does the key of its row, which all
// engines know in an order but not in a condition.
func (a *assembly) inGroup(q *Select, at step, f conditions.Field, order bool) error {
	switch {
	case f.Func != "" || f.Property == nil:
		return nil
	case f.Property.Kind.IsToMany():
		return &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: a.b.entity.Name, Path: f.String(),
			Hint: "a condition on groups cannot ask for related rows; join them, or use Where"}
	}
	for _, e := range q.GroupBy {
		key, ok := e.(FieldExpr)
		if !ok || sameField(key.Field.OnForeignKey(), f.OnForeignKey()) || order && isKeyOf(key.Field, f) {
			return nil
		}
	}
	return &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: a.b.entity.Name, Path: f.String(),
		Hint: "it differs within a group: group by it, or take an aggregate such as max(" + f.String() + ")"}
}

// isKeyOf reports that key is the whole primary key of the row that f is a property of.
func isKeyOf(key, f conditions.Field) bool {
	return key.Property != nil && key.Property.Primary && len(key.Property.Entity.Key) == 1 && key.Alias == f.Alias && slices.Equal(key.Hops, f.Hops)
}

func sameField(x, y conditions.Field) bool {
	return x.Alias == y.Alias && x.Property == y.Property && x.Part == y.Part && slices.Equal(x.Hops, y.Hops) && slices.Equal(x.JSON, y.JSON)
}

// misplaced ties a mistake in an aggregate to the step it comes from.
func misplaced(at step, e *mapper.Entity, path string, m *conditions.Error) error {
	out := &Error{Class: m.Class, Step: at.name, Number: at.number, Entity: e.Name, Path: path, Hint: m.Hint}
	if m.Got != "" {
		out.Err = errors.New(m.Got)
	}
	return out
}
