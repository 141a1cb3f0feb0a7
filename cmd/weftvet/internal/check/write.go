package check

import (
	"errors"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// native judges writes past the unit of work: their condition, and the builder they are.
func (c *Checker) native(call *value.Call, m *model.Model, after int) {
	b := qb.New(m.Registry, m.Entity.Name, "")
	certain := true
	name := call.Fn.Name()
	switch name {
	case "NativeInsert", "NativeUpsert":
		first := after
		if name == "NativeUpsert" {
			first++
		}
		rows, open := arguments(call, first)
		list := make([]map[string]any, 0, len(rows))
		for _, v := range rows {
			row, sure, ok := c.row(v, m)
			open, certain = open || !ok, certain && sure
			list = append(list, row)
		}
		if open || len(list) == 0 {
			return
		}
		if name == "NativeInsert" {
			b = b.Insert(list...)
		} else if b = b.Upsert(list...); len(call.Args) > after {
			if on := textsOf(call.Args[after]); len(on) > 0 {
				b = b.OnConflict(on...)
			}
		}
	default:
		cond := call.Args[after]
		env := conditions.Env{Registry: m.Registry, Entity: m.Entity}
		_, all := cond.(*value.Nil)
		if !all {
			c.condition(cond, m, env)
		}
		empty, isMap := cond.(*value.Map)
		opts := after + 1
		if name == "NativeUpdate" {
			opts++
		}
		given, open := arguments(call, opts)
		allowed := open || slices.ContainsFunc(given, func(v value.Value) bool {
			o, ok := v.(*value.Call)
			return !ok || o.Fn.Name() == "AllowAll"
		})
		if !all && !(isMap && len(empty.Entries) == 0 && !empty.Open) {
			b = b.Where(conditions.Raw("true"))
		} else if allowed {
			b = b.AllowAll()
		}
		if name == "NativeDelete" {
			b = b.Delete()
			break
		}
		row, sure, ok := c.row(call.Args[after+1], m)
		if !ok {
			return
		}
		certain = sure
		b = b.Update(row)
	}
	if _, _, err := b.Query(); err != nil && (certain || errors.Is(err, qb.ErrUnknownProperty)) {
		c.writeMistake(call, m, err)
	}
}

// row makes a map of properties; certain is false when a value is not known, ok when
// not all names are.
func (c *Checker) row(v value.Value, m *model.Model) (row map[string]any, certain, ok bool) {
	r := &realizer{checker: c, model: m, blank: true}
	row, ok = r.row(v)
	certain = true
	walk(v, func(*value.Unknown) { certain = false })
	return row, certain, ok && !r.partial
}

// writeMistake places an error of a write at the property it names.
func (c *Checker) writeMistake(call *value.Call, m *model.Model, err error) {
	var e *qb.Error
	if !errors.As(err, &e) {
		c.at(call.Expr.Fun, err.Error())
		return
	}
	if m.Unclear(m.Entity) && named(e.Hint) == "" {
		return
	}
	if prop, _ := model.Path(m.Entity, e.Path); m.UnclearValue(prop) && !errors.Is(err, qb.ErrUnknownProperty) {
		return
	}
	for _, arg := range call.Args {
		if text, at := pathIn(arg, e.Path); text != nil && e.Path != "" {
			if errors.Is(err, mapper.ErrValue) || errors.Is(err, conditions.ErrValue) {
				if s := locate(arg, strings.Split(e.Path, ".")); s.value != nil && s.key != nil {
					c.at(s.value.Node(), err.Error())
					return
				}
			}
			c.report(c.pathFinding(text, at, e.Path, m.Entity, named(e.Hint), err))
			return
		}
	}
	c.at(call.Expr.Fun, err.Error())
}

// bulkOptions judges the names in options of BulkInsert and BulkUpsert.
func (c *Checker) bulkOptions(call *value.Call, m *model.Model, opts int) {
	list, _ := arguments(call, opts)
	for _, v := range list {
		opt, ok := v.(*value.Call)
		if !ok || !slices.Contains([]string{"ConflictOn", "MergeOnly", "MergeExcept"}, opt.Fn.Name()) {
			continue
		}
		args, _ := arguments(opt, 0)
		for _, arg := range args {
			c.path(arg, m, m.Entity, "bulk upsert", orm.ErrUnknownProperty)
		}
	}
}

// path judges the path of a property, in the words of package orm.
func (c *Checker) path(v value.Value, m *model.Model, e *mapper.Entity, op string, class error) {
	text, ok := value.Text(v)
	if !ok || exists(e, text) {
		return
	}
	from, to := badPiece(e, text)
	last, at := model.Path(e, text)
	names := at.PropertyNames()
	if last != nil && last.Kind == mapper.Inline {
		names = last.SubNames()
	}
	near := suggest.Nearest(text[from:to], names)
	if near == "" && m.Unclear(at) {
		return
	}
	err := &orm.Error{Class: class, Op: op, Entity: e.Name, Path: text}
	if near != "" {
		err.Detail = "did you mean " + near + "?"
	}
	f := finding{message: err.Error()}
	f.start, f.end = place(v.(*value.Const), from, to)
	f.fix = replace(v.(*value.Const), from, to, near)
	c.report(f)
}

// property judges the name of a property of an entity given as an argument.
func (c *Checker) property(call *value.Call, m *model.Model, at int) {
	if at >= len(call.Args) {
		return
	}
	text, ok := value.Text(call.Args[at])
	if !ok {
		return
	}
	op := map[string]string{"Key": "key", "IsLoaded": "is loaded", "Shadow": "shadow", "SetShadow": "shadow"}[call.Fn.Name()]
	p := m.Entity.Property(text)
	switch {
	case p == nil && len(m.Entity.Children) > 0: // the entity may be of a subtype
	case p == nil:
		class := orm.ErrUnknownProperty
		if call.Fn.Name() == "Key" {
			class = orm.ErrUnknownPath
		}
		c.path(call.Args[at], m, m.Entity, op, class)
	case call.Fn.Name() == "Key" && !p.Kind.IsToOne():
		err := &orm.Error{Class: orm.ErrUnknownPath, Op: op, Entity: m.Entity.Name, Path: p.Path, Detail: "it is not a to-one relation"}
		c.at(call.Args[at].Node(), err.Error())
	}
}

// assign judges the data and the allowed paths of Assign.
func (c *Checker) assign(call *value.Call, m *model.Model) {
	if len(m.Entity.Children) > 0 {
		return // the entity may be of a subtype
	}
	for _, data := range expand(call.Args[3]) {
		c.assigned(data, m, m.Entity, "")
	}
	list, _ := arguments(call, 4)
	for _, v := range list {
		if opt, ok := v.(*value.Call); ok && opt.Fn.Name() == "AssignOnly" {
			args, _ := arguments(opt, 0)
			for _, arg := range args {
				c.path(arg, m, m.Entity, "assign", orm.ErrUnknownProperty)
			}
		}
	}
}

// assigned judges nested data for an entity, or for an embedded value inside of it.
func (c *Checker) assigned(v value.Value, m *model.Model, e *mapper.Entity, prefix string) {
	data, ok := v.(*value.Map)
	if !ok {
		return
	}
	for _, entry := range data.Entries {
		name, ok := value.Text(entry.Key)
		if !ok {
			continue
		}
		p, _ := model.Path(e, prefix+name)
		if around, _ := model.Path(e, strings.TrimSuffix(prefix, ".")); prefix != "" && around != nil && around.VariantType() != nil && around.Anyone(name) != nil {
			p = around.Anyone(name) // the type decides which one, where several have the name
			if p.Kind == mapper.Scalar {
				c.assignedValue(entry.Value, m, e, p)
			}
			continue
		}
		if !exists(e, prefix+name) || p == nil {
			c.path(prefixed(entry.Key.(*value.Const), prefix), m, e, "assign", orm.ErrUnknownProperty)
			continue
		}
		switch {
		case p.Kind == mapper.Inline:
			c.assigned(entry.Value, m, e, prefix+name+".")
		case p.Kind.IsToMany():
			if list, ok := entry.Value.(*value.List); ok {
				for _, item := range list.Items {
					c.assigned(item, m, p.Relation.Target, "")
				}
			}
		case p.Kind.IsToOne():
			c.assigned(entry.Value, m, p.Relation.Target, "")
		default:
			c.assignedValue(entry.Value, m, e, p)
		}
	}
}

// prefixed is a text with something in front that is written elsewhere.
func prefixed(text *value.Const, prefix string) *value.Const {
	if prefix == "" {
		return text
	}
	c := *text
	c.V = prefix + text.V.(string)
	c.Parts = append([]value.Part{{Text: prefix, Expr: text.Expr}}, text.Parts...)
	return &c
}

// assignedValue converts a constant as Assign does.
func (c *Checker) assignedValue(v value.Value, m *model.Model, e *mapper.Entity, p *mapper.Property) {
	if p.Type == nil || m.UnclearValue(p) {
		return
	}
	a := &attempt{checker: c, model: m, env: conditions.Env{Registry: m.Registry, Entity: e}, cond: v, choice: map[*value.Unknown]int{}}
	tree := &conditions.Tree{Entity: e, Slots: []conditions.SlotInfo{{Type: p.Type, Path: p.Path}}}
	r := &realizer{checker: c, model: m}
	sample, ok := r.any(v)
	if !ok || sample == nil {
		return
	}
	err := a.bindOne(tree, sample, v)
	if err == nil {
		return
	}
	inner := err
	var cond *conditions.Error
	if errors.As(err, &cond) && cond.Got != "" {
		inner = errors.New(cond.Got)
	} else if errors.As(err, &cond) && cond.Err != nil {
		inner = cond.Err
	}
	c.at(v.Node(), (&orm.Error{Class: mapper.ErrValue, Op: "assign", Entity: e.Name, Path: p.Path, Err: inner}).Error())
}

// policy judges the paths and operators of a policy, each by a condition that it would allow.
func (c *Checker) policy(call *value.Call, m *model.Model) {
	s, ok := call.Args[len(call.Args)-1].(*value.Struct)
	if !ok {
		return
	}
	env := conditions.Env{Registry: m.Registry, Entity: m.Entity}
	if paths, ok := s.Fields["Paths"].(*value.List); ok {
		for _, v := range paths.Items {
			text, ok := value.Text(v)
			if !ok {
				continue
			}
			path := strings.TrimSuffix(strings.TrimSuffix(text, "*"), ".")
			if path == "" {
				continue
			}
			_, _, err := conditions.Compile(env, conditions.M{path: nil}, 0)
			c.policyMistake(v, m, err, conditions.ErrUnknownProperty)
		}
	}
	if ops, ok := s.Fields["Operators"].(*value.List); ok {
		for _, v := range ops.Items {
			text, ok := value.Text(v)
			if !ok {
				continue
			}
			if !strings.HasPrefix(text, "$") {
				c.at(v.Node(), "conditions: json: the operator "+text+" of a policy is written $"+text)
				continue
			}
			_, _, err := conditions.Compile(env, conditions.M{text: nil}, 0)
			c.policyMistake(v, m, err, conditions.ErrUnknownOperator)
		}
	}
}

func (c *Checker) policyMistake(v value.Value, m *model.Model, err error, class error) {
	var e *conditions.Error
	if !errors.Is(err, class) || !errors.As(err, &e) {
		return
	}
	a := &attempt{checker: c, model: m, env: conditions.Env{Registry: m.Registry, Entity: m.Entity}, cond: v}
	at := spot{key: v.(*value.Const), value: v}
	if !a.doubtful(e, at) {
		c.report(a.finding(e, at))
	}
}
