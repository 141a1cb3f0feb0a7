package check

import (
	"cmp"
	"errors"
	"go/ast"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// verdict is what was found at a step of builders that share it: a mistake counts
// when no way through the step is right.
type verdict struct {
	right bool
	wrong *finding
}

var (
	whereSteps = []string{"Where", "AndWhere", "OrWhere"}
	rowSteps   = []string{"Insert", "Upsert", "Update"}
)

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
