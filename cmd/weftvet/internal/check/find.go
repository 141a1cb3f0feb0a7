package check

import (
	"errors"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// reading is a find as far as it is known.
type reading struct {
	checker *Checker
	model   *model.Model
	entity  *mapper.Entity
	request find.Find
	// entries and hints are where order entries and hints are written.
	entries []value.Value
	hints   []value.Value
	// whole says that every option is known and right by itself.
	whole bool
}

// find judges a read: its condition at cond (-1 for none) and its options from opts on.
func (c *Checker) find(call *value.Call, m *model.Model, cond, opts int, name string) {
	f := &reading{checker: c, model: m, entity: m.Entity, whole: true}
	f.request = find.Find{Registry: m.Registry, Entity: m.Entity, Count: name == "Count"}
	if cond >= 0 && cond < len(call.Args) {
		if _, isNil := call.Args[cond].(*value.Nil); !isNil {
			f.request.Where = c.keyOrCondition(call.Args[cond], m, conditions.Env{Registry: m.Registry, Entity: m.Entity})
			f.whole = f.request.Where != nil
		}
	}
	list, open := arguments(call, opts)
	f.whole = f.whole && !open
	for _, opt := range list {
		f.option(opt)
	}
	if name == "FindOne" || name == "FindOneOrFail" {
		f.first(call, call.Args[cond], open)
	}
	if name == "FindByCursor" {
		f.request.Limited = true
	}
	if f.whole {
		f.together(call, name)
	}
}

// env is the environment of conditions and orders about the root.
func (f *reading) env() conditions.Env {
	return conditions.Env{Registry: f.model.Registry, Entity: f.entity}
}

// option judges one option of a find.
func (f *reading) option(v value.Value) {
	opt, ok := v.(*value.Call)
	if alt, isAlt := v.(*value.Alt); isAlt {
		f.whole = false
		for _, w := range alt.Values {
			f.option(w)
		}
		return
	}
	if !ok || opt.Fn.Pkg().Path() != ormPath {
		f.whole = false
		return
	}
	args, open := arguments(opt, 0)
	f.whole = f.whole && !open
	switch opt.Fn.Name() {
	case "OrderBy":
		f.order(args)
	case "Populate":
		for _, hint := range f.checker.populatePaths(f.model, f.entity, args) {
			f.request.Populate = append(f.request.Populate, hint.hint)
			f.hints = append(f.hints, hint.at)
		}
		f.whole = f.whole && len(f.hints) >= len(args)
	case "PopulateHint":
		for _, arg := range args {
			f.hint(arg)
		}
	case "PopulateWhere":
		f.populateWhere(args)
	case "Fields":
		f.fields(args)
	case "Strategy":
		f.strategy(args[0])
	case "Limit", "Offset", "Page":
		f.request.Limited = true
	case "NullsLowest":
		f.request.NullsLowest = true
	}
}

// strategy judges the strategy of all relations, by one of them.
func (f *reading) strategy(v value.Value) {
	text, ok := value.Text(v)
	f.request.Strategy, f.whole = text, f.whole && ok
	if !ok || len(f.entity.Relations) == 0 {
		return
	}
	h := populate.Hint{Path: f.entity.Relations[0].Name, Strategy: text}
	if _, err := populate.Parse(f.env(), populate.Options{NoEager: true}, h); err != nil {
		f.whole = false
		g := finding{start: v.Node().Pos(), end: v.Node().End(), message: err.Error()}
		var mistake *populate.Error
		if errors.As(err, &mistake) {
			g.fix = replace(v.(*value.Const), 0, len(text), mistake.Hint)
		}
		f.checker.report(g)
	}
}

// fields judges the paths of a partial read.
func (f *reading) fields(args []value.Value) {
	for _, arg := range args {
		for _, v := range expand(arg) {
			text, ok := value.Text(v)
			if !ok {
				f.whole = false
				continue
			}
			f.request.Fields = append(f.request.Fields, text)
			f.entries = append(f.entries, v)
			if _, err := find.Output(f.entity, []string{text}); err != nil {
				f.whole = false
				f.checker.orderMistake(v, f.model, f.entity, err)
			}
		}
	}
}

// first asks FindOne for a condition or an order.
func (f *reading) first(call *value.Call, cond value.Value, open bool) {
	m, ok := cond.(*value.Map)
	_, isNil := cond.(*value.Nil)
	if open || !isNil && (!ok || m.Open || len(m.Entries) > 0) || len(f.request.Order) > 0 || len(f.entries) > 0 {
		return
	}
	opts, _ := arguments(call, 0)
	for _, v := range opts {
		if opt, ok := v.(*value.Call); ok && opt.Fn.Name() == "OrderBy" {
			return
		}
		if _, unknown := v.(*value.Unknown); unknown && typeName(v.(*value.Unknown).Type) == ormPath+".FindOption" {
			return
		}
	}
	err := &orm.Error{Class: orm.ErrEmptyCondition, Op: "find one", Entity: f.entity.Name, Detail: "give a condition, or OrderBy to choose the first"}
	f.checker.at(cond.Node(), err.Error())
}

// together judges what only shows when all is put together.
func (f *reading) together(call *value.Call, name string) {
	roots, err := f.request.Roots()
	if err == nil && name == "FindByCursor" {
		_, err = roots.Keyset(false)
	}
	if err == nil || f.doubtful(err) {
		return
	}
	path := ""
	var order *qb.Error
	var hint *populate.Error
	if errors.As(err, &order) {
		path = order.Path
	} else if errors.As(err, &hint) {
		path = hint.Path
	}
	for _, v := range append(f.entries, f.hints...) {
		if text, at := pathIn(v, path); text != nil && path != "" {
			start, end := place(text, at, at+len(path))
			f.checker.report(finding{start: start, end: end, message: err.Error()})
			return
		}
	}
	f.checker.at(call.Expr.Fun, err.Error())
}

func (f *reading) doubtful(err error) bool {
	var hint *populate.Error
	if errors.As(err, &hint) {
		_, entity := model.Path(f.entity, hint.Path)
		return f.model.Unclear(entity)
	}
	return f.model.Unclear(f.entity)
}
