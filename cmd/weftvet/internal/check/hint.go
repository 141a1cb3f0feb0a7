package check

import (
	"errors"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// hinted is a hint that is right, with its place.
type hinted struct {
	hint populate.Hint
	at   value.Value
}

// populatePaths judges plain populate paths and returns those that are right.
func (c *Checker) populatePaths(m *model.Model, e *mapper.Entity, args []value.Value) []hinted {
	var list []hinted
	for _, arg := range args {
		for _, v := range expand(arg) {
			text, ok := value.Text(v)
			if !ok {
				continue
			}
			h := populate.Hint{Path: text}
			if c.populateHint(m, e, h, v) {
				list = append(list, hinted{h, v})
			}
		}
	}
	return list
}

// populateHint judges a hint without its condition, whose path is written at v.
func (c *Checker) populateHint(m *model.Model, e *mapper.Entity, h populate.Hint, v value.Value) bool {
	_, err := populate.Parse(conditions.Env{Registry: m.Registry, Entity: e}, populate.Options{NoEager: true}, h)
	if err == nil {
		return true
	}
	var mistake *populate.Error
	if !errors.As(err, &mistake) {
		c.at(v.Node(), err.Error())
		return false
	}
	if _, entity := model.Path(e, mistake.Path); mistake.Piece != "" && m.Unclear(entity) && mistake.Hint == "" {
		return false
	}
	if s, ok := v.(*value.Struct); ok && s.Fields["Fields"] != nil && mistake.Piece != "" {
		if text, at := pathIn(s.Fields["Fields"], mistake.Piece); text != nil {
			f := finding{message: err.Error(), fix: replace(text, at, at+len(mistake.Piece), mistake.Hint)}
			f.start, f.end = place(text, at, at+len(mistake.Piece))
			c.report(f)
			return false
		}
	}
	text, ok := v.(*value.Const)
	if !ok || mistake.Piece == "" {
		c.at(v.Node(), err.Error())
		return false
	}
	f := finding{message: err.Error()}
	from := strings.Index("."+h.Path+".", "."+mistake.Piece+".")
	f.start, f.end = place(text, from, from+len(mistake.Piece))
	f.fix = replace(text, from, from+len(mistake.Piece), mistake.Hint)
	c.report(f)
	return false
}

// hint judges a hint with options.
func (f *reading) hint(v value.Value) {
	s, ok := v.(*value.Struct)
	if !ok || s.Fields["Path"] == nil {
		f.whole = false
		return
	}
	path, ok := value.Text(s.Fields["Path"])
	if !ok {
		f.whole = false
		return
	}
	h := populate.Hint{Path: path, Limit: number(s.Fields["Limit"]), Offset: number(s.Fields["Offset"])}
	h.Strategy, _ = value.Text(orEmpty(s.Fields["Strategy"]))
	h.OrderBy, h.Fields = textsOf(s.Fields["OrderBy"]), textsOf(s.Fields["Fields"])
	plain := h
	plain.OrderBy, plain.Fields = nil, nil
	if !f.checker.populateHint(f.model, f.entity, plain, s.Fields["Path"]) {
		f.whole = false
		return
	}
	target := f.target(path)
	if target == nil {
		f.whole = false
		return
	}
	env := conditions.Env{Registry: f.model.Registry, Entity: target}
	if order, ok := s.Fields["OrderBy"].(*value.List); ok {
		for _, entry := range order.Items {
			if _, ok := f.checker.orderEntry(entry, f.model, env); !ok {
				f.whole = false
			}
		}
	}
	if where := s.Fields["Where"]; where != nil && !isInfer(where) {
		r := &realizer{checker: f.checker, model: f.model}
		if f.checker.condition(where, f.model, env) == nil {
			f.whole = false
		} else {
			h.Where, _ = r.any(where)
		}
	} else if where != nil {
		h.Where = populate.Infer
	}
	if f.whole {
		if f.checker.populateHint(f.model, f.entity, h, v) {
			f.request.Populate = append(f.request.Populate, h)
			f.hints = append(f.hints, v)
		} else {
			f.whole = false
		}
	}
}

// target is the entity at the end of a path of relations.
func (f *reading) target(path string) *mapper.Entity {
	p, _ := model.Path(f.entity, path)
	if p == nil || p.Relation == nil || !exists(f.entity, path) {
		return nil
	}
	return p.Relation.Target
}

func orEmpty(v value.Value) value.Value {
	if v == nil {
		return &value.Nil{}
	}
	return v
}

func number(v value.Value) int {
	if c, ok := v.(*value.Const); ok {
		if n, ok := c.V.(int64); ok {
			return int(n)
		}
	}
	return 0
}

func textsOf(v value.Value) []string {
	l, ok := v.(*value.List)
	if !ok {
		return nil
	}
	list := []string{}
	for _, item := range l.Items {
		if text, ok := value.Text(item); ok {
			list = append(list, text)
		}
	}
	return list
}

// isInfer reports populate.Infer.
func isInfer(v value.Value) bool {
	c, ok := v.(*value.Const)
	return ok && typeName(c.Type) == populatePath+".inference"
}

func (f *reading) populateWhere(args []value.Value) {
	if len(args) != 1 {
		return
	}
	if isInfer(args[0]) {
		f.request.PopulateWhere = populate.Infer
		return
	}
	if f.checker.condition(args[0], f.model, f.env()) == nil {
		f.whole = false
		return
	}
	r := &realizer{checker: f.checker, model: f.model}
	f.request.PopulateWhere, _ = r.any(args[0])
}
