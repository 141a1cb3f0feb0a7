package mapper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
)

// entityOption is one option of the tag of an entity's blank field.
type entityOption struct {
	name string
	need need
	set  func(e *entityFacts, value string) error
}

// entityOptions are all options of a blank field's tag, by name.
var entityOptions = []entityOption{
	{"abstract", noValue, func(e *entityFacts, _ string) error { e.abstract = true; return nil }},
	{"as", requiredValue, func(e *entityFacts, v string) error { e.viewSQL, e.readOnly = v, true; return nil }},
	{"check", requiredValue, func(e *entityFacts, v string) error { e.checks = append(e.checks, Check{Expression: v}); return nil }},
	{"comment", requiredValue, func(e *entityFacts, v string) error { e.comment = v; return nil }},
	{"discriminator", requiredValue, func(e *entityFacts, v string) error { e.discriminator = v; return nil }},
	{"discriminatorValue", requiredValue, func(e *entityFacts, v string) error { e.discriminatorValue = v; return nil }},
	{"fulltext", requiredValue, func(e *entityFacts, v string) error {
		e.indexes = append(e.indexes, indexFacts{properties: list(v), fulltext: true})
		return nil
	}},
	{"index", requiredValue, func(e *entityFacts, v string) error {
		e.indexes = append(e.indexes, indexFacts{properties: list(v)})
		return nil
	}},
	{"inheritance", requiredValue, setInheritance},
	{"materialized", noValue, func(e *entityFacts, _ string) error { e.materialized = true; return nil }},
	{"name", requiredValue, func(e *entityFacts, v string) error { e.name = v; return nil }},
	{"orderBy", requiredValue, func(e *entityFacts, v string) error { e.orderBy = list(v); return nil }},
	{"query", requiredValue, func(e *entityFacts, v string) error { e.query, e.readOnly = v, true; return nil }},
	{"readOnly", noValue, func(e *entityFacts, _ string) error { e.readOnly = true; return nil }},
	{"schema", requiredValue, func(e *entityFacts, v string) error { e.schema = v; return nil }},
	{"table", requiredValue, func(e *entityFacts, v string) error { e.table = v; return nil }},
	{"unique", requiredValue, func(e *entityFacts, v string) error {
		e.indexes = append(e.indexes, indexFacts{properties: list(v), unique: true})
		return nil
	}},
	{"view", requiredValue, func(e *entityFacts, v string) error { e.table, e.readOnly = v, true; return nil }},
	{"was", requiredValue, func(e *entityFacts, v string) error { e.was = v; return nil }},
}

func setInheritance(e *entityFacts, v string) error {
	switch v {
	case "single":
		e.inheritance = SingleTable
	case "joined":
		e.inheritance = TablePerType
	default:
		all := []string{"single", "joined"}
		return fmt.Errorf("%q is none of single, joined%s", v, suggest.Hint(v, all))
	}
	return nil
}

// parseEntityTag reads the tag of a blank field into e; report is called for each mistake.
func parseEntityTag(e *entityFacts, tag string, report func(string)) {
	first, items, err := splitTag(tag)
	if err != nil {
		report("tag: " + err.Error())
		return
	}
	if first != "" {
		items = append([]tagItem{{name: first}}, items...)
	}
	for _, item := range items {
		i, found := slices.BinarySearchFunc(entityOptions, item.name, func(o entityOption, n string) int { return strings.Compare(o.name, n) })
		if !found {
			report(fmt.Sprintf("unknown entity option %q%s", item.name, suggest.Hint(item.name, EntityOptions())))
			continue
		}
		switch o := &entityOptions[i]; {
		case o.need == noValue && item.hasValue:
			report(fmt.Sprintf("option %q takes no value", o.name))
		case o.need == requiredValue && item.value == "":
			report(fmt.Sprintf("option %q needs a value", o.name))
		default:
			if err := o.set(e, item.value); err != nil {
				report(fmt.Sprintf("option %q: %v", o.name, err))
			}
		}
	}
}

// EntityOptions returns the names of all options of a blank field's tag, sorted.
func EntityOptions() []string {
	names := make([]string, len(entityOptions))
	for i, o := range entityOptions {
		names[i] = o.name
	}
	return names
}
