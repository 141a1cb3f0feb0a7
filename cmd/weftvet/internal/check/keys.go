package check

import (
	"go/ast"
	"slices"
	"strconv"

	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

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
	if len(args) == 0 {
		return
	}
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
