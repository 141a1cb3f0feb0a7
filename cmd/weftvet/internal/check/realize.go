package check

import (
	"go/types"
	"reflect"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/rel"
)

const (
	ormPath        = value.Module + "/orm"
	qbPath         = value.Module + "/qb"
	conditionsPath = value.Module + "/conditions"
	populatePath   = value.Module + "/populate"
	relPath        = value.Module + "/rel"
)

// realizer makes the values the program would make.
type realizer struct {
	checker *Checker
	// choice is the sample taken for each unknown value.
	choice map[*value.Unknown]int
	// model gives the registry to sub-queries.
	model *model.Model
	// quiet builds sub-queries without judging them.
	quiet bool
	// blank takes nil for every value that is not known: names alone are judged then.
	blank bool
	// partial says that something was left out because it is not known.
	partial bool
}

// constructors are the functions of package conditions with fixed parameters.
var constructors = map[string]any{
	"Eq": conditions.Eq, "Ne": conditions.Ne, "Gt": conditions.Gt, "Gte": conditions.Gte, "Lt": conditions.Lt, "Lte": conditions.Lte,
	"IsNull": conditions.IsNull, "IsNotNull": conditions.IsNotNull, "Like": conditions.Like, "ILike": conditions.ILike, "Re": conditions.Re,
	"StartsWith": conditions.StartsWith, "EndsWith": conditions.EndsWith, "ContainsText": conditions.ContainsText, "Fulltext": conditions.Fulltext,
	"Contains": conditions.Contains, "Contained": conditions.Contained, "Overlap": conditions.Overlap, "Size": conditions.Size,
	"HasKey": conditions.HasKey, "HasKeys": conditions.HasKeys, "HasSomeKeys": conditions.HasSomeKeys,
	"GeoWithin": conditions.GeoWithin, "GeoIntersects": conditions.GeoIntersects, "Near": conditions.Near,
	"Some": conditions.Some, "None": conditions.None, "Every": conditions.Every, "All": conditions.All,
	"And": conditions.And, "Or": conditions.Or, "Nor": conditions.Nor, "Not": conditions.Not, "At": conditions.At,
	"In": conditions.In[any], "NotIn": conditions.NotIn[any], "Raw": conditions.Raw, "Col": conditions.Col,
}

// terms are the functions of package qb.
var terms = map[string]any{
	"Count": qb.Count, "CountDistinct": qb.CountDistinct, "SumDistinct": qb.SumDistinct, "AvgDistinct": qb.AvgDistinct,
	"Sum": qb.Sum, "Avg": qb.Avg, "Min": qb.Min, "Max": qb.Max, "Sub": qb.Sub,
}

// any makes a value; ok is false when that cannot be done.
func (r *realizer) any(v value.Value) (out any, ok bool) {
	switch v := v.(type) {
	case *value.Nil:
		return nil, true
	case *value.Const:
		return constant(v)
	case *value.Unknown:
		if r.blank {
			return nil, true
		}
		s, ok := sampled(v.Type)
		if !ok {
			return nil, false
		}
		return s.values[r.choice[v]], true
	case *value.Map:
		return r.document(v), true
	case *value.List:
		return r.list(v)
	case *value.Struct:
		return r.structure(v)
	case *value.Call:
		return r.call(v)
	}
	return nil, false
}

// constant gives a constant the Go type it has in the program, that of its kind for named types.
func constant(c *value.Const) (any, bool) {
	if typeName(c.Type) == populatePath+".inference" {
		return populate.Infer, true
	}
	b, ok := c.Type.Underlying().(*types.Basic)
	if !ok || typeName(c.Type) != "" && hasMethods(types.Unalias(c.Type).(*types.Named)) {
		s, ok := sampled(c.Type)
		if !ok {
			return c.V, true // the constant was converted to an interface
		}
		return s.values[0], true
	}
	list := basics[b.Kind()]
	if list == nil {
		return nil, false
	}
	t := reflect.TypeOf(list[0])
	v := reflect.ValueOf(c.V)
	if !v.CanConvert(t) || (v.Kind() == reflect.String) != (t.Kind() == reflect.String) {
		return c.V, true
	}
	return v.Convert(t).Interface(), true
}

// document makes a condition of the entries whose keys are known.
func (r *realizer) document(m *value.Map) conditions.D {
	d := conditions.D{}
	for _, e := range m.Entries {
		key, ok := value.Text(e.Key)
		if !ok {
			r.partial = true
			continue
		}
		v, ok := r.any(e.Value)
		if !ok {
			r.partial = true
			continue
		}
		d = append(d, conditions.E{Key: key, Value: v})
	}
	r.partial = r.partial || m.Open
	return d
}

// row makes a map of properties.
func (r *realizer) row(v value.Value) (map[string]any, bool) {
	m, ok := v.(*value.Map)
	if !ok {
		return nil, false
	}
	row := map[string]any{}
	for _, e := range r.document(m) {
		row[e.Key] = nested(e.Value)
	}
	return row, true
}

// nested turns documents back into the maps that rows hold.
func nested(v any) any {
	if d, ok := v.(conditions.D); ok {
		m := map[string]any{}
		for _, e := range d {
			m[e.Key] = nested(e.Value)
		}
		return m
	}
	return v
}

func (r *realizer) list(l *value.List) (any, bool) {
	r.partial = r.partial || l.Open
	if typeName(l.Type) == conditionsPath+".Same" {
		same := conditions.Same{}
		for _, item := range l.Items {
			if v, ok := r.any(item); ok {
				same = append(same, v)
			} else {
				r.partial = true
			}
		}
		return same, true
	}
	if elem, ok := l.Type.Underlying().(interface{ Elem() types.Type }); ok {
		if b, isBasic := elem.Elem().Underlying().(*types.Basic); isBasic && b.Kind() == types.Uint8 {
			return make([]byte, len(l.Items)), true
		}
	}
	items := make([]any, 0, len(l.Items))
	for _, item := range l.Items {
		v, ok := r.any(item)
		if !ok {
			r.partial = true
			continue
		}
		items = append(items, v)
	}
	if len(items) == 0 && l.Open {
		s, ok := sampled(l.Type)
		if !ok || s.kinds {
			return nil, false
		}
		return s.values[0], true
	}
	return items, true
}

// structure makes the few structs of weft's that conditions and builders take.
func (r *realizer) structure(s *value.Struct) (any, bool) {
	switch typeName(s.Type) {
	case qbPath + ".Lock":
		l := qb.Lock{}
		if c, ok := s.Fields["Mode"].(*value.Const); ok {
			if n, ok := c.V.(int64); ok {
				l.Mode = qb.LockMode(n)
			}
		}
		l.NoWait, l.SkipLocked = isTrue(s.Fields["NoWait"]), isTrue(s.Fields["SkipLocked"])
		return l, true
	}
	return stranger{}, !isWeft(s.Type)
}

func isWeft(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && value.IsWeft(named.Obj())
}

func isTrue(v value.Value) bool {
	c, ok := v.(*value.Const)
	return ok && c.V == true
}

// key stands for the entity type of a reference made from a key.
type key struct{}

// call makes what a function of weft's returns.
func (r *realizer) call(c *value.Call) (any, bool) {
	switch pkg := c.Fn.Pkg().Path(); {
	case c.Recv != nil && receiverName(c.Fn) == "Term" && c.Fn.Name() == "As" && len(c.Args) == 1:
		t, ok := r.any(c.Recv)
		name, known := value.Text(c.Args[0])
		term, isTerm := t.(qb.Term)
		if !ok || !known || !isTerm {
			return nil, false
		}
		return term.As(name), true
	case isBuilder(c):
		return r.query(c)
	case pkg == conditionsPath && constructors[c.Fn.Name()] != nil:
		return r.apply(constructors[c.Fn.Name()], c)
	case pkg == qbPath && c.Recv == nil && terms[c.Fn.Name()] != nil:
		return r.apply(terms[c.Fn.Name()], c)
	case (pkg == relPath || pkg == ormPath) && c.Fn.Name() == "ToKey" && len(c.Args) == 1:
		k, ok := r.any(c.Args[0])
		return rel.ToKey[key](k), ok && k != nil
	}
	if s, ok := sampled(resultType(c)); ok && s.opaque {
		return s.values[0], true
	}
	return nil, false
}

// query makes a sub-query, which is judged by itself: its mistakes are its own, not
// those of the condition or the step it stands in.
func (r *realizer) query(c *value.Call) (any, bool) {
	if !r.quiet {
		r.checker.builder(c, nil)
	}
	b, _, whole := r.checker.build(c, r.model)
	if b == nil || !whole {
		return nil, false
	}
	if _, _, err := b.Query(); err != nil && !r.quiet {
		return nil, false
	}
	return b, true
}

func resultType(c *value.Call) types.Type {
	results := c.Fn.Signature().Results()
	if results.Len() == 0 {
		return types.Typ[types.Invalid]
	}
	return results.At(0).Type()
}

// apply calls a constructor with the arguments of a call.
func (r *realizer) apply(fn any, c *value.Call) (any, bool) {
	f := reflect.ValueOf(fn)
	args, open := arguments(c, 0)
	if open {
		return nil, false
	}
	in, ok := r.parameters(f.Type(), args)
	if !ok {
		return nil, false
	}
	return f.Call(in)[0].Interface(), true
}

// parameters makes the arguments of a function of weft's.
func (r *realizer) parameters(sig reflect.Type, args []value.Value) ([]reflect.Value, bool) {
	if len(args) < sig.NumIn()-1 || !sig.IsVariadic() && len(args) != sig.NumIn() {
		return nil, false
	}
	in := make([]reflect.Value, 0, len(args))
	for i, arg := range args {
		t := sig.In(min(i, sig.NumIn()-1))
		if sig.IsVariadic() && i >= sig.NumIn()-1 {
			t = t.Elem()
		}
		v, ok := r.parameter(t, arg)
		if !ok {
			return nil, false
		}
		in = append(in, v)
	}
	return in, true
}

func (r *realizer) parameter(t reflect.Type, arg value.Value) (reflect.Value, bool) {
	if t == reflect.TypeFor[map[string]any]() {
		row, ok := r.row(arg)
		return reflect.ValueOf(row), ok
	}
	if t.Kind() == reflect.String {
		text, ok := value.Text(arg)
		return reflect.ValueOf(text).Convert(t), ok
	}
	v, ok := r.any(arg)
	if !ok {
		return reflect.Value{}, false
	}
	if v == nil {
		return reflect.Zero(t), true
	}
	rv := reflect.ValueOf(v)
	if rv.Type().AssignableTo(t) {
		return rv, true
	}
	if rv.CanConvert(t) && rv.Kind() != reflect.String {
		return rv.Convert(t), true
	}
	return rv, false
}
