package mapper

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/weft-orm/weft/internal/suggest"
)

// Definition is a mapping made in code by [Define], given to [Build] in place of
// a struct value. What it says is added to what tags say, and wins over it. It
// must not be changed after it was given to Build.
type Definition struct {
	goType   reflect.Type
	info     *StructInfo // of a definition made by DefineFrom
	entity   []func(*entityFacts) error
	shadows  []string // names of shadow properties, in order
	order    []string // selectors of fields, as first named
	fields   map[string]*FieldBuilder
	mistakes []Problem // found while defining; Position is the selector or ""
}

// Define describes the mapping of T in code: for types one does not own, for
// domain packages that import nothing, or for what tags cannot say. fn is called
// at once.
func Define[T any](fn func(e *Builder[T])) *Definition {
	d := newDefinition(reflect.TypeFor[T]())
	if fn == nil {
		d.mistakes = append(d.mistakes, Problem{Message: "the function of Define is nil"})
		return d
	}
	fn(&Builder[T]{EntityBuilder{d}})
	return d
}

// DefineFrom is [Define] for a descriptor, to be given to [BuildDefinitions].
func DefineFrom(info *StructInfo, fn func(e *EntityBuilder)) *Definition {
	d := newDefinition(nil)
	d.info = info
	if fn == nil {
		d.mistakes = append(d.mistakes, Problem{Message: "the function of DefineFrom is nil"})
		return d
	}
	fn(&EntityBuilder{d})
	return d
}

func newDefinition(t reflect.Type) *Definition {
	d := &Definition{}
	if t != nil && t.Kind() == reflect.Struct {
		d.goType = t
	}
	return d
}

// clone returns a definition that can be added to without changing d.
func (d *Definition) clone() *Definition {
	c := *d
	c.entity, c.shadows, c.order = slices.Clone(d.entity), slices.Clone(d.shadows), slices.Clone(d.order)
	c.mistakes = slices.Clone(d.mistakes)
	c.fields = make(map[string]*FieldBuilder, len(d.fields))
	for selector, f := range d.fields {
		c.fields[selector] = &FieldBuilder{items: slices.Clone(f.items), set: slices.Clone(f.set)}
	}
	return &c
}

// mistake notes what is wrong about a field, or about the entity when selector is "".
func (d *Definition) mistake(selector, message string) {
	d.mistakes = append(d.mistakes, Problem{selector, message})
}

// amendEntity adds the facts of the definition to those of the tags.
func (d *Definition) amendEntity(f *entityFacts, report func(string)) {
	for _, set := range d.entity {
		if err := set(f); err != nil {
			report(err.Error())
		}
	}
}

// amendField adds the facts of the definition about the field with that selector.
func (d *Definition) amendField(selector string, f *facts, report func(string)) {
	b := d.fields[selector]
	if b == nil {
		return
	}
	b.seen = true
	for _, item := range b.items {
		i, _ := slices.BinarySearchFunc(fieldOptions, item.name, byOptionName)
		applyOption(f, &fieldOptions[i], item, report)
	}
	for _, set := range b.set {
		set(f)
	}
}

// leftovers reports fields that were named but are not there.
func (d *Definition) leftovers(names []string, report func(selector, message string)) {
	for _, p := range d.mistakes {
		report(p.Position, p.Message)
	}
	for _, selector := range d.order {
		if !d.fields[selector].seen {
			report("", fmt.Sprintf("the definition names the field %s, which is not there or cannot be mapped%s", selector, suggest.Hint(selector, names)))
		}
	}
}
