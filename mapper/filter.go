package mapper

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
)

// Filter is a named condition that applies wherever the entity is read.
type Filter struct {
	// Name identifies the filter when it is switched on or off.
	Name string
	// Where makes the condition (an operator map) from the parameters given by the caller.
	Where func(p Params) any
	// Params names the parameters that the filter cannot do without, Optional those that
	// it can: Where reads no others.
	Params, Optional []string
	// Default reports that the filter is on unless switched off.
	Default bool
	// Make is Where for a condition whose making can fail: its error is that of the read.
	// A filter has one of the two.
	Make func(p Params) (any, error)
	// Guard makes the filter hold for writes, too: what would write a row that the filter
	// hides, or hide one, is refused. Its condition is about columns of the row itself.
	Guard bool
}

// ForProperty returns the filter f for entities with a property. Where f has no condition
// it is that the property equals the parameter of its name, which the filter then cannot
// do without: "tenant", or the last name of a path, "owner.tenant".
func (f Filter) ForProperty(path string) Filter {
	if f.Where == nil && f.Make == nil {
		name := path[strings.LastIndexByte(path, '.')+1:]
		f.Where = func(p Params) any {
			v := p.Get(name)
			if r := reflect.ValueOf(v); r.Kind() == reflect.Map || r.Kind() == reflect.Slice && r.Type().Elem().Kind() != reflect.Uint8 {
				p.fail(&ParameterError{Filter: f.Name, Parameter: name, Reason: "is a map or a list; the property equals one value"})
			}
			return map[string]any{path: map[string]any{"$eq": v}}
		}
		f.Params = append(slices.Clip(f.Params), name)
	}
	return f
}

// Params are the parameters of a filter as its Where sees them. A condition made of a
// parameter that nobody gave would ask for NULL and find the wrong rows, so that there
// is no way to read one by accident: reading a name that the filter does not declare,
// or one that is missing, makes the read fail. The zero value has no parameters.
type Params struct {
	filter *Filter
	given  map[string]any
	// mistake is the first one of Where.
	mistake *error
}

// Get returns the value of a parameter; it is never nil. A map is one that a
// condition takes for operators: what came from outside has no place in a filter as it is. A parameter in Optional must be
// known to be there, see [Params.Lookup].
func (p Params) Get(name string) any {
	v, ok := p.Lookup(name)
	if !ok && p.filter != nil {
		p.fail(p.filter.missing(name)) // what Lookup has against it came first
	}
	return v
}

// Lookup returns the value of a parameter, and whether it was given and is not nil.
func (p Params) Lookup(name string) (v any, ok bool) {
	if p.filter == nil {
		return nil, false
	}
	if !p.filter.declares(name) {
		p.fail(p.filter.undeclared(name))
		return nil, false
	}
	if v = p.given[name]; isNull(v) {
		return nil, false
	}
	return v, true
}

// isNull reports a value that stands for NULL, however it is spelled.
func isNull(v any) bool {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if r.IsNil() {
			return true
		}
	}
	switch x := v.(type) {
	case interface{ Any() (any, bool) }: // rel.Opt
		_, assigned := x.Any()
		return !assigned
	case interface{ ReferenceKey() (any, bool) }: // rel.Ref
		_, leads := x.ReferenceKey()
		return !leads
	case driver.Valuer:
		value, err := x.Value()
		return err == nil && value == nil
	}
	return false
}

func (p Params) fail(err error) {
	if *p.mistake == nil {
		*p.mistake = err
	}
}

// Condition makes the condition of the filter. A parameter that is missing, that Where
// reads undeclared, or that is of a type Where does not expect, is a [*ParameterError].
func (f *Filter) Condition(params map[string]any) (cond any, err error) {
	for _, name := range f.Params {
		if isNull(params[name]) {
			return nil, f.missing(name)
		}
	}
	var mistake error
	defer func() {
		r := recover()
		switch x := r.(type) {
		case nil:
		case *runtime.TypeAssertionError:
			err = &ParameterError{Filter: f.Name, Reason: "a parameter is of another type than Where expects: " + x.Error()}
		default:
			err = &ParameterError{Filter: f.Name, Reason: fmt.Sprintf("making the condition failed: %v", r)}
		}
		if mistake != nil { // what failed after it failed because of it
			cond, err = nil, mistake
		}
	}()
	p := Params{filter: f, given: params, mistake: &mistake}
	if f.Make != nil {
		return f.Make(p)
	}
	return f.Where(p), nil
}

// Declared are the names of all parameters of the filter.
func (f *Filter) Declared() []string { return slices.Concat(f.Params, f.Optional) }

func (f *Filter) declares(name string) bool {
	return slices.Contains(f.Params, name) || slices.Contains(f.Optional, name)
}

func (f *Filter) missing(name string) error {
	reason := "is missing; give it where the filter is switched on"
	if slices.Contains(f.Optional, name) {
		reason = "is missing; Where must read an optional parameter by Lookup"
	}
	return &ParameterError{Filter: f.Name, Parameter: name, Reason: reason}
}

func (f *Filter) undeclared(name string) error {
	return &ParameterError{Filter: f.Name, Parameter: name,
		Reason: "is read by Where and not declared; name it in Params, or in Optional" + suggest.Hint(name, f.Declared())}
}

// ParameterError is a parameter of a filter that is missing, unknown, or does not fit.
type ParameterError struct {
	// Filter is the name of the filter, Parameter that of the parameter, "" where it is not known.
	Filter, Parameter string
	// Reason says what is wrong and what to do.
	Reason string
}

// Error returns "filter tenant: the parameter id is missing; give it where ...".
func (e *ParameterError) Error() string {
	if e.Parameter == "" {
		return "filter " + e.Filter + ": " + e.Reason
	}
	return "filter " + e.Filter + ": the parameter " + e.Parameter + " " + e.Reason
}

// CheckParams refuses a parameter that no filter of a name declares: one that is written
// wrongly would be taken for one that was not given. A filter that nobody declares is not
// this function's business. The filters of an entity are those that of returns, or with
// nil those of the mapping.
func (r *Registry) CheckParams(filter string, params map[string]any, of func(*Entity) []*Filter) error {
	var declared []string
	found := false
	for _, e := range r.entities {
		filters := e.Filters
		if of != nil {
			filters = of(e)
		}
		for _, f := range filters {
			if f.Name == filter {
				declared, found = append(declared, f.Declared()...), true
			}
		}
	}
	if !found {
		return nil
	}
	var unknown []string
	for name := range params {
		if !slices.Contains(declared, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return &ParameterError{Filter: filter, Parameter: unknown[0],
		Reason: "is given and declared by no filter of this name" + suggest.Hint(unknown[0], declared)}
}

// filters reports filters that could never be used.
func (b *builder) filters(e *Entity, at string) {
	for i, f := range e.Filters {
		switch {
		case f.Name == "":
			b.report(at, "a filter has no name")
		case f.Where == nil && f.Make == nil:
			b.report(at, "filter "+f.Name+" has no Where")
		case f.Where != nil && f.Make != nil:
			b.report(at, "filter "+f.Name+" has Where and Make; one of the two makes its condition")
		case slices.ContainsFunc(e.Filters[:i], func(other *Filter) bool { return other.Name == f.Name }):
			b.report(at, "two filters are called "+f.Name)
		}
		for _, name := range f.Optional {
			if slices.Contains(f.Params, name) {
				b.report(at, "filter "+f.Name+": the parameter "+name+" is in Params and in Optional")
			}
		}
	}
}
