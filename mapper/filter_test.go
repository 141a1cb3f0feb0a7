package mapper_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
)

// TestFilterMistakes: filters that could never be used are mistakes of the mapping.
func TestFilterMistakes(t *testing.T) {
	type Note struct{ ID int64 }
	where := func(mapper.Params) any { return nil }
	def := mapper.Define(func(e *mapper.Builder[Note]) {
		e.Filter(mapper.Filter{Where: where})
		e.Filter(mapper.Filter{Name: "empty"})
		e.Filter(mapper.Filter{Name: "twice", Where: where})
		e.Filter(mapper.Filter{Name: "twice", Where: where, Params: []string{"a", "b"}, Optional: []string{"b"}})
	})
	_, err := mapper.Build(mapper.Options{}, def)
	for _, want := range []string{"a filter has no name", "filter empty has no Where", "two filters are called twice", "filter twice: the parameter b is in Params and in Optional"} {
		if !errors.Is(err, mapper.ErrMapping) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// TestFilterCondition: what Where does wrong is an error, and never a condition.
func TestFilterCondition(t *testing.T) {
	for want, f := range map[string]mapper.Filter{
		"filter f: the parameter x is read by Where and not declared; name it in Params, or in Optional": {Where: func(p mapper.Params) any { return p.Get("x").(string) }},
		"filter f: making the condition failed: oh":                                                      {Where: func(mapper.Params) any { panic("oh") }},
		"filter f: the parameter o is missing; Where must read an optional parameter by Lookup":          {Optional: []string{"o"}, Where: func(p mapper.Params) any { return p.Get("o") }},
	} {
		f.Name = "f"
		cond, err := f.Condition(nil)
		var told *mapper.ParameterError
		if cond != nil || !errors.As(err, &told) || err.Error() != want {
			t.Errorf("%v, %v, want %s", cond, err, want)
		}
	}
	f := mapper.Filter{Name: "f", Optional: []string{"o"}, Where: func(p mapper.Params) any {
		if v, ok := p.Lookup("o"); ok {
			return v
		}
		return "none"
	}}
	for want, params := range map[any]map[string]any{"none": nil, 7: {"o": 7}} {
		if got, err := f.Condition(params); got != want || err != nil {
			t.Errorf("%v, %v, want %v", got, err, want)
		}
	}
	if v, ok := (mapper.Params{}).Lookup("x"); v != nil || ok {
		t.Error("the zero value has a parameter")
	}
}
