package check

import (
	"errors"
	"strings"

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
			f.request.Where = c.condition(call.Args[cond], m, conditions.Env{Registry: m.Registry, Entity: m.Entity})
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

// order judges order entries, each by itself.
func (f *reading) order(args []value.Value) {
	for _, arg := range args {
		for _, v := range expand(arg) {
			entry, ok := f.checker.orderEntry(v, f.model, f.env())
			if !ok {
				f.whole = false
				continue
			}
			f.request.Order = append(f.request.Order, entry)
			f.entries = append(f.entries, v)
		}
	}
}

// orderEntry judges one entry; ok is false when it is not known, or wrong.
func (c *Checker) orderEntry(v value.Value, m *model.Model, env conditions.Env) (entry any, ok bool) {
	if alt, isAlt := v.(*value.Alt); isAlt {
		for _, w := range alt.Values {
			c.orderEntry(w, m, env)
		}
		return nil, false
	}
	r := &realizer{checker: c, model: m}
	if _, unknown := v.(*value.Unknown); unknown {
		return nil, false
	}
	entry, ok = r.any(v)
	if list, isList := entry.([]any); isList { // a []string
		texts := make([]string, 0, len(list))
		for _, item := range list {
			if text, isText := item.(string); isText {
				texts = append(texts, text)
			}
		}
		entry = texts
	}
	if !ok || r.partial {
		return nil, false
	}
	if _, err := qb.ParseOrder(env, entry); err != nil {
		c.orderMistake(v, m, env.Entity, err)
		return nil, false
	}
	return entry, true
}

// orderMistake tells an error about an order entry where the piece at fault stands.
func (c *Checker) orderMistake(v value.Value, m *model.Model, e *mapper.Entity, err error) {
	var mistake *qb.Error
	if !errors.As(err, &mistake) {
		c.at(v.Node(), err.Error())
		return
	}
	if _, entity := model.Path(e, mistake.Path); errors.Is(err, qb.ErrUnknownProperty) && m.Unclear(entity) && named(mistake.Hint) == "" {
		return
	}
	if prop, _ := model.Path(e, mistake.Path); m.UnclearValue(prop) && !errors.Is(err, qb.ErrUnknownProperty) {
		return
	}
	text, at := pathIn(v, mistake.Path)
	if text == nil {
		c.at(v.Node(), err.Error())
		return
	}
	c.report(c.pathFinding(text, at, mistake.Path, e, named(mistake.Hint), err))
}

// pathIn finds the text within a value that holds a path, and where in it.
func pathIn(v value.Value, path string) (*value.Const, int) {
	switch v := v.(type) {
	case *value.Const:
		text, _ := value.Text(v)
		if i := strings.Index(text, path); i >= 0 && path != "" {
			return v, i
		}
		if text != "" && path == "" {
			return v, 0
		}
	case *value.Map:
		for _, e := range v.Entries {
			key, _ := value.Text(e.Key)
			if rest, ok := strings.CutPrefix(path, key+"."); ok {
				if text, at := pathIn(e.Value, rest); text != nil {
					return text, at
				}
			}
			if text, at := pathIn(e.Key, path); text != nil {
				return text, at
			}
			if strings.HasPrefix(path, key) && key != "" {
				return e.Key.(*value.Const), 0
			}
		}
	case *value.List:
		for _, item := range v.Items {
			if text, at := pathIn(item, path); text != nil {
				return text, at
			}
		}
	}
	return nil, 0
}

// pathFinding places an error at the piece of a path that does not exist.
func (c *Checker) pathFinding(text *value.Const, at int, path string, e *mapper.Entity, name string, err error) finding {
	from, to := badPiece(e, path)
	if all, _ := value.Text(text); at+to > len(all) {
		from, to = 0, len(all)-at
	}
	f := finding{message: err.Error()}
	f.start, f.end = place(text, at+from, at+to)
	f.fix = replace(text, at+from, at+to, name)
	return f
}

// badPiece is the first piece of a path that leads nowhere, the whole path when each leads on.
func badPiece(e *mapper.Entity, path string) (from, to int) {
	for i := 0; i <= len(path); {
		end := len(path)
		if dot := strings.IndexByte(path[i:], '.'); dot >= 0 {
			end = i + dot
		}
		if !exists(e, path[:end]) {
			return i, end
		}
		i = end + 1
	}
	return 0, len(path)
}

// exists reports a path of properties, or of types of a hierarchy, from an entity.
func exists(e *mapper.Entity, path string) bool {
	var last *mapper.Property
	at := e
	for piece := range strings.SplitSeq(path, ".") {
		switch {
		case last != nil && last.Kind == mapper.Inline:
			last = last.Sub(piece)
		case last != nil && !last.Kind.IsRelation():
			return true // inside a document
		default:
			if last != nil {
				at = last.Relation.Target
			}
			m := at.Meaning(piece)
			if m.Subtype != nil {
				at, last = m.Subtype, nil
				continue
			}
			last = m.Property
		}
		if last == nil {
			return false
		}
	}
	return true
}

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
