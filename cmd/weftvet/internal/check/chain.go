package check

import (
	"go/types"
	"reflect"
	"slices"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// isBuilder reports a call that returns a builder.
func isBuilder(c *value.Call) bool {
	p, ok := types.Unalias(resultType(c)).(*types.Pointer)
	if !ok {
		return false
	}
	name := typeName(p.Elem())
	return name == qbPath+".Builder" || name == ormPath+".Query"
}

// chain is the steps of a builder from its beginning.
func chain(v value.Value) []*value.Call {
	var steps []*value.Call
	for {
		c, ok := v.(*value.Call)
		if !ok || !isBuilder(c) {
			return nil
		}
		steps = append(steps, c)
		if c.Recv == nil {
			slices.Reverse(steps)
			return steps
		}
		v = c.Recv
	}
}

// forms lists the builders that a value may be, alternatives inside of it chosen.
func forms(v value.Value) []*value.Call {
	switch v := v.(type) {
	case *value.Alt:
		var out []*value.Call
		for _, w := range v.Values {
			out = append(out, forms(w)...)
		}
		return out[:min(len(out), maxWays)]
	case *value.Call:
		if v.Recv == nil {
			return []*value.Call{v}
		}
		var out []*value.Call
		for _, recv := range forms(v.Recv) {
			if recv == v.Recv {
				out = append(out, v)
			} else if len(out) < maxWays {
				c := *v
				c.Recv = recv
				out = append(out, &c)
			}
		}
		return out
	}
	return nil
}

// skipped are steps that change nothing that is judged.
var skipped = []string{"Filter", "WithoutFilter", "FiltersFrom", "Comment", "UseIndex", "Schema"}

// base starts a builder; nil when its entity is not known.
func (c *Checker) base(call *value.Call, around *model.Model) (*qb.Builder, *model.Model) {
	switch {
	case call.Fn.Name() == "QB" && len(call.TypeArgs) == 1 && len(call.Args) == 2:
		m := c.Models.Of(call.TypeArgs[0])
		alias, ok := value.Text(call.Args[1])
		if m == nil || m.Registry == nil || !ok {
			return nil, nil
		}
		if around != nil && around.Registry != nil {
			if e := around.EntityOf(call.TypeArgs[0]); e != nil {
				return qb.New(around.Registry, e.Name, alias), around
			}
		}
		return qb.New(m.Registry, m.Entity.Name, alias), m
	case call.Fn.Name() == "New" && len(call.Args) == 3:
		name, okName := value.Text(call.Args[1])
		alias, okAlias := value.Text(call.Args[2])
		if !okName || !okAlias {
			return nil, nil
		}
		if around != nil && around.Registry != nil && around.Registry.Entity(name) != nil {
			return qb.New(around.Registry, name, alias), around
		}
		if m := c.named(name); m != nil {
			return qb.New(m.Registry, m.Entity.Name, alias), m
		}
	}
	return nil, nil
}

// named finds the one entity of that name among those the package sees.
func (c *Checker) named(name string) *model.Model {
	var found *model.Model
	consider := func(t types.Type) bool {
		m := c.Models.Of(t)
		if m == nil || m.Registry == nil || m.Entity.Name != name {
			return true
		}
		if found != nil {
			return false
		}
		found = m
		return true
	}
	for _, t := range c.Models.Locals() {
		if t.Obj().Name() == name && !consider(t) {
			return nil
		}
	}
	for _, p := range c.Pass.Pkg.Imports() {
		if obj, ok := p.Scope().Lookup(name).(*types.TypeName); ok && !consider(obj.Type()) {
			return nil
		}
	}
	return found
}

// build makes a builder of the steps that are known; whole is false when steps were
// left out that others may need.
func (c *Checker) build(call *value.Call, around *model.Model) (b *qb.Builder, m *model.Model, whole bool) {
	steps := chain(call)
	if steps == nil {
		return nil, nil, false
	}
	b, m = c.base(steps[0], around)
	if b == nil {
		return nil, nil, false
	}
	for _, s := range steps[1:] {
		next, _ := c.stepOr(b, s, m)
		if next == nil {
			return b, m, false
		}
		b = next
	}
	return b, m, true
}

// stepOr applies a step, or what can stand for one that is not known: a condition that
// holds, no order. It returns nil where nothing can; certain says that the step was known.
func (c *Checker) stepOr(b *qb.Builder, s *value.Call, m *model.Model) (next *qb.Builder, certain bool) {
	if slices.Contains(skipped, s.Fn.Name()) {
		return b, true
	}
	if next, ok := c.step(b, s, m); ok {
		return next, !unknownIn(s) // a row with values that are not known
	}
	switch {
	case slices.Contains(whereSteps, s.Fn.Name()):
		return b.Where(conditions.Raw("true")), false
	case slices.Contains([]string{"OrderBy", "Limit", "Offset", "Having"}, s.Fn.Name()):
		return b, false
	}
	return nil, false
}

// unknownIn reports a step with a value in its arguments that is not known.
func unknownIn(s *value.Call) bool {
	found := false
	for _, arg := range s.Args {
		walk(arg, func(*value.Unknown) { found = true })
	}
	return found
}

// step applies one step to a builder.
func (c *Checker) step(b *qb.Builder, s *value.Call, m *model.Model) (*qb.Builder, bool) {
	if slices.Contains(skipped, s.Fn.Name()) {
		return b, false
	}
	method := reflect.ValueOf(b).MethodByName(s.Fn.Name())
	args, open := arguments(s, 0)
	if !method.IsValid() || open {
		return nil, false
	}
	for _, arg := range args {
		if _, alt := arg.(*value.Alt); alt {
			return nil, false
		}
	}
	rows := slices.Contains(rowSteps, s.Fn.Name())
	if unknownIn(s) && !rows {
		return nil, false
	}
	r := &realizer{checker: c, model: m, blank: rows, quiet: s.Fn.Name() == "Within"} // the query around is not finished
	in, ok := r.parameters(method.Type(), args)
	if !ok || r.partial {
		return nil, false
	}
	next, ok := method.Call(in)[0].Interface().(*qb.Builder)
	return next, ok
}

// joining are the steps that the others of a builder depend on.
var joining = []string{"Join", "InnerJoin", "LeftJoin", "JoinAndSelect", "LeftJoinAndSelect", "JoinQuery", "LeftJoinQuery", "JoinLateral",

	"LeftJoinLateral", "JoinCTE", "JoinEntity", "Within"}

// aliases are those of the joins of a builder, which are made without what they are
// joined on; nil when they are not known.
func (c *Checker) aliases(steps []*value.Call, b *qb.Builder, m *model.Model) map[string]*mapper.Entity {
	for _, s := range steps[1:] {
		if !slices.Contains(joining, s.Fn.Name()) {
			continue
		}
		if s.Fn.Name() == "Within" {
			return nil
		}
		short := *s
		short.Spread = false
		short.Args = s.Args[:min(len(s.Args), 2)]
		if s.Fn.Name() == "JoinCTE" {
			short.Args = s.Args[:min(len(s.Args), 3)]
		}
		next, ok := c.step(b, &short, m)
		if !ok {
			return nil
		}
		b = next
	}
	q, _, err := b.Query()
	sel, ok := q.(*qb.Select)
	if err != nil || !ok {
		return nil
	}
	out := map[string]*mapper.Entity{}
	for _, j := range sel.Joins {
		switch {
		case j.Entity != nil:
			out[j.Alias] = j.Entity
		case j.Relation != nil:
			out[j.Alias] = j.Relation.Relation.Target
		case j.Query != nil:
			out[j.Alias] = j.Query.Entity
		}
	}
	return out
}
