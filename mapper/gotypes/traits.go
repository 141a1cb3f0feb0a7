package gotypes

import (
	"go/types"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// traitMethods are the methods behind each trait, with their signatures.
var traitMethods = []struct {
	trait   mapper.Traits
	methods map[string]string
}{
	{mapper.Texter, map[string]string{"MarshalText": "() ([]uint8, error)", "UnmarshalText": "([]uint8) error"}},
	{mapper.ScanValuer, map[string]string{"Scan": "(interface {}) error", "Value": "() (database/sql/driver.Value, error)"}},
	{mapper.JSONer, map[string]string{"MarshalJSON": "() ([]uint8, error)", "UnmarshalJSON": "([]uint8) error"}},
}

// traitsOf finds the traits of a named type and of the pointer to it.
func traitsOf(t types.Type) mapper.Traits {
	if i, ok := t.Underlying().(*types.Interface); ok {
		if i.NumMethods() > 0 {
			return mapper.Opaque
		}
		return 0
	}
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return 0
	}
	var out mapper.Traits
	pointer := types.NewPointer(t)
	for _, trait := range traitMethods {
		all := true
		for name, want := range trait.methods {
			all = all && signatureOf(pointer, name) == want
		}
		if all {
			out |= trait.trait
		}
	}
	if hasEqual(named) {
		out |= mapper.Equaler
	}
	return out
}

// signatureOf returns the signature of an exported method of t, or "".
func signatureOf(t types.Type, name string) string {
	method := methodOf(t, name)
	if method == nil {
		return ""
	}
	var b strings.Builder
	writeSignature(&b, method.Signature(), (*types.Package).Path)
	return b.String()
}

// methodOf finds a method in the method set of t.
func methodOf(t types.Type, name string) *types.Func {
	selection := types.NewMethodSet(t).Lookup(nil, name)
	if selection == nil {
		return nil
	}
	method, _ := selection.Obj().(*types.Func)
	return method
}

// hasEqual reports a method Equal(T) bool of the value.
func hasEqual(t *types.Named) bool {
	method := methodOf(t, "Equal")
	if method == nil {
		return false
	}
	s := method.Signature()
	return s.Params().Len() == 1 && !s.Variadic() && types.Identical(s.Params().At(0).Type(), t) &&
		s.Results().Len() == 1 && kindOf(s.Results().At(0).Type()) == basicKinds[types.Bool]
}
