package check

import (
	"errors"
	"go/ast"
	"slices"
	"strconv"
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

// bind converts the values, each by itself, so that every wrong one is told.
func (a *attempt) bind(tree *conditions.Tree, values []any) {
	for i := range tree.Slots {
		if i >= len(values) {
			return
		}
		info := &tree.Slots[i]
		at := locate(a.cond, info.Keys)
		one := &conditions.Tree{Entity: tree.Entity, Slots: tree.Slots[i : i+1]}
		err := a.bindOne(one, values[i], at.value)
		var e *conditions.Error
		if err == nil || !errors.As(err, &e) {
			continue
		}
		a.clean = false
		if prop, _ := model.Path(a.env.Entity, e.Path); !a.model.UnclearValue(prop) {
			a.checker.report(a.finding(e, at))
		}
	}
}

// bindOne binds a value; of one that is not known, every sample must fail.
func (a *attempt) bindOne(tree *conditions.Tree, v any, from value.Value) error {
	try := func(v any) error {
		_, err := tree.Bind(nil, []any{v})
		return err
	}
	switch from := from.(type) {
	case *value.Const:
		if hasOwnForm(from) {
			return nil
		}
		return try(v)
	case *value.Unknown:
		s, ok := sampled(from.Type)
		if info := tree.Slots[0]; ok && info.List && info.Tuple == nil && !s.kinds {
			s, ok = sampledItem(from.Type, s)
		}
		if !ok || s.opaque || s.kinds {
			return nil
		}
		var first error
		for _, sample := range a.allowed(tree, s.values) {
			err := try(sample)
			if err == nil {
				return nil
			}
			if first == nil {
				first = err
			}
		}
		return first
	case *value.List:
		if allKnown(from) {
			return try(v)
		}
		if info := tree.Slots[0]; !info.List || info.Tuple != nil {
			return nil
		}
		for _, item := range from.Items {
			r := &realizer{checker: a.checker, choice: a.choice, model: a.model}
			one, ok := r.any(item)
			if !ok || one == nil {
				continue
			}
			if err := a.bindOne(tree, one, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// allKnown reports a value without unknown ones in it.
func allKnown(v value.Value) bool {
	known := true
	walk(v, func(*value.Unknown) { known = false })
	if l, ok := v.(*value.List); ok {
		for _, item := range l.Items {
			if c, ok := item.(*value.Const); ok && hasOwnForm(c) {
				return false
			} else if _, call := item.(*value.Call); call {
				return false
			}
		}
		return known && !l.Open
	}
	return known
}

// hasOwnForm reports a constant of a type that knows a form of its own.
func hasOwnForm(c *value.Const) bool {
	s, ok := sampled(c.Type)
	return ok && s.opaque
}

// allowed adds the values of an enumeration to samples.
func (a *attempt) allowed(tree *conditions.Tree, list []any) []any {
	t := tree.Slots[0].Type
	if t == nil || t.Enum == nil || len(list) == 0 {
		return list
	}
	out := slices.Clone(list)
	for _, v := range t.Enum {
		switch list[0].(type) {
		case string:
			if _, ok := v.(string); ok {
				out = append(out, v)
			}
		case int, int64, int32, int16, int8, uint, uint8, uint16, uint32, uint64:
			out = append(out, v)
		}
	}
	return out
}

// spot is where keys lead to in a condition.
type spot struct {
	key   *value.Const
	value value.Value
}

// locate follows the keys of an error through a condition. A key that stands twice
// is followed where it leads furthest.
func locate(v value.Value, keys []string) spot {
	s, _ := follow(v, keys)
	return s
}

func follow(v value.Value, keys []string) (spot, int) {
	best, depth := spot{value: v}, 0
	if len(keys) == 0 {
		return best, 0
	}
	try := func(k *value.Const, inner value.Value, used int) {
		s, n := follow(inner, keys[used:])
		if s.key == nil {
			s.key = k
		}
		if n+used > depth {
			best, depth = s, n+used
		}
	}
	switch v := v.(type) {
	case *value.Map:
		for _, e := range v.Entries {
			if text, ok := value.Text(e.Key); ok && text == keys[0] {
				try(e.Key.(*value.Const), e.Value, 1)
			}
		}
	case *value.List:
		if i, err := strconv.Atoi(keys[0]); err == nil && i >= 0 && i < len(v.Items) && typeName(v.Type) != conditionsPath+".Same" {
			try(nil, v.Items[i], 1)
		}
		if typeName(v.Type) == conditionsPath+".Same" {
			for _, item := range v.Items {
				try(nil, item, 0)
			}
		}
	case *value.Alt:
		for _, w := range v.Values {
			try(nil, w, 0)
		}
	case *value.Call:
		followCall(v, keys, try)
	}
	return best, depth
}

// followCall follows keys into a constructor: And and its kind by "$and", Eq by path and "$eq".
func followCall(v *value.Call, keys []string, try func(k *value.Const, inner value.Value, used int)) {
	if v.Fn.Pkg().Path() != conditionsPath {
		return
	}
	args, _ := arguments(v, 0)
	switch v.Fn.Name() {
	case "And", "Or", "Nor":
		if len(keys) > 1 {
			if i, err := strconv.Atoi(keys[1]); err == nil && i < len(args) {
				try(nil, args[i], 2)
			}
		}
		return
	case "Not":
		try(nil, args[0], 1)
		return
	}
	if len(args) == 0 {
		return
	}
	path, ok := args[0].(*value.Const)
	if text, isText := value.Text(args[0]); !ok || !isText || text != keys[0] {
		return
	}
	switch {
	case len(args) == 1:
		try(path, args[0], 1)
	case v.Fn.Name() == "At":
		try(path, args[1], 1)
	case v.Fn.Name() == "All" && len(keys) > 2:
		if i, err := strconv.Atoi(keys[2]); err == nil && i+1 < len(args) {
			try(path, args[i+1], 3)
		}
	case v.Fn.Name() == "In" || v.Fn.Name() == "NotIn" || v.Fn.Name() == "HasKeys" || v.Fn.Name() == "HasSomeKeys":
		try(path, &value.List{Expr: v.Expr, Type: v.Fn.Signature().Params().At(1).Type(), Items: args[1:]}, min(2, len(keys)))
	default:
		try(path, args[1], min(2, len(keys)))
	}
}

// remove takes the innermost entry that keys lead to out of the condition.
func (a *attempt) remove(keys []string) bool {
	v, ok := without(a.cond, keys)
	if ok {
		a.cond = v
	}
	return ok && v != nil
}

// without copies a condition without the entry that keys lead to.
func without(v value.Value, keys []string) (value.Value, bool) {
	switch v := v.(type) {
	case *value.Map:
		out := *v
		out.Open = true
		out.Entries = nil
		done := false
		for _, e := range v.Entries {
			text, ok := value.Text(e.Key)
			if !ok || len(keys) == 0 || text != keys[0] || done {
				out.Entries = append(out.Entries, e)
				continue
			}
			if len(keys) > 1 {
				if inner, ok := without(e.Value, keys[1:]); ok && inner != nil && inner != e.Value {
					out.Entries = append(out.Entries, &value.Entry{Key: e.Key, Value: inner})
				}
			}
			done = true
		}
		return &out, done
	case *value.List:
		if len(keys) == 0 {
			return nil, false
		}
		i, err := strconv.Atoi(keys[0])
		if err != nil || i < 0 || i >= len(v.Items) {
			return nil, false
		}
		out := *v
		out.Items = slices.Clone(v.Items)
		inner, ok := without(v.Items[i], keys[1:])
		if !ok || inner == nil {
			inner = &value.Map{Expr: exprOf(v.Items[i]), Type: v.Type, Open: true}
		}
		out.Items[i] = inner
		return &out, true
	}
	return nil, false
}

func exprOf(v value.Value) ast.Expr {
	x, _ := v.Node().(ast.Expr)
	return x
}

// maxWays bounds how many forms of a value are looked at.
const maxWays = 24

// expand lists the forms of a value: one for each way to choose among alternatives.
func expand(v value.Value) []value.Value {
	list := expandAll(v)
	if len(list) > maxWays {
		list = list[:maxWays]
	}
	return list
}

func expandAll(v value.Value) []value.Value {
	switch v := v.(type) {
	case *value.Alt:
		var out []value.Value
		for _, w := range v.Values {
			out = append(out, expandAll(w)...)
		}
		return out
	case *value.Map:
		out := []value.Value{v}
		for i, e := range v.Entries {
			keys, values := expandAll(e.Key), expandAll(e.Value)
			if len(keys) == 1 && len(values) == 1 {
				continue
			}
			var next []value.Value
			for _, m := range out {
				for _, k := range keys {
					for _, w := range values {
						if len(next) < maxWays {
							c := *m.(*value.Map)
							c.Entries = slices.Clone(c.Entries)
							c.Entries[i] = &value.Entry{Key: k, Value: w}
							next = append(next, &c)
						}
					}
				}
			}
			out = next
		}
		return out
	case *value.List:
		out := []value.Value{v}
		for i, item := range v.Items {
			values := expandAll(item)
			if len(values) == 1 {
				continue
			}
			var next []value.Value
			for _, l := range out {
				for _, w := range values {
					if len(next) < maxWays {
						c := *l.(*value.List)
						c.Items = slices.Clone(c.Items)
						c.Items[i] = w
						next = append(next, &c)
					}
				}
			}
			out = next
		}
		return out
	}
	return []value.Value{v}
}
