package cli

import (
	"strings"

	"github.com/weft-orm/weft/cmd/internal/input"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// request reads the flags into a request. Mistakes carry the text they stand in.
func (q *queryFlags) request(reg *mapper.Registry, where string) (*plan.Request, error) {
	e, err := entity(reg, q.entity)
	if err != nil {
		return nil, err
	}
	if _, err := choice("strategy", q.strategy, map[string]bool{"": true, "select-in": true, "joined": true, "balanced": true}); err != nil {
		return nil, err
	}
	r := &plan.Request{
		Registry: reg, Entity: e, Order: q.order, Fields: q.fields, Group: q.group,
		Limit: q.limit, Offset: q.offset, Strategy: q.strategy, Count: q.count, KeyIn: q.keyIn,
	}
	if r.Where, err = condition(where); err != nil {
		return nil, err
	}
	if r.Having, err = having(q.having); err != nil {
		return nil, err
	}
	if r.PopulateWhere, err = restriction(q.populateWhere); err != nil {
		return nil, err
	}
	for _, text := range q.populate {
		hints, err := hint(text)
		if err != nil {
			return nil, err
		}
		r.Populate = append(r.Populate, hints...)
	}
	for _, text := range q.filters {
		f, err := filter(reg, e, text)
		if err != nil {
			return nil, err
		}
		r.Filters = append(r.Filters, f)
	}
	return r, nil
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

// inferred is what stands for populate.Infer.
const inferred = "$infer"

// restriction parses a condition on what is loaded.
func restriction(text string) (any, error) {
	if text == inferred {
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

// filter parses `Tag={"name:ne": "x"}`; without a name it is about the root.
func filter(reg *mapper.Registry, root *mapper.Entity, text string) (plan.Filter, error) {
	f := plan.Filter{Entity: root}
	name, cond, found := strings.Cut(text, "=")
	if found && !strings.ContainsAny(name, `{"`) {
		e, err := entity(reg, strings.TrimSpace(name))
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
		return nil, mistakef("--populate %s: the options must be a JSON object", path)
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
		if h.Where = v; v == inferred {
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
		return mistakef("--populate %s: unknown option %q; the options are where, order, limit, offset, strategy, fields", h.Path, name)
	}
	if !ok {
		return mistakef("--populate %s: the option %q has a value of the wrong kind", h.Path, name)
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
