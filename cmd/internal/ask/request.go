package ask

import (
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/internal/input"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Request reads the texts. Mistakes are a [*Mistake] with the text they stand in.
func (q *Query) Request(reg *mapper.Registry) (*plan.Request, error) {
	e, err := Entity(reg, q.Entity)
	if err != nil {
		return nil, err
	}
	if _, err := Choice("strategy", q.Strategy, map[string]bool{"": true, "auto": true, "select-in": true, "joined": true, "balanced": true}); err != nil {
		return nil, err
	}
	r := &plan.Request{
		Registry: reg, Entity: e, Order: q.Order, Fields: q.Fields, Group: q.Group,
		Limit: q.Limit, Offset: q.Offset, Strategy: q.Strategy, Count: q.Count, SemiJoin: q.semiJoin(),
	}
	if r.Where, err = condition(q.Where); err != nil {
		return nil, err
	}
	if r.Having, err = having(q.Having); err != nil {
		return nil, err
	}
	if r.PopulateWhere, err = restriction(q.PopulateWhere); err != nil {
		return nil, err
	}
	for _, text := range q.Populate {
		hints, err := hint(text)
		if err != nil {
			return nil, err
		}
		r.Populate = append(r.Populate, hints...)
	}
	r.Filters, err = q.filters(reg, e)
	return r, err
}

// semiJoin is the form of semi-joins.
func (q *Query) semiJoin() qb.SemiJoin {
	switch {
	case q.KeyIn:
		return qb.SemiJoinKeyIn
	case q.Exists:
		return qb.SemiJoinExists
	default:
		return qb.SemiJoinAuto
	}
}

// condition parses a condition; an empty text is none.
func condition(text string) (any, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	d, err := input.Parse(text)
	if err != nil {
		return nil, syntaxMistake(err)
	}
	return d.Value(), nil
}

// Inferred is what stands for populate.Infer.
const Inferred = "$infer"

// restriction parses a condition on what is loaded.
func restriction(text string) (any, error) {
	if text == Inferred {
		return populate.Infer, nil
	}
	return condition(text)
}

// having parses a condition on groups, which is mostly SQL.
func having(text string) (any, error) {
	if text == "" || strings.HasPrefix(strings.TrimSpace(text), "{") {
		return condition(text)
	}
	return conditions.Raw(text), nil
}

// filters are those of the mapping that are on, then those given by their conditions.
func (q *Query) filters(reg *mapper.Registry, root *mapper.Entity) ([]plan.Filter, error) {
	var given []plan.Filter
	on := map[string]map[string]any{}
	for _, text := range q.Filters {
		name, params, found := strings.Cut(text, "=")
		if name = strings.TrimSpace(name); isFilter(reg, name) {
			values, err := parameters(name, params)
			if err != nil {
				return nil, err
			}
			on[name] = values
			continue
		}
		if !found && !strings.ContainsAny(name, `{"`) {
			return nil, Mistakef("--filter %s: no filter is called so%s", name, suggest.Hint(name, filterNames(reg)))
		}
		f, err := filter(reg, root, text)
		if err != nil {
			return nil, err
		}
		given = append(given, f)
	}
	mapped, err := q.mapped(reg, on)
	return append(mapped, given...), err
}

// mapped are the filters of the mapping that are on.
func (q *Query) mapped(reg *mapper.Registry, on map[string]map[string]any) ([]plan.Filter, error) {
	for _, name := range q.Without {
		if name != "*" && !isFilter(reg, name) {
			return nil, Mistakef("--without-filter %s: no filter is called so%s", name, suggest.Hint(name, filterNames(reg)))
		}
	}
	for name, params := range on {
		if err := reg.CheckParams(name, params, nil); err != nil {
			return nil, &Mistake{Err: err}
		}
	}
	var list []plan.Filter
	for _, e := range reg.Entities() {
		for _, f := range e.Filters {
			params, switched := on[f.Name]
			byDefault := q.Mapping && f.Default && !slices.Contains(q.Without, f.Name) && !slices.Contains(q.Without, "*")
			if !switched && !byDefault {
				continue
			}
			where, err := f.Condition(params)
			if err != nil {
				return nil, Mistakef("%w: --filter '%s={...}', or --without-filter %s", err, f.Name, f.Name)
			}
			if where != nil {
				list = append(list, plan.Filter{Entity: e, Where: where})
			}
		}
	}
	return list, nil
}

// isFilter reports the name of a filter of the mapping that is not that of an entity.
func isFilter(reg *mapper.Registry, name string) bool {
	return reg.Entity(name) == nil && slices.Contains(filterNames(reg), name)
}

func filterNames(reg *mapper.Registry) []string {
	var names []string
	for _, e := range reg.Entities() {
		for _, f := range e.Filters {
			names = append(names, f.Name)
		}
	}
	return names
}

// parameters parses those of a filter of the mapping.
func parameters(filter, text string) (map[string]any, error) {
	v, err := condition(text)
	if err != nil || v == nil {
		return nil, err
	}
	params, ok := v.(map[string]any)
	if !ok {
		return nil, Mistakef("--filter %s: the parameters must be a JSON object", filter)
	}
	return params, nil
}

// filter parses `Tag={"name:ne": "x"}`; without a name it is about the root.
func filter(reg *mapper.Registry, root *mapper.Entity, text string) (plan.Filter, error) {
	f := plan.Filter{Entity: root}
	name, cond, found := strings.Cut(text, "=")
	if found && !strings.ContainsAny(name, `{"`) {
		e, err := Entity(reg, strings.TrimSpace(name))
		if err != nil {
			return f, err
		}
		f.Entity, text = e, cond
	}
	var err error
	f.Where, err = condition(text)
	return f, err
}

// hint parses "books.tags,publisher", or one path with options: `books={"limit": 5}`.
func hint(text string) ([]populate.Hint, error) {
	path, options, found := strings.Cut(text, "=")
	if !found {
		paths := strings.Split(text, ",")
		for i := range paths {
			paths[i] = strings.TrimSpace(paths[i])
		}
		return populate.Paths(paths...), nil
	}
	d, err := input.Parse(options)
	if err != nil {
		return nil, syntaxMistake(err)
	}
	h := populate.Hint{Path: strings.TrimSpace(path)}
	values, ok := d.Value().(map[string]any)
	if !ok {
		return nil, Mistakef("--populate %s: the options must be a JSON object", path)
	}
	for name, v := range values {
		if err := setHint(&h, name, v); err != nil {
			return nil, err
		}
	}
	return []populate.Hint{h}, nil
}

// setHint sets one option of a hint.
func setHint(h *populate.Hint, name string, v any) error {
	ok := true
	switch name {
	case "where":
		if h.Where = v; v == Inferred {
			h.Where = populate.Infer
		}
	case "order":
		h.OrderBy, ok = texts(v)
	case "fields":
		h.Fields, ok = texts(v)
	case "strategy":
		h.Strategy, ok = v.(string)
	case "limit":
		h.Limit, ok = count(v)
	case "offset":
		h.Offset, ok = count(v)
	default:
		return Mistakef("--populate %s: unknown option %q; the options are where, order, limit, offset, strategy, fields", h.Path, name)
	}
	if !ok {
		return Mistakef("--populate %s: the option %q has a value of the wrong kind", h.Path, name)
	}
	return nil
}

func count(v any) (int, bool) {
	n, ok := v.(int64)
	return int(n), ok && n >= 0
}

// texts reads a text, or a list of texts.
func texts(v any) ([]string, bool) {
	if s, ok := v.(string); ok {
		return strings.Split(s, ","), true
	}
	list, ok := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		s, isText := item.(string)
		out[i], ok = s, ok && isText
	}
	return out, ok
}

// Entity finds an entity by name.
func Entity(reg *mapper.Registry, name string) (*mapper.Entity, error) {
	if e := reg.Entity(name); e != nil {
		return e, nil
	}
	var names []string
	for _, e := range reg.Entities() {
		names = append(names, e.Name)
	}
	if name == "" {
		return nil, Mistakef("--entity is missing; the entities are %s", strings.Join(names, ", "))
	}
	return nil, Mistakef("unknown entity %q; the entities are %s%s", name, strings.Join(names, ", "), suggest.Hint(name, names))
}

// Choice finds the value of a flag among those allowed.
func Choice[T any](flag, name string, allowed map[string]T) (T, error) {
	v, ok := allowed[name]
	if ok {
		return v, nil
	}
	names := slices.Sorted(maps.Keys(allowed))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	return v, Mistakef("--%s %q is none of %s%s", flag, name, strings.Join(names, ", "), suggest.Hint(name, names))
}
