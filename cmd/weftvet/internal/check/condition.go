package check

import (
	"errors"
	"go/types"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
)

// maxMistakes bounds how many mistakes of one condition are told.
const maxMistakes = 20

// condition judges a condition about env's entity. It returns the tree where all
// is known and right, else nil.
func (c *Checker) condition(cond value.Value, m *model.Model, env conditions.Env) *conditions.Tree {
	all := expand(cond)
	for i, v := range all {
		tree := c.oneCondition(v, m, env)
		if tree == nil || len(all) > 1 && i < len(all)-1 {
			continue
		}
		if len(all) == 1 {
			return tree
		}
	}
	return nil
}

// keyOrCondition judges what a find is given: a value of a plain type is a key there, while
// a builder's Where takes text for SQL.
func (c *Checker) keyOrCondition(cond value.Value, m *model.Model, env conditions.Env) *conditions.Tree {
	if u, ok := cond.(*value.Unknown); ok {
		if _, plain := u.Type.Underlying().(*types.Basic); plain {
			a := &attempt{checker: c, model: m, env: env, cond: cond, choice: map[*value.Unknown]int{}, clean: true}
			a.run()
			return nil
		}
	}
	return c.condition(cond, m, env)
}

// attempt is one reading of a condition with samples for what is not known.
type attempt struct {
	checker *Checker
	model   *model.Model
	env     conditions.Env
	cond    value.Value
	choice  map[*value.Unknown]int
	clean   bool
}

func (c *Checker) oneCondition(cond value.Value, m *model.Model, env conditions.Env) *conditions.Tree {
	switch v := cond.(type) {
	case *value.Unknown, *value.Tuple:
		return nil
	case *value.Call:
		if !isCondition(v) {
			return nil
		}
	}
	a := &attempt{checker: c, model: m, env: env, cond: cond, choice: map[*value.Unknown]int{}, clean: true}
	for range maxMistakes {
		tree, done := a.run()
		if done {
			if !a.clean {
				return nil
			}
			return tree
		}
	}
	return nil
}

// isCondition reports a call of weft's that makes a condition or a key.
func isCondition(c *value.Call) bool {
	path := c.Fn.Pkg().Path()
	return path == conditionsPath && c.Fn.Name() != "FromJSON" || path == relPath || path == ormPath && c.Fn.Name() == "ToKey"
}

// run reads, parses and binds the condition; done says that there is nothing more to find.
func (a *attempt) run() (tree *conditions.Tree, done bool) {
	r := &realizer{checker: a.checker, choice: a.choice, model: a.model}
	cond, ok := r.any(a.cond)
	if !ok {
		return nil, true
	}
	if list, isList := cond.([]any); isList && r.partial && len(list) == 0 {
		return nil, true
	}
	a.clean = a.clean && !r.partial
	rd := &conditions.Reading{}
	if err := conditions.Read(rd, cond); err != nil {
		return nil, !a.mistake(err)
	}
	env := a.env
	env.Queries = rd.Queries
	tree, err := conditions.Parse(env, rd.Shape, 0)
	if err != nil {
		return nil, !a.mistake(err)
	}
	a.bind(tree, rd.Values)
	return tree, true
}

// mistake tells an error and takes the entry at fault out, so that others are found;
// false when nothing can be taken out.
func (a *attempt) mistake(err error) bool {
	a.clean = false
	var e *conditions.Error
	if !errors.As(err, &e) {
		return false
	}
	if e.Entity == "" {
		e.Entity = a.env.Entity.Name
	}
	at := locate(a.cond, e.Keys)
	if isName(e) || !a.trySample(at.value) {
		if !a.doubtful(e, at) {
			a.checker.report(a.finding(e, at))
		}
		return a.remove(e.Keys)
	}
	return true
}

// isName reports errors that values have no part in.
func isName(e *conditions.Error) bool {
	return errors.Is(e, conditions.ErrUnknownProperty) || errors.Is(e, conditions.ErrUnknownOperator) || errors.Is(e, conditions.ErrAmbiguous)
}

// trySample takes the next sample for a value below v whose type says nothing about its kind.
func (a *attempt) trySample(v value.Value) bool {
	again := false
	walk(v, func(u *value.Unknown) {
		if again {
			return
		}
		if s, ok := sampled(u.Type); ok && s.kinds && a.choice[u]+1 < len(s.values) {
			a.choice[u]++
			again = true
		}
	})
	return again
}

// walk visits the unknown values below v.
func walk(v value.Value, visit func(*value.Unknown)) {
	switch v := v.(type) {
	case *value.Unknown:
		visit(v)
	case *value.Map:
		for _, e := range v.Entries {
			walk(e.Value, visit)
		}
	case *value.List:
		for _, item := range v.Items {
			walk(item, visit)
		}
	case *value.Call:
		for _, arg := range v.Args {
			walk(arg, visit)
		}
	case *value.Alt:
		for _, w := range v.Values {
			walk(w, visit)
		}
	}
}

// doubtful reports an error that code not seen here may explain.
func (a *attempt) doubtful(e *conditions.Error, at spot) bool {
	prop, entity := model.Path(a.env.Entity, e.Path)
	if errors.Is(e, conditions.ErrUnknownProperty) {
		return a.model.Unclear(entity) && named(e.Hint) == ""
	}
	if errors.Is(e, conditions.ErrUnknownOperator) {
		return false
	}
	open := false
	walk(at.value, func(u *value.Unknown) {
		s, ok := sampled(u.Type)
		open = open || !ok || s.kinds
	})
	if m, ok := at.value.(*value.Map); ok && (m.Open || unknownKeys(m)) && errors.Is(e, conditions.ErrShape) {
		open = true
	}
	return open || a.model.UnclearValue(prop)
}

func unknownKeys(m *value.Map) bool {
	return slices.ContainsFunc(m.Entries, func(e *value.Entry) bool { _, ok := value.Text(e.Key); return !ok })
}

// finding words an error at its place.
func (a *attempt) finding(e *conditions.Error, at spot) finding {
	f := finding{message: e.Error()}
	name := named(e.Hint)
	switch {
	case at.key != nil && !errors.Is(e, conditions.ErrValue):
		from, to := e.Offset, e.Offset+e.Length
		if to <= from || to > len(at.key.V.(string)) {
			from, to = 0, len(at.key.V.(string))
		}
		if end := strings.IndexByte(at.key.V.(string)[from:to], '('); end > 0 && name != "" { // the hint names the function
			to = from + end
		}
		f.start, f.end = place(at.key, from, to)
		switch {
		case strings.Contains(name, ":"):
			f.fix = replace(at.key, 0, len(at.key.V.(string)), name)
		case strings.HasPrefix(name, "$") && !strings.HasPrefix(at.key.V.(string), "$"):
			if i := strings.LastIndex(at.key.V.(string), ":"); i >= 0 {
				f.fix = replace(at.key, i+1, len(at.key.V.(string)), name[1:])
			}
		default:
			f.fix = replace(at.key, from, to, name)
		}
	case at.value != nil && at.value.Node() != nil:
		f.start, f.end = at.value.Node().Pos(), at.value.Node().End()
		if text, ok := at.value.(*value.Const); ok {
			if s, isText := text.V.(string); isText {
				f.fix = replace(text, 0, len(s), name)
			}
		}
	case a.cond.Node() != nil:
		f.start, f.end = a.cond.Node().Pos(), a.cond.Node().End()
	}
	return f
}
