package conditions_test

import (
	"cmp"
	"regexp"
	"sort"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// This file decides conditions a second time, straight from the map and with
// none of the package's machinery: no tree, no negation pushed anywhere. The
// property tests compare both.

// kleene is true, false or unknown (nil).
type kleene = *bool

var (
	truth, falsehood = true, false
	yes, no          = &truth, &falsehood
	maybe            kleene
)

func known(b bool) kleene {
	if b {
		return yes
	}
	return no
}

func not(k kleene) kleene {
	if k == nil {
		return nil
	}
	return known(!*k)
}

func and(a, b kleene) kleene {
	switch {
	case a == no || b == no:
		return no
	case a == nil || b == nil:
		return nil
	}
	return yes
}

func or(a, b kleene) kleene { return not(and(not(a), not(b))) }

// thing is a row: scalars, targets and lists of rows by property name.
type thing struct {
	kind *mapper.Entity
	vals map[string]any
	one  map[string]*thing
	many map[string][]*thing
}

// fact is one flat statement: a path, an operator, an operand.
type fact struct {
	path    []string
	op      string
	operand any
}

// flatten takes a condition apart into facts about the same scope.
func flatten(path []string, v any) []fact {
	m, ok := v.(M)
	if !ok {
		return []fact{{path, "eq", v}}
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var facts []fact
	for _, k := range keys {
		facts = append(facts, flattenKey(path, k, m[k])...)
	}
	return facts
}

var symbols = map[string]string{"=": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}

func flattenKey(path []string, k string, v any) []fact {
	if op, ok := strings.CutPrefix(k, "$"); ok {
		return []fact{{path, op, v}}
	}
	name, op, _ := strings.Cut(k, ":")
	if before, symbol, ok := strings.Cut(k, " "); ok {
		name, op = before, symbols[symbol]
	}
	path = append(path[:len(path):len(path)], strings.Split(name, ".")...)
	if op != "" {
		return []fact{{path, op, v}}
	}
	return flatten(path, v)
}

// holds decides a condition about a row.
func holds(t *thing, cond any) kleene { return conjunction(t, flatten(nil, cond)) }

func conjunction(t *thing, facts []fact) kleene {
	result := yes
	related := map[string][]fact{}
	for _, f := range facts {
		if len(f.path) > 0 {
			rel := t.kind.Property(f.path[0])
			inner := fact{f.path[1:], f.op, f.operand}
			if rel.Kind.IsToMany() && !aboutAll(inner) {
				related[f.path[0]] = append(related[f.path[0]], inner)
				continue
			}
		}
		result = and(result, statement(t, f))
	}
	// Facts that reach a to-many relation through a to-one are about one row as
	// well: statement has left them to through.
	for name, inner := range related {
		result = and(result, exists(t.many[name], inner))
	}
	return and(result, through(t, facts))
}

// through decides all facts about the targets of to-one relations, target by target.
func through(t *thing, facts []fact) kleene {
	result := yes
	targets := map[string][]fact{}
	for _, f := range facts {
		if len(f.path) > 1 && t.kind.Property(f.path[0]).Kind.IsToOne() && !onKey(t, f) || deepGroup(t, f) {
			targets[f.path[0]] = append(targets[f.path[0]], fact{f.path[1:], f.op, f.operand})
		}
	}
	for name, inner := range targets {
		if target := t.one[name]; target != nil {
			result = and(result, conjunction(target, inner))
		} else {
			result = and(result, absent(t, name, inner))
		}
	}
	return result
}

// deepGroup reports a group about the target of a to-one relation.
func deepGroup(t *thing, f fact) bool {
	return len(f.path) == 1 && t.kind.Property(f.path[0]).Kind.IsToOne() && isGroup(f.op)
}

// absent decides facts about a target that is not there: all are unknown, but
// those in groups that are about the key alone.
func absent(t *thing, name string, facts []fact) kleene {
	result := yes
	for _, f := range facts {
		if len(f.path) > 0 || !isGroup(f.op) {
			result = and(result, maybe)
			continue
		}
		result = and(result, group(f, maybe, func(cond any) kleene {
			facts := flatten([]string{name}, cond)
			if len(facts) == 0 {
				return maybe
			}
			return conjunction(t, facts)
		}))
	}
	return result
}

func aboutAll(f fact) bool {
	if len(f.path) > 0 {
		return false
	}
	switch f.op {
	case "some", "none", "every", "size", "all", "exists":
		return true
	case "eq", "ne":
		return f.operand == nil
	}
	return false
}

func exists(rows []*thing, facts []fact) kleene {
	for _, r := range rows {
		if conjunction(r, facts) == yes {
			return yes
		}
	}
	return no
}

func isGroup(op string) bool { return op == "and" || op == "or" || op == "nor" || op == "not" }

// group decides a group by its members; without members it is true or false, but
// unknown when it is about an absent target.
func group(f fact, empty kleene, member func(any) kleene) kleene {
	if f.op == "not" {
		return not(member(f.operand))
	}
	members := f.operand.([]any)
	if len(members) == 0 && empty == nil {
		return maybe
	}
	result := known(f.op != "or")
	for _, c := range members {
		switch k := member(c); f.op {
		case "or":
			result = or(result, k)
		case "nor":
			result = and(result, not(k))
		default:
			result = and(result, k)
		}
	}
	return result
}

// onKey reports a fact about the foreign key alone.
func onKey(t *thing, f fact) bool {
	return len(f.path) == 2 && f.path[1] == t.kind.Property(f.path[0]).Relation.Target.Key[0].Name ||
		len(f.path) == 1 && !isGroup(f.op)
}

// statement decides one fact that is not about a related row.
func statement(t *thing, f fact) kleene {
	if len(f.path) == 0 {
		if isGroup(f.op) {
			return group(f, yes, func(c any) kleene { return holds(t, c) })
		}
		return compare(t.vals[t.kind.Key[0].Name], f.op, f.operand)
	}
	p := t.kind.Property(f.path[0])
	switch {
	case p.Kind.IsToMany():
		return quantified(t.many[p.Name], f)
	case p.Kind.IsToOne() && onKey(t, f) && !isGroup(f.op):
		var key any
		if target := t.one[p.Name]; target != nil {
			key = target.vals[target.kind.Key[0].Name]
		}
		return compare(key, f.op, f.operand)
	case p.Kind.IsToOne() && !onKey(t, f):
		return yes // see through
	case isGroup(f.op):
		return group(f, yes, func(c any) kleene { return conjunction(t, flatten(f.path, c)) })
	}
	return compare(t.vals[p.Name], f.op, f.operand)
}

func quantified(rows []*thing, f fact) kleene {
	count := 0
	switch f.op {
	case "size":
		if f.operand == nil {
			return maybe
		}
		if m, ok := f.operand.(M); ok {
			result := yes
			for k, v := range m {
				result = and(result, compare(int64(len(rows)), k[1:], v))
			}
			return result
		}
		return compare(int64(len(rows)), "eq", f.operand)
	case "all":
		for _, c := range f.operand.([]any) {
			if quantified(rows, fact{op: "some", operand: c}) != yes {
				return no
			}
		}
		return yes
	case "eq":
		return known(len(rows) == 0)
	case "ne":
		return known(len(rows) > 0)
	case "exists":
		return known((len(rows) > 0) == f.operand.(bool))
	}
	for _, r := range rows {
		if holds(r, f.operand) == yes {
			count++
		}
	}
	switch f.op {
	case "some":
		return known(count > 0)
	case "none":
		return known(count == 0)
	}
	return known(count == len(rows))
}

// compare decides a comparison of a value.
func compare(v any, op string, operand any) kleene {
	if list, ok := operand.([]any); ok && (op == "eq" || op == "in") {
		return in(v, list)
	} else if ok {
		return outside(v, list)
	}
	switch op {
	case "exists":
		return known((v != nil) == operand.(bool))
	case "eq", "ne":
		if operand == nil {
			return known((v == nil) == (op == "eq"))
		}
	}
	if v == nil || operand == nil {
		return maybe
	}
	switch op {
	case "like":
		return known(likeRegexp(operand.(string)).MatchString(v.(string)))
	case "startsWith":
		return known(strings.HasPrefix(v.(string), operand.(string)))
	case "containsText":
		return known(strings.Contains(v.(string), operand.(string)))
	}
	c := order(v, operand)
	return known(map[string]bool{"eq": c == 0, "ne": c != 0, "gt": c > 0, "gte": c >= 0, "lt": c < 0, "lte": c <= 0}[op])
}

func in(v any, list []any) kleene {
	result := no
	for _, item := range list {
		result = or(result, compare(v, "eq", item))
	}
	return result
}

func outside(v any, list []any) kleene {
	result := yes
	for _, item := range list {
		result = and(result, compare(v, "ne", item))
	}
	return result
}

func order(a, b any) int {
	switch a := a.(type) {
	case string:
		return cmp.Compare(a, b.(string))
	case bool:
		return map[bool]int{true: 0, false: 1}[a == b.(bool)]
	}
	if n, ok := b.(int); ok {
		b = int64(n)
	}
	return cmp.Compare(a.(int64), b.(int64))
}

func likeRegexp(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)\A` + strings.NewReplacer("%", ".*", "_", ".").Replace(pattern) + `\z`)
}

// thing is a conditions.Row.

func (t *thing) Value(p *mapper.Property) (any, error) { return t.vals[p.Name], nil }

func (t *thing) Key(p *mapper.Property) (any, error) {
	if p == nil {
		return t.vals[t.kind.Key[0].Name], nil
	}
	if target := t.one[p.Name]; target != nil {
		return target.Key(nil)
	}
	return nil, nil
}

func (t *thing) One(p *mapper.Property) (conditions.Row, error) {
	if target := t.one[p.Name]; target != nil {
		return target, nil
	}
	return nil, nil
}

func (t *thing) Many(p *mapper.Property) ([]conditions.Row, error) {
	rows := []conditions.Row{}
	for _, r := range t.many[p.Name] {
		rows = append(rows, r)
	}
	return rows, nil
}
