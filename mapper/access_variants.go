package mapper

import (
	"bytes"
	"reflect"
	"strings"
	"time"
	"unsafe"
)

// holder finds what stands in a field of an interface type that holds one of several structs. A
// struct that stands there itself, not behind a pointer, is never written to: other interfaces may
// share it, so that a copy takes its place first.
type holder struct {
	iface    reflect.Type
	off      uintptr
	variants []*variantDraft
	parts    []*propDraft // with an access for each variant that has it
}

// What [holder.at] finds beside a variant.
const (
	absentVariant  = -1
	unknownVariant = -2
)

// field is the interface itself.
func (h *holder) field(e unsafe.Pointer) reflect.Value {
	return reflect.NewAt(h.iface, unsafe.Add(e, h.off)).Elem()
}

// at returns which variant the field holds and where its struct is.
func (h *holder) at(e unsafe.Pointer) (int, unsafe.Pointer) {
	field := h.field(e)
	if field.IsNil() {
		return absentVariant, nil
	}
	held := field.Elem()
	typ := held.Type()
	for i, v := range h.variants {
		switch {
		case typ == v.typ:
			word := unsafe.Add(e, h.off+unsafe.Sizeof(uintptr(0))) // behind that of the type
			if v.direct {
				return i, word
			}
			return i, *(*unsafe.Pointer)(word)
		case typ.Kind() == reflect.Pointer && typ.Elem() == v.typ:
			if held.IsNil() {
				return absentVariant, nil
			}
			return i, held.UnsafePointer()
		}
	}
	return unknownVariant, nil
}

// edit is at with a struct that may be written to.
func (h *holder) edit(e unsafe.Pointer) (int, unsafe.Pointer) {
	i, s := h.at(e)
	if i < 0 || h.field(e).Elem().Kind() == reflect.Pointer {
		return i, s
	}
	h.field(e).Set(reflect.NewAt(h.variants[i].typ, s).Elem())
	return h.at(e)
}

// become makes the field hold a variant, with what the one before has in common with it.
func (h *holder) become(e unsafe.Pointer, i int) error {
	before, s := h.at(e)
	made := reflect.New(h.variants[i].typ)
	for _, p := range h.parts {
		if before < 0 {
			break
		}
		from, to := p.of(before), p.of(i)
		if from == nil || to == nil || from.Kind == Inline {
			continue
		}
		v := from.Access.Value(s)
		if err, failed := v.(error); failed {
			return err
		}
		if v == nil {
			continue
		}
		if err := to.Access.Store(made.UnsafePointer(), v); err != nil {
			return err
		}
	}
	h.set(e, i, made)
	return nil
}

// set makes the field hold the struct that made points at, in the form of the variant.
func (h *holder) set(e unsafe.Pointer, i int, made reflect.Value) {
	if h.variants[i].pointer {
		h.field(e).Set(made)
		return
	}
	h.field(e).Set(made.Elem())
}

// clear makes the value absent.
func (h *holder) clear(e unsafe.Pointer) { h.field(e).SetZero() }

// clone gives dst a struct of its own.
func (h *holder) clone(dst, src unsafe.Pointer) {
	i, s := h.at(src)
	if i < 0 {
		return
	}
	v := h.variants[i]
	behind := h.field(src).Elem().Kind() == reflect.Pointer
	if !behind && len(v.draft.entity.memory.clones) == 0 {
		return // nobody writes to it
	}
	made := reflect.New(v.typ)
	v.draft.entity.copyInto(made.UnsafePointer(), s, nil)
	if behind {
		h.field(dst).Set(made)
	} else {
		h.field(dst).Set(made.Elem())
	}
}

// equal compares the values of two entities.
func (h *holder) equal(x, y unsafe.Pointer) bool {
	i, s := h.at(x)
	j, t := h.at(y)
	switch {
	case i != j || i == unknownVariant:
		return false
	case i < 0 || s == t:
		return true
	}
	for _, p := range h.parts {
		if q := p.of(i); q != nil && q.Kind != Inline && !q.Access.Equal(s, t) {
			return false
		}
	}
	return true
}

// take puts a variant, or nil, into the field.
func (h *holder) take(e unsafe.Pointer, v any) bool {
	r := reflect.ValueOf(v)
	if !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil() {
		h.clear(e)
		return true
	}
	typ := r.Type()
	if typ.Kind() == reflect.Pointer {
		r, typ = r.Elem(), typ.Elem()
	}
	for i, variant := range h.variants {
		if variant.typ == typ {
			made := reflect.New(typ)
			variant.draft.entity.copyInto(made.UnsafePointer(), addressed(r).UnsafePointer(), nil)
			h.set(e, i, made)
			return true
		}
	}
	return false
}

// addressed returns a pointer to a value, or to a copy of one that has no address.
func addressed(r reflect.Value) reflect.Value {
	if r.CanAddr() {
		return r.Addr()
	}
	p := reflect.New(r.Type())
	p.Elem().Set(r)
	return p
}

// of returns the property as a variant has it, nil where it does not.
func (p *propDraft) of(variant int) *Property {
	for _, a := range p.alts {
		if a.variant == variant {
			return a.prop.prop
		}
	}
	return nil
}

// attachVariants makes the accessors of a polymorphic embedded value as a whole, and of the
// structs it may hold by themselves.
func (b *builder) attachVariants(p *propDraft) {
	prop := p.prop
	h := &holder{iface: p.typ.typ, off: p.offset, variants: p.variants}
	p.holder = h
	for _, v := range p.variants {
		zero := reflect.New(v.typ).Elem().Interface()
		v.direct = (*[2]unsafe.Pointer)(unsafe.Pointer(&zero))[1] == nil
		e := v.draft.entity
		e.memory.of(v.typ)
		for _, q := range v.draft.props {
			b.attachProperty(q)
		}
	}
	for _, q := range p.owner.props {
		if q.oneOf == p && q.alts != nil {
			h.parts = append(h.parts, q)
		}
	}
	whole := Access{
		Offset: p.offset,
		Value:  func(unsafe.Pointer) any { return nil },
		Equal:  h.equal,
		IsZero: func(e unsafe.Pointer) bool { i, _ := h.at(e); return i == absentVariant },
		Clone:  h.clone,
		zero:   h.clear,
	}
	prop.Access = whole
	inside := func(e unsafe.Pointer) unsafe.Pointer { return e }
	ensure := inside
	if p.via != nil {
		inside, ensure = p.via.inside(), p.via.ensure()
		prop.Access = p.behind(whole)
		prop.Access.Equal = func(x, y unsafe.Pointer) bool {
			s, t := inside(x), inside(y)
			return s == t || s != nil && t != nil && h.equal(s, t)
		}
	}
	prop.clear = func(e unsafe.Pointer) {
		if s := inside(e); s != nil {
			h.clear(s)
		}
	}
	prop.variant = func(e unsafe.Pointer) int {
		s := inside(e)
		if s == nil {
			return absentVariant
		}
		i, _ := h.at(s)
		return i
	}
	prop.put = func(e unsafe.Pointer, v any) bool {
		if s := inside(e); s == nil && v == nil {
			return true
		}
		return h.take(ensure(e), v)
	}
	m := &p.owner.entity.memory
	m.clones = append(m.clones, cloner{clone: prop.Access.Clone})
}

// attachPart makes the accessors of a part of a polymorphic embedded value.
func (p *propDraft) attachPart() {
	prop, of := p.prop, p.oneOf
	switch {
	case prop.Kind == Inline && p.alts == nil: // the room of a variant
		prop.Access = Access{Offset: of.offset}
		return
	case p.alts == nil:
		prop.Access = of.behind(of.holder.typeAccess(p))
	default:
		prop.Access = of.behind(of.holder.partAccess(p))
	}
	here := func(e unsafe.Pointer) unsafe.Pointer { return e }
	if of.via != nil {
		here = of.via.inside()
	}
	h := of.holder
	if p.alts == nil {
		prop.absent = func(e unsafe.Pointer) bool { return here(e) == nil }
		return
	}
	prop.absent = func(e unsafe.Pointer) bool {
		s, q := h.part(p, here(e))
		return q == nil || q.Absent(s)
	}
	for _, a := range p.alts {
		if a.prop.prop.lacking != nil {
			prop.lacking = func(e unsafe.Pointer) string {
				if s, q := h.part(p, here(e)); q != nil && q.lacking != nil {
					return q.lacking(s)
				}
				return ""
			}
		}
	}
	if prop.Kind == Inline {
		prop.clear = func(e unsafe.Pointer) {
			if _, q := h.part(p, here(e)); q != nil {
				_, s := h.edit(here(e))
				q.SetAbsent(s)
			}
		}
		return
	}
	needs := make([]bool, len(h.variants))
	some := false
	for _, a := range p.alts {
		needs[a.variant] = a.prop.facts.required && a.prop.via == nil
		some = some || needs[a.variant]
	}
	if some {
		prop.demands = func(e unsafe.Pointer) bool {
			s := here(e)
			if s == nil {
				return false
			}
			i, _ := h.at(s)
			return i >= 0 && needs[i]
		}
	}
}

// part returns the property that stands for p in the struct at hand, and where that is; nil where
// it has none.
func (h *holder) part(p *propDraft, e unsafe.Pointer) (unsafe.Pointer, *Property) {
	if e == nil {
		return nil, nil
	}
	i, s := h.at(e)
	if i < 0 {
		return nil, nil
	}
	return s, p.of(i)
}

// typeAccess is the access of the type.
func (h *holder) typeAccess(p *propDraft) Access {
	typ, of := p.prop.Type, p.oneOf.prop
	names := make([]string, len(h.variants))
	for i, v := range h.variants {
		names[i] = v.Name
	}
	a := Access{Offset: h.off}
	a.Value = func(e unsafe.Pointer) any {
		switch i, _ := h.at(e); i {
		case absentVariant:
			return nil
		case unknownVariant:
			return &ValueError{Type: h.iface.String(), GoType: h.field(e).Elem().Type().String(), Reason: "is none of the types " + strings.Join(names, ", ")}
		default:
			return h.variants[i].Value
		}
	}
	a.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			h.clear(e)
			return nil
		}
		value, err := typ.Decode(src)
		if err != nil {
			return err
		}
		v, err := of.VariantFor(value)
		if err != nil {
			return err
		}
		for i := range h.variants {
			if now, _ := h.at(e); h.variants[i].Variant == v && now != i {
				return h.become(e, i)
			}
		}
		return nil
	}
	a.Equal = func(x, y unsafe.Pointer) bool {
		i, _ := h.at(x)
		j, _ := h.at(y)
		return i == j && i != unknownVariant
	}
	a.IsZero = func(unsafe.Pointer) bool { return false }
	return a
}

// partAccess is the access of what some variants have.
func (h *holder) partAccess(p *propDraft) Access {
	a := Access{Offset: h.off}
	a.Value = func(e unsafe.Pointer) any {
		if s, q := h.part(p, e); q != nil {
			return q.Access.Value(s)
		}
		return nil
	}
	a.Store = func(e unsafe.Pointer, src any) error {
		s, q := h.part(p, e)
		switch {
		case q == nil:
			return nil // a column of another type
		case src != nil:
			_, s = h.edit(e)
			return q.Access.Store(s, src)
		case q.Access.Value(s) == nil || q.Access.IsZero(s):
			return nil
		}
		_, s = h.edit(e)
		return q.Access.storeNull(s)
	}
	a.Equal = func(x, y unsafe.Pointer) bool {
		s, q := h.part(p, x)
		t, r := h.part(p, y)
		if q != nil && q == r {
			return q.Access.Equal(s, t)
		}
		return sameCanonical(a.Value(x), a.Value(y))
	}
	a.IsZero = func(e unsafe.Pointer) bool {
		s, q := h.part(p, e)
		return q != nil && q.Access.IsZero != nil && q.Access.IsZero(s)
	}
	if p.prop.Kind == Inline {
		for _, alt := range p.alts {
			if alt.prop.prop.Access.zero != nil {
				a.zero = func(e unsafe.Pointer) {
					if _, q := h.part(p, e); q != nil && q.Access.zero != nil {
						_, s := h.edit(e)
						q.Access.zero(s)
					}
				}
			}
		}
		a.IsZero = func(e unsafe.Pointer) bool {
			s, q := h.part(p, e)
			return q != nil && q.Access.zero != nil && q.Access.IsZero(s)
		}
	}
	return a
}

// sameCanonical compares canonical values.
func sameCanonical(a, b any) bool {
	switch x := a.(type) {
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	case []byte:
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	return reflect.DeepEqual(a, b) && !isError(a)
}

func isError(v any) bool { _, failed := v.(error); return failed }
