package check

import (
	"cmp"
	"errors"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// verdict is what was found at a step of builders that share it: a mistake counts
// when no way through the step is right.
type verdict struct {
	right bool
	wrong *finding
}

// isBuilder reports a call that returns a builder.
func isBuilder(c *value.Call) bool {
	p, ok := types.Unalias(resultType(c)).(*types.Pointer)
	return ok && typeName(p.Elem()) == qbPath+".Builder"
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
		return out
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
var skipped = []string{"Filter", "WithoutFilter", "Comment", "UseIndex", "Schema"}

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

var (
	whereSteps = []string{"Where", "AndWhere", "OrWhere"}
	rowSteps   = []string{"Insert", "Upsert", "Update"}
)

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

// builder judges the query of a builder; then, when it is right and known as a whole, what is done with it.
func (c *Checker) builder(v value.Value, then func(q qb.Query, at ast.Node)) {
	for _, form := range forms(v) {
		c.oneBuilder(form, then)
	}
}

func (c *Checker) oneBuilder(call *value.Call, then func(q qb.Query, at ast.Node)) {
	steps := chain(call)
	if steps == nil {
		return
	}
	b, m := c.base(steps[0], nil)
	if b == nil {
		return
	}
	root := b.Entity()
	aliases := c.aliases(steps, b, m)
	before := len(c.seen)
	if aliases != nil {
		env := conditions.Env{Registry: m.Registry, Entity: root, Alias: b.Alias(), Aliases: aliases}
		for _, s := range steps[1:] {
			if slices.Contains(whereSteps, s.Fn.Name()) && len(s.Args) == 1 {
				if _, isText := value.Text(s.Args[0]); !isText {
					c.condition(s.Args[0], m, env)
				}
			}
		}
	}
	if len(c.seen) > before {
		return
	}
	namesOnly := false
	for i, s := range steps[1:] {
		next, certain := c.stepOr(b, s, m)
		if next == nil {
			return
		}
		if b = next; !certain {
			then = nil
			namesOnly = namesOnly || slices.Contains(rowSteps, s.Fn.Name())
			c.orderSteps(s, m, aliases, root, steps[:i+1])
		}
	}
	q, _, err := b.Query()
	if err != nil {
		if !namesOnly || errors.Is(err, qb.ErrUnknownProperty) {
			c.builderMistake(steps, m, root, err)
		}
		return
	}
	c.rightSteps(steps)
	if then != nil {
		then(q, call.Expr)
	}
}

// orderSteps judges the known entries of an order that is not known as a whole.
func (c *Checker) orderSteps(s *value.Call, m *model.Model, aliases map[string]*mapper.Entity, root *mapper.Entity, before []*value.Call) {
	if s.Fn.Name() != "OrderBy" || aliases == nil {
		return
	}
	for _, b := range before {
		if slices.Contains([]string{"Select", "AddSelect", "GroupBy", "From", "FromCTE"}, b.Fn.Name()) {
			return // names of columns can be ordered by
		}
	}
	alias := ""
	if len(before) > 0 && len(before[0].Args) > 0 {
		alias, _ = value.Text(before[0].Args[len(before[0].Args)-1])
	}
	args, _ := arguments(s, 0)
	for _, arg := range args {
		c.orderEntry(arg, m, conditions.Env{Registry: m.Registry, Entity: root, Alias: alias, Aliases: aliases})
	}
}

// rightSteps notes that there is a way on which all steps are right.
func (c *Checker) rightSteps(steps []*value.Call) {
	for _, s := range steps {
		if c.steps[s.Expr] == nil {
			c.steps[s.Expr] = &verdict{}
		}
		c.steps[s.Expr].right = true
	}
}

// Finish tells the mistakes of builders that no way avoids.
func (c *Checker) Finish() {
	var list []finding
	for _, v := range c.steps {
		if v.wrong != nil && !v.right {
			list = append(list, *v.wrong)
		}
	}
	slices.SortFunc(list, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.message, b.message))
	})
	for _, f := range list {
		c.report(f)
	}
}

// builderMistake notes an error at the step that made it.
func (c *Checker) builderMistake(steps []*value.Call, m *model.Model, root *mapper.Entity, err error) {
	var e *qb.Error
	var cond *conditions.Error
	at := steps[len(steps)-1]
	if errors.As(err, &e) {
		number := 0
		for _, s := range steps[1:] {
			if slices.Contains(skipped, s.Fn.Name()) {
				continue
			}
			number++
			if s.Fn.Name() == e.Step && number == e.Number {
				at = s
			}
		}
		if e.Number == 0 || at.Fn.Name() != e.Step {
			for _, s := range steps {
				if s.Fn.Name() == e.Step {
					at = s
				}
			}
		}
	}
	f := c.stepFinding(at, m, root, err)
	if errors.As(err, &cond) && f != nil {
		env := conditions.Env{Registry: m.Registry, Entity: root}
		a := &attempt{checker: c, model: m, env: env, cond: &value.Nil{}}
		for _, arg := range at.Args {
			if s := locate(arg, cond.Keys); s.key != nil || s.value != arg && s.value != nil {
				if a.doubtful(cond, s) {
					return
				}
				found := a.finding(cond, s)
				found.message = err.Error()
				f = &found
			}
		}
	}
	if f == nil {
		return
	}
	if c.steps[at.Expr] == nil {
		c.steps[at.Expr] = &verdict{}
	}
	c.steps[at.Expr].wrong = f
}

// stepFinding places an error within a step; nil when code not seen may explain it.
func (c *Checker) stepFinding(s *value.Call, m *model.Model, root *mapper.Entity, err error) *finding {
	node := ast.Node(s.Expr)
	if sel, ok := ast.Unparen(s.Expr.Fun).(*ast.SelectorExpr); ok {
		node = sel.Sel
	}
	f := &finding{start: node.Pos(), end: node.End(), message: err.Error()}
	var e *qb.Error
	if !errors.As(err, &e) {
		return f
	}
	if _, entity := model.Path(root, e.Path); errors.Is(err, qb.ErrUnknownProperty) && m.Unclear(entity) && named(e.Hint) == "" {
		return nil
	}
	if prop, _ := model.Path(root, e.Path); m.UnclearValue(prop) && !errors.Is(err, qb.ErrUnknownProperty) {
		return nil
	}
	if e.Path == "" {
		return f
	}
	for _, arg := range s.Args {
		if text, at := pathIn(arg, e.Path); text != nil {
			from, to := badPiece(root, e.Path)
			if name := named(e.Hint); name != "" {
				from, to = nearPiece(e.Path, name)
			}
			g := finding{message: err.Error()}
			g.start, g.end = place(text, at+from, at+to)
			g.fix = replace(text, at+from, at+to, named(e.Hint))
			return &g
		}
	}
	return f
}

// nearPiece is the last piece of a path: aliases stand before it, and the hint is about it.
func nearPiece(path, _ string) (from, to int) {
	return strings.LastIndexByte(path, '.') + 1, len(path)
}

// roots judges All and One.
func (c *Checker) roots(call *value.Call, m *model.Model, at int) {
	if at >= len(call.Args) {
		return
	}
	c.builder(call.Args[at], func(q qb.Query, node ast.Node) {
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
