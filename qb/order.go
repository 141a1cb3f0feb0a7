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
//	Order, taken as it is; Collate("name", "de-x-icu") and Order.Collation name a collation
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
	case collated:
		return p.collate(prefix, e.collation, func() error { return p.entry(prefix, e.entry) })
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

// collated is an entry with a collation of its own.
type collated struct {
	entry     any
	collation string
}

// Collate is an order entry, or several, sorted by a named collation: the one for
// people instead of that of the column, "de-x-icu" on PostgreSQL, "utf8mb4_german2_ci"
// on MySQL, "NOCASE" on SQLite. MongoDB has none for a single entry.
func Collate(entry any, collation string) any { return collated{entry, collation} }

// collate gives the entries that parse reads a collation.
func (p *orderParser) collate(prefix, collation string, parse func() error) error {
	first := len(p.out)
	if collation == "" {
		return p.mistake(prefix, "a collation needs a name")
	}
	if err := parse(); err != nil {
		return err
	}
	for i := range p.out[first:] {
		o := &p.out[first+i]
		if f, ok := o.Expr.(FieldExpr); ok {
			if t := TypeOf(f.Field); t != nil && databaseKind(t) != mapper.String {
				return p.mistake(f.Field.String(), "only text has a collation")
			}
		}
		o.Collation = collation
	}
	return nil
}

// member reads one key of a map: a direction, or what lies below the key.
func (p *orderParser) member(prefix, key string, value any) error {
	if c, ok := value.(collated); ok {
		return p.collate(prefix, c.collation, func() error { return p.member(prefix, key, c.entry) })
	}
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

// text reads "path [kind] [asc|desc] [nulls first|last]".
func (p *orderParser) text(prefix, s string) error {
	path, words := cutOrder(s)
	if path == "" {
		return p.mistake(prefix, "an empty order entry")
	}
	var o Order
	path, kind, err := p.words(s, path, words, &o)
	if err != nil {
		return err
	}
	if done, err := p.computed(prefix+path, o); done || err != nil {
		return err
	}
	if path == "" && prefix == "" {
		return p.mistake("", "an empty order entry")
	}
	f, err := resolveField(p.env, strings.TrimSuffix(prefix+path, "."), kind)
	if err != nil {
		if e, ok := err.(*Error); ok && e.Class == ErrPath {
			e.Class = ErrOrder
			if e.Hint == unknownKind {
				e.Hint = `say how to read it: "` + e.Path + ` number", string or bool`
			}
		}
		return err
	}
	if kind != 0 && f.JSON == nil {
		return p.mistake(prefix+path, "only a value inside a document is read as a kind")
	}
	if f.Property != nil && f.Property.Virtual && f.Property.Formula == "" {
		return p.mistake(prefix+path, "the property is not stored")
	}
	if t := TypeOf(f); t != nil && t.Kind == mapper.Array && f.Property.Relation == nil {
		return p.mistake(prefix+path, "a list has no order; order by its elements' table, or by an expression of your own")
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
	o.Expr = FieldExpr{c.Field}
	if c.Field.Func != "" {
		o.Expr = aggregateOf(c.Field)
	}
	p.out = append(p.out, o)
	return true, nil
}

// words reads the sign before a path and the words behind it, each sort once.
func (p *orderParser) words(entry, path string, words []string, o *Order) (_ string, kind mapper.ValueKind, err error) {
	fail := func(hint string) (string, mapper.ValueKind, error) { return "", 0, p.mistake(entry, hint) }
	path, direction := strings.CutPrefix(path, "-")
	o.Desc = direction
	kinds := map[string]mapper.ValueKind{"number": mapper.Float, "string": mapper.String, "bool": mapper.Bool}
	for len(words) > 0 {
		word := strings.ToLower(words[0])
		words = words[1:]
		switch {
		case word == "asc" || word == "desc":
			if direction {
				return fail("it has two directions")
			}
			direction, o.Desc = true, word == "desc"
		case kinds[word] != 0:
			if kind != 0 {
				return fail("it has two kinds")
			}
			kind = kinds[word]
		case word == "nulls" && len(words) > 0 && o.Nulls == NullsDefault:
			place := map[string]Nulls{"first": NullsFirst, "last": NullsLast}[strings.ToLower(words[0])]
			if place == NullsDefault {
				return fail("nulls first, or nulls last")
			}
			o.Nulls, words = place, words[1:]
		case word == "nulls":
			return fail("nulls first, or nulls last")
		case word == "collate":
			return fail("a collation is no word of an entry; write qb.Collate(path, collation)")
		default:
			return fail("after the path come asc or desc, nulls first or last, number, string or bool")
		}
	}
	return path, kind, nil
}

func (p *orderParser) mistake(path, hint string) error {
	return &Error{Class: ErrOrder, Entity: p.env.Entity.Name, Path: strings.TrimSuffix(path, "."), Hint: hint}
}
