package mapper

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/internal/suggest"
)

// need says whether an option takes a value.
type need uint8

const (
	noValue need = iota
	optionalValue
	requiredValue
)

// fieldOption is one option of a field's tag.
type fieldOption struct {
	name string
	need need
	set  func(f *facts, value string) error
}

// fieldOptions are all options a field's tag can have, by name.
var fieldOptions = []fieldOption{
	{"assigned", noValue, func(f *facts, _ string) error { f.generate = "assigned"; return nil }},
	{"auto", noValue, func(f *facts, _ string) error { f.generate = "auto"; return nil }},
	{"cascade", requiredValue, setCascade},
	{"check", requiredValue, func(f *facts, v string) error { f.checks = append(f.checks, v); return nil }},
	{"collation", requiredValue, text(func(f *facts) *string { return &f.collation })},
	{"comment", requiredValue, text(func(f *facts) *string { return &f.comment })},
	{"concurrencyCheck", noValue, flag(func(f *facts) *bool { return &f.concurrencyCheck })},
	{"dbref", noValue, flag(func(f *facts) *bool { return &f.dbref })},
	{"default", requiredValue, text(func(f *facts) *string { return &f.defaultSQL })},
	{"deferrable", noValue, flag(func(f *facts) *bool { return &f.deferrable })},
	{"discriminator", requiredValue, text(func(f *facts) *string { return &f.discriminator })},
	{"eager", noValue, flag(func(f *facts) *bool { return &f.eager })},
	{"enum", requiredValue, func(f *facts, v string) error { f.enum = list(v); return nil }},
	{"expires", optionalValue, setExpires},
	{"fk", requiredValue, func(f *facts, v string) error { f.fk = list(v); return nil }},
	{"formula", requiredValue, text(func(f *facts) *string { return &f.formula })},
	{"fulltext", noValue, flag(func(f *facts) *bool { return &f.fulltext })},
	{"generated", requiredValue, text(func(f *facts) *string { return &f.generated })},
	{"geo", noValue, flag(func(f *facts) *bool { return &f.geo })},
	{"hidden", noValue, flag(func(f *facts) *bool { return &f.hidden })},
	{"index", optionalValue, func(f *facts, v string) error { f.index, f.indexGroup = v == "", v; return nil }},
	{"inline", noValue, flag(func(f *facts) *bool { return &f.inline })},
	{"inverseJoinColumn", requiredValue, func(f *facts, v string) error { f.inverseJoinColumns = list(v); return nil }},
	{"inversedBy", requiredValue, text(func(f *facts) *string { return &f.inversedBy })},
	{"joinColumn", requiredValue, func(f *facts, v string) error { f.joinColumns = list(v); return nil }},
	{"json", noValue, flag(func(f *facts) *bool { return &f.json })},
	{"layout", requiredValue, text(func(f *facts) *string { return &f.layout })},
	{"lazy", noValue, flag(func(f *facts) *bool { return &f.lazy })},
	{"length", requiredValue, number(func(f *facts) *int { return &f.length })},
	{"mappedBy", requiredValue, text(func(f *facts) *string { return &f.mappedBy })},
	{"nativeEnum", requiredValue, text(func(f *facts) *string { return &f.nativeEnum })},
	{"noConstraint", noValue, flag(func(f *facts) *bool { return &f.noConstraint })},
	{"nullable", noValue, flag(func(f *facts) *bool { return &f.nullable })},
	{"objectid", noValue, generator("objectid")},
	{"onCreate", requiredValue, oneOf(func(f *facts) *string { return &f.onCreate }, "now", "uuid", "uuid4", "ulid", "objectid")},
	{"onDelete", requiredValue, func(f *facts, v string) (err error) { f.onDelete, err = parseRule(v); return err }},
	{"onUpdate", requiredValue, func(f *facts, v string) error { f.onUpdate = v; return nil }},
	{"oneToOne", noValue, flag(func(f *facts) *bool { return &f.oneToOne })},
	{"optional", noValue, flag(func(f *facts) *bool { return &f.optional })},
	{"orderBy", requiredValue, func(f *facts, v string) error { f.orderBy = list(v); return nil }},
	{"ordered", optionalValue, func(f *facts, v string) error { f.ordered, f.orderColumn = true, v; return nil }},
	{"orphanRemoval", noValue, flag(func(f *facts) *bool { return &f.orphanRemoval })},
	{"pivot", requiredValue, text(func(f *facts) *string { return &f.pivot })},
	{"pk", noValue, flag(func(f *facts) *bool { return &f.primary })},
	{"precision", requiredValue, func(f *facts, v string) error {
		f.hasPrecision = true
		return number(func(f *facts) *int { return &f.precision })(f, v)
	}},
	{"prefix", optionalValue, func(f *facts, v string) error { f.prefix, f.hasPrefix = v, true; return nil }},
	{"redacted", noValue, flag(func(f *facts) *bool { return &f.redacted })},
	{"references", requiredValue, text(func(f *facts) *string { return &f.references })},
	{"required", noValue, flag(func(f *facts) *bool { return &f.required })},
	{"scale", requiredValue, number(func(f *facts) *int { return &f.scale })},
	{"softDelete", noValue, flag(func(f *facts) *bool { return &f.softDelete })},
	{"sqlType", requiredValue, setSQLType},
	{"strategy", requiredValue, oneOf(func(f *facts) *string { return &f.strategy }, "auto", "select-in", "joined", "balanced")},
	{"targets", requiredValue, func(f *facts, v string) error { f.targets = list(v); return nil }},
	{"through", requiredValue, text(func(f *facts) *string { return &f.through })},
	{"type", requiredValue, oneOf(func(f *facts) *string { return &f.typ }, typeNames...)},
	{"types", requiredValue, func(f *facts, v string) error { f.types = list(v); return nil }},
	{"ulid", noValue, generator("ulid")},
	{"unique", optionalValue, func(f *facts, v string) error { f.unique, f.uniqueGroup = v == "", v; return nil }},
	{"unsigned", noValue, flag(func(f *facts) *bool { return &f.unsigned })},
	{"uuid", noValue, generator("uuid")},
	{"uuid4", noValue, generator("uuid4")},
	{"version", noValue, flag(func(f *facts) *bool { return &f.version })},
	{"virtual", noValue, flag(func(f *facts) *bool { return &f.virtual })},
	{"was", requiredValue, text(func(f *facts) *string { return &f.was })},
	{"where", requiredValue, setWhere},
}

// typeNames are the values of the option type.
var typeNames = []string{"string", "text", "bool", "int", "float", "decimal", "bytes", "time", "date", "duration", "uuid", "ulid", "objectid", "json"}

func setExpires(f *facts, v string) (err error) {
	f.expires = true
	if v != "" {
		f.expiresAfter, err = time.ParseDuration(v)
	}
	return err
}

func text(at func(*facts) *string) func(*facts, string) error {
	return func(f *facts, v string) error { *at(f) = v; return nil }
}

func flag(at func(*facts) *bool) func(*facts, string) error {
	return func(f *facts, _ string) error { *at(f) = true; return nil }
}

func number(at func(*facts) *int) func(*facts, string) error {
	return func(f *facts, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a number", v)
		}
		*at(f) = n
		return nil
	}
}

func oneOf(at func(*facts) *string, allowed ...string) func(*facts, string) error {
	return func(f *facts, v string) error {
		if !slices.Contains(allowed, v) {
			return fmt.Errorf("%q is none of %s%s", v, strings.Join(allowed, ", "), suggest.Hint(v, allowed))
		}
		*at(f) = v
		return nil
	}
}

func generator(name string) func(*facts, string) error {
	return func(f *facts, _ string) error { f.generate = name; return nil }
}

func setCascade(f *facts, v string) error {
	all := []string{"persist", "remove", "merge", "all", "none"}
	for _, word := range list(v) {
		switch word {
		case "persist":
			f.cascade |= CascadePersist
		case "remove":
			f.cascade |= CascadeRemove
		case "merge":
			f.cascade |= CascadeMerge
		case "all":
			f.cascade |= CascadePersist | CascadeRemove | CascadeMerge
		case "none":
			f.cascade = 0
		default:
			return fmt.Errorf("%q is none of %s%s", word, strings.Join(all, ", "), suggest.Hint(word, all))
		}
	}
	return nil
}

// setSQLType reads "citext" or "postgres:citext|mysql:varchar(20)".
func setSQLType(f *facts, v string) error {
	if f.sqlType == nil {
		f.sqlType = map[string]string{}
	}
	for _, part := range list(v) {
		dialect, typ, found := strings.Cut(part, ":")
		if !found {
			dialect, typ = "", part
		}
		if typ == "" {
			return errors.New("a column type is empty")
		}
		f.sqlType[dialect] = typ
	}
	return nil
}

func parseRule(v string) (ForeignKeyRule, error) {
	switch strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(v), "_", ""), " ", "") {
	case "cascade":
		return RuleCascade, nil
	case "restrict":
		return RuleRestrict, nil
	case "setnull":
		return RuleSetNull, nil
	case "noaction":
		return RuleNoAction, nil
	}
	all := []string{"cascade", "restrict", "set null", "no action"}
	return "", fmt.Errorf("%q is none of %s%s", v, strings.Join(all, ", "), suggest.Hint(v, all))
}

// parseTag reads a field's tag; report is called for each mistake.
func parseTag(tag string, report func(string)) *facts {
	f := &facts{}
	if tag == "-" {
		f.skip = true
		return f
	}
	column, items, err := splitTag(tag)
	if err != nil {
		report("tag: " + err.Error())
		return f
	}
	f.column = unquote(column)
	f.likeOption = isOption(column)
	for _, item := range items {
		i, found := slices.BinarySearchFunc(fieldOptions, item.name, byOptionName)
		if !found {
			report(fmt.Sprintf("unknown option %q%s", item.name, suggest.Hint(item.name, FieldOptions())))
			continue
		}
		applyOption(f, &fieldOptions[i], item, report)
	}
	return f
}

// isOption reports the name of an option that may stand without a value.
func isOption(name string) bool {
	i, found := slices.BinarySearchFunc(fieldOptions, name, byOptionName)
	return found && fieldOptions[i].need != requiredValue
}

func byOptionName(o fieldOption, name string) int { return strings.Compare(o.name, name) }

// applyOption sets one option that exists.
func applyOption(f *facts, o *fieldOption, item tagItem, report func(string)) {
	switch {
	case o.need == noValue && item.hasValue:
		report(fmt.Sprintf("option %q takes no value", o.name))
	case o.need == requiredValue && item.value == "":
		report(fmt.Sprintf("option %q needs a value", o.name))
	default:
		if err := o.set(f, item.value); err != nil {
			report(fmt.Sprintf("option %q: %v", o.name, err))
		}
		f.used = append(f.used, o.name)
	}
}

// FieldOptions returns the names of all options of a field's tag, sorted.
func FieldOptions() []string {
	names := make([]string, len(fieldOptions))
	for i, o := range fieldOptions {
		names[i] = o.name
	}
	return names
}
