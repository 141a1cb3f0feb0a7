package orm

import (
	"encoding/json"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// ToDTO returns an entity as nested maps by property name: loaded relations as
// maps and lists of their own, what is not loaded as keys (to-one) or left out
// (to-many). [SerializePopulate] says which relations, whatever is loaded. An entity met
// again on the way down is written as its key, so that a cyclic graph stays finite. Hidden
// properties are left out. Values are canonical, or what a custom type writes
// (mapper.CustomJSONer), or what the rules given by [Serialize] make of them.
func ToDTO(em *EntityManager, entity any, opts ...SerializeOption) (map[string]any, error) {
	em = em.there()
	m, err := em.managedOf("to dto", entity)
	if err != nil {
		return nil, err
	}
	w := dtoWriter{em: em, above: map[*managed]bool{}}
	for _, opt := range opts {
		opt(&w.opts)
	}
	if err := w.check(m.Meta); err != nil {
		return nil, err
	}
	out := w.entity(m, "", 1)
	if w.err != nil {
		if own, ok := w.err.(*Error); ok {
			return nil, own
		}
		return nil, &Error{Class: mapper.ErrValue, Op: "to dto", Entity: m.Meta.Name, Key: m.Key, Err: w.err}
	}
	return out, nil
}

// JSON is ToDTO as JSON; keys are sorted.
func JSON(em *EntityManager, entity any, opts ...SerializeOption) ([]byte, error) {
	em = em.there()
	dto, err := ToDTO(em, entity, opts...)
	if err != nil {
		return nil, err
	}
	return json.Marshal(dto)
}

// WriteJSON writes a list of entities as a JSON array, one by one as they come: those of
// [Stream], or of a slice by way of [Listed]. When it fails the array is not complete.
func WriteJSON[T any](to io.Writer, em *EntityManager, list iter.Seq2[*T, error], opts ...SerializeOption) error {
	em = em.there()
	if to == nil || list == nil {
		return &Error{Class: ErrInvalidOption, Op: "write json", Detail: "the writer or the list is nil; Stream and Listed make a list"}
	}
	mark := "["
	for x, err := range list {
		if err != nil {
			return err
		}
		raw, err := JSON(em, x, opts...)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(to, mark+string(raw)); err != nil {
			return err
		}
		mark = ",\n"
	}
	end := "]\n"
	if mark == "[" {
		end = "[]\n"
	}
	_, err := io.WriteString(to, end)
	return err
}

// Listed yields the entities of a slice, for WriteJSON.
func Listed[T any](list []*T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// dtoWriter writes entities as maps.
type dtoWriter struct {
	em    *EntityManager
	opts  serializing
	above map[*managed]bool // on the way down to the entity at hand
	err   error             // the first thing that has no form
}

// check refuses options that say nothing.
func (w *dtoWriter) check(e *mapper.Entity) error {
	if w.opts.depth < 0 {
		return &Error{Class: ErrInvalidOption, Op: "to dto", Entity: e.Name, Detail: "the depth is negative"}
	}
	for i, list := range [3][]string{w.opts.populate, w.opts.only, w.opts.except} {
		for _, path := range list {
			if err := checkPath("to dto", e, path, i == 0); err != nil && !w.computed(e, path) {
				return err
			}
		}
	}
	return nil
}

// computed reports a path that ends in a computed member.
func (w *dtoWriter) computed(e *mapper.Entity, path string) bool {
	pieces := strings.Split(path, ".")
	for len(pieces) > 1 {
		p, used := propertyAt(e, pieces)
		if p == nil || p.Relation == nil {
			return false
		}
		e, pieces = p.Relation.Target, pieces[used:]
	}
	r := w.em.db.rules(e)
	return r != nil && len(pieces) == 1 && r.computed[pieces[0]] != nil
}

// wanted reports a place that is written: all, or what lies on the way to it, in it, and not
// excepted.
func (w *dtoWriter) wanted(path string, r *serialRules, local string) bool {
	within := func(whole string) bool { return path == whole || strings.HasPrefix(path, whole+".") }
	if slices.ContainsFunc(w.opts.except, within) {
		return false
	}
	if len(w.opts.only) > 0 && !slices.ContainsFunc(w.opts.only, func(whole string) bool { return within(whole) || strings.HasPrefix(whole, path+".") }) {
		return false
	}
	if r == nil || !w.opts.grouped || len(r.groups[local]) == 0 {
		return true
	}
	return slices.ContainsFunc(r.groups[local], func(group string) bool { return slices.Contains(w.opts.groups, group) })
}

// follows reports a relation that is written whole when it is loaded; listed that it must be.
func (w *dtoWriter) follows(path string, level int) (follows, listed bool) {
	if w.opts.depth > 0 && level >= w.opts.depth {
		return false, false
	}
	if !w.opts.explicit {
		return true, false
	}
	listed = slices.ContainsFunc(w.opts.populate, func(p string) bool { return p == path || strings.HasPrefix(p, path+".") })
	return listed, listed
}

func (w *dtoWriter) entity(m *managed, path string, level int) map[string]any {
	w.above[m] = true
	defer delete(w.above, m)
	out := map[string]any{}
	r := w.em.db.rules(m.Meta)
	for _, p := range m.Meta.Properties {
		w.property(out, m, p, r, path, level)
	}
	if r != nil && whole(m) {
		for _, name := range slices.Sorted(maps.Keys(r.computed)) {
			if w.wanted(dotted(path, name), r, name) {
				w.put(out, name, r.computed[name](m.Entity))
			}
		}
	}
	return out
}

// whole reports an entity of which an ordinary read would bring nothing more.
func whole(m *managed) bool {
	return !slices.ContainsFunc(m.Meta.Leaves, func(p *mapper.Property) bool {
		return !p.Virtual && !p.Lazy && !p.Kind.IsToMany() && !m.Loaded.Has(p.Index)
	})
}

// put writes a member.
func (w *dtoWriter) put(out map[string]any, name string, v any) {
	if v != nil || !w.opts.skipNull {
		out[name] = v
	}
}

func (w *dtoWriter) property(out map[string]any, m *managed, p *mapper.Property, r *serialRules, above string, level int) {
	path := dotted(above, p.Path)
	if p.Hidden || !w.wanted(path, r, p.Path) {
		return
	}
	name, u := p.Name, w.em.unit
	var value func(any) any
	if r != nil {
		if other := r.names[p.Path]; other != "" {
			name = other
		}
		value = r.values[p.Path]
	}
	switch {
	case p.VariantType() != nil:
		w.variant(out, name, m, p, r, above, level)
	case p.Kind == mapper.Inline:
		inner := map[string]any{}
		for _, sub := range p.Embedded {
			w.property(inner, m, sub, r, above, level)
		}
		if len(inner) > 0 { // of nothing that was read
			out[name] = inner
		}
	case p.Kind.IsToMany(): // which is loaded apart from the row
		follows, listed := w.follows(path, level)
		if s := u.Items(m, p); follows && s != nil && s.Loaded {
			out[name] = w.list(u.List(m, p), path, level+1)
		} else if listed && !u.ItemsLoaded(m, p) {
			w.missing(m, path)
		}
	case !m.Loaded.Has(p.Index):
	case p.Kind.IsToOne():
		w.put(out, name, w.reference(m, u.Reference(m, p), p, path, level))
	default:
		v, err := p.JSONValue(m.Entity)
		if err != nil && w.err == nil {
			w.err = err
		}
		if value != nil {
			v = value(v)
		}
		w.put(out, name, v)
	}
}

// variant writes a polymorphic embedded value: the type and what that has, by its own names.
func (w *dtoWriter) variant(out map[string]any, name string, m *managed, p *mapper.Property, r *serialRules, above string, level int) {
	kind := p.VariantType()
	if !m.Loaded.Has(kind.Index) {
		return
	}
	v := p.VariantIn(m.Entity)
	if v == nil {
		w.put(out, name, nil)
		return
	}
	inner := map[string]any{}
	for _, sub := range append([]*mapper.Property{kind}, v.Properties...) {
		w.property(inner, m, sub, r, above, level)
	}
	out[name] = inner
}

// reference writes a to-one relation: a polymorphic one as a map of the target's name to the target.
func (w *dtoWriter) reference(m *managed, e *slot.Entry, p *mapper.Property, path string, level int) any {
	union := p.Relation.Target
	if !p.Relation.IsAny() || e == nil {
		return w.target(m, e, union, path, level)
	}
	t := union.TargetFor(union.TargetOf(e))
	if t == nil {
		return nil
	}
	inside := dotted(path, t.Entity.Name)
	if !w.wanted(inside, nil, "") {
		return nil
	}
	return map[string]any{t.Entity.Name: w.target(m, e, t.Entity, inside, level)}
}

// missing reports a relation that is listed and not loaded.
func (w *dtoWriter) missing(m *managed, path string) {
	if w.err == nil {
		w.err = &Error{Class: ErrNotLoaded, Op: "to dto", Entity: m.Meta.Name, Key: m.Key, Path: path, Detail: "SerializePopulate lists it; populate it when the entity is read"}
	}
}

// target writes the target of a to-one relation, or its key.
func (w *dtoWriter) target(m *managed, e *slot.Entry, meta *mapper.Entity, path string, level int) any {
	if e == nil {
		return nil
	}
	target := w.em.unit.EntryOf(e)
	loaded := target != nil && target.Entity != nil
	follows, listed := w.follows(path, level)
	if listed && !loaded {
		w.missing(m, path)
	}
	if !loaded || !follows || w.above[target] {
		return w.key(e.Key, meta)
	}
	return w.entity(target, path, level+1)
}

// key writes an entity that is not written whole.
func (w *dtoWriter) key(key any, e *mapper.Entity) any {
	if !w.opts.objects || key == nil {
		return key
	}
	out := map[string]any{}
	for i, part := range mapper.Parts(nil, key) {
		if i < len(e.Key) {
			out[e.Key[i].Name] = part
		}
	}
	return out
}

func (w *dtoWriter) list(list []unsafe.Pointer, path string, level int) []any {
	items := make([]any, 0, len(list))
	for _, at := range list {
		if m := w.em.unit.Find(at); m == nil {
			continue
		} else if w.above[m] {
			items = append(items, w.key(m.Key, m.Meta))
		} else {
			items = append(items, w.entity(m, path, level))
		}
	}
	return items
}
