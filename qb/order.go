package qb

import (
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// ParseOrder reads order entries about env.Entity. An entry is one of
//
//	"name"  "-name"  "name desc"  "name desc nulls last"  "author.name"
//	"meta.pages number"                        the kind a JSON value is read as
//	map[string]any{"author": map[string]any{"name": "asc"}}, conditions.D
//	conditions.Raw("lower(e0.name)"), without arguments
//	Order, taken as it is
//
// Maps are read in key order; several keys in a conditions.D keep theirs. The
// error is an [*Error].
func ParseOrder(env conditions.Env, entries ...any) ([]Order, error) {
	p := orderParser{env: env}
	for _, e := range entries {
		if err := p.entry("", e); err != nil {
			return nil, err
		}
	}
	return p.out, nil
}

type orderParser struct {
	env conditions.Env
	out []Order
}

// entry reads one entry below a path prefix, which ends in a dot unless empty.
func (p *orderParser) entry(prefix string, e any) error {
	switch e := e.(type) {
	case string:
		return p.text(prefix, e)
	case []string:
		for _, s := range e {
			if err := p.text(prefix, s); err != nil {
				return err
			}
		}
		return nil
	case Order:
		p.out = append(p.out, e)
		return nil
	case conditions.RawSQL:
		return p.raw(e)
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(e)) {
			if err := p.member(prefix, k, e[k]); err != nil {
				return err
			}
		}
		return nil
	case conditions.D:
		for _, x := range e {
			if err := p.member(prefix, x.Key, x.Value); err != nil {
				return err
			}
		}
		return nil
	default:
		return p.mistake("", "an entry is a string, a map or a raw expression")
	}
}

// member reads one key of a map: a direction, or what lies below the key.
func (p *orderParser) member(prefix, key string, value any) error {
	if dir, ok := value.(string); ok && isDirection(dir) {
		return p.text(prefix, key+" "+dir)
	}
	if dir, ok := value.(int); ok && (dir == 1 || dir == -1) {
		return p.text(prefix, key+map[int]string{1: " asc", -1: " desc"}[dir])
	}
	return p.entry(prefix+key+".", value)
}

func isDirection(s string) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(s)), " ")
	return word == "asc" || word == "desc"
}

// raw takes an expression of the developer's.
func (p *orderParser) raw(r conditions.RawSQL) error {
	tree, values, err := conditions.Compile(p.env, r, 0)
	if err != nil {
		return &Error{Class: ErrOrder, Entity: p.env.Entity.Name, Err: err}
	}
	n, ok := tree.Root.(*conditions.RawNode)
	if !ok || len(values) > 0 {
		return p.mistake("", "a raw order takes no arguments")
	}
	p.out = append(p.out, Order{Expr: RawExpr{&conditions.RawValue{Text: n.Text, Args: n.Args}}})
	return nil
}

// text reads "path [kind] [asc|desc] [nulls first|last] [collate name]".
func (p *orderParser) text(prefix, s string) error {
	path, words := cutOrder(s)
	if path == "" {
		return p.mistake(prefix, "an empty order entry")
	}
	var o Order
	if strings.HasPrefix(path, "-") {
		o.Desc, path = true, path[1:]
	}
	kind, err := p.words(s, words, &o)
	if err != nil {
		return err
	}
	if done, err := p.computed(prefix+path, o); done || err != nil {
		return err
	}
	f, err := resolveField(p.env, prefix+path, kind)
	if err != nil {
		return err
	}
	if f.Property != nil && f.Property.Virtual && f.Property.Formula == "" {
		return p.mistake(prefix+path, "the property is not stored")
	}
	o.Expr = FieldExpr{f}
	p.out = append(p.out, o)
	return nil
}

// cutOrder splits an entry into its path, which may be an aggregate with a space
// in its brackets, and the words behind it.
func cutOrder(s string) (path string, words []string) {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, ')') + 1; i > 0 {
		return s[:i], strings.Fields(s[i:])
	}
	if words = strings.Fields(s); len(words) == 0 {
		return "", nil
	}
	return words[0], words[1:]
}

// computed adds an entry for an aggregate, or for a column by its name.
func (p *orderParser) computed(name string, o Order) (done bool, err error) {
	if p.env.Computed == nil {
		if _, call := parseAggregate(name); call {
			return false, p.mistake(name, "an aggregate orders groups: add GroupBy, or read an aggregate")
		}
		return false, nil
	}
	c, mistake := p.env.Computed(name)
	if mistake != nil {
		return false, misplaced(step{}, p.env.Entity, name, mistake)
	}
	if c == nil {
		return false, nil
	}
	o.Expr = aggregateOf(c.Field)
	p.out = append(p.out, o)
	return true, nil
}

// words reads what follows the path.
func (p *orderParser) words(entry string, words []string, o *Order) (kind mapper.ValueKind, err error) {
	for len(words) > 0 {
		word := strings.ToLower(words[0])
		words = words[1:]
		switch word {
		case "asc", "desc":
			o.Desc = o.Desc != (word == "desc")
		case "number":
			kind = mapper.Float
		case "string":
			kind = mapper.String
		case "bool":
			kind = mapper.Bool
		case "nulls":
			if len(words) == 0 {
				return 0, p.mistake(entry, "nulls first, or nulls last")
			}
			switch strings.ToLower(words[0]) {
			case "first":
				o.Nulls = NullsFirst
			case "last":
				o.Nulls = NullsLast
			default:
				return 0, p.mistake(entry, "nulls first, or nulls last")
			}
			words = words[1:]
		case "collate":
			if len(words) == 0 {
				return 0, p.mistake(entry, "collate needs a name")
			}
			o.Collation, words = words[0], words[1:]
		default:
			return 0, p.mistake(entry, "after the path come asc or desc, nulls first or last, number, string or bool")
		}
	}
	return kind, nil
}

func (p *orderParser) mistake(path, hint string) error {
	return &Error{Class: ErrOrder, Entity: p.env.Entity.Name, Path: strings.TrimSuffix(path, "."), Hint: hint}
}
