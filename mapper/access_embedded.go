package mapper

import (
	"reflect"
	"unsafe"
)

// address returns a function that finds the field of a relation; nil while an
// embeddable around it is absent.
func (p *propDraft) address() func(unsafe.Pointer) unsafe.Pointer {
	off := p.offset
	if p.via == nil {
		return func(e unsafe.Pointer) unsafe.Pointer { return unsafe.Add(e, off) }
	}
	outer := p.via.inside()
	return func(e unsafe.Pointer) unsafe.Pointer {
		if s := outer(e); s != nil {
			return unsafe.Add(s, off)
		}
		return nil
	}
}

// makeAddress is address that makes the embeddables around the field.
func (p *propDraft) makeAddress() func(unsafe.Pointer) unsafe.Pointer {
	if p.via == nil {
		return p.address()
	}
	off, ensure := p.offset, p.via.ensure()
	return func(e unsafe.Pointer) unsafe.Pointer { return unsafe.Add(ensure(e), off) }
}

// inside returns a function that finds the struct behind a nullable embeddable, or nil.
func (p *propDraft) inside() func(unsafe.Pointer) unsafe.Pointer {
	off := p.offset
	if p.via == nil {
		return func(e unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Add(e, off)) }
	}
	outer := p.via.inside()
	return func(e unsafe.Pointer) unsafe.Pointer {
		if s := outer(e); s != nil {
			return *(*unsafe.Pointer)(unsafe.Add(s, off))
		}
		return nil
	}
}

// ensure returns a function that finds the struct behind a nullable embeddable
// and makes it when absent.
func (p *propDraft) ensure() func(unsafe.Pointer) unsafe.Pointer {
	off, typ := p.offset, p.typ.typ.Elem()
	outer := func(e unsafe.Pointer) unsafe.Pointer { return e }
	if p.via != nil {
		outer = p.via.ensure()
	}
	return func(e unsafe.Pointer) unsafe.Pointer {
		field := (*unsafe.Pointer)(unsafe.Add(outer(e), off))
		if *field == nil {
			*field = reflect.New(typ).UnsafePointer()
		}
		return *field
	}
}

// decidesNothing reports a property of an embeddable behind a pointer that the database computes:
// that has a value whether the embeddable is there or not.
func (p *propDraft) decidesNothing() bool {
	return p.via != nil && (p.prop.Formula != "" || len(p.prop.Columns) > 0 && p.prop.Columns[0].Generated != "")
}

// behind leads accessors through the nullable embeddables around a property:
// an absent one reads as NULL, and comes into being with the first value that is stored. It is
// absent on purpose: no default, no made and no computed value brings it into being.
func (p *propDraft) behind(a Access) Access {
	if p.via == nil {
		return a
	}
	inside, ensure, idle := p.via.inside(), p.via.ensure(), p.decidesNothing()
	out := Access{Offset: p.via.offset}
	out.Value = func(e unsafe.Pointer) any {
		if s := inside(e); s != nil {
			return a.Value(s)
		}
		return nil
	}
	out.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			s := inside(e)
			if s == nil || a.IsZero(s) {
				return nil
			}
			return a.storeNull(s)
		}
		if idle && inside(e) == nil {
			return nil
		}
		return a.Store(ensure(e), src)
	}
	out.Equal = func(x, y unsafe.Pointer) bool {
		s, t := inside(x), inside(y)
		if s == nil || t == nil {
			return s == t || out.Value(x) == nil && out.Value(y) == nil
		}
		return a.Equal(s, t)
	}
	out.IsZero = func(e unsafe.Pointer) bool {
		s := inside(e)
		return s != nil && a.IsZero(s)
	}
	if a.zero != nil {
		out.zero = func(e unsafe.Pointer) {
			if s := inside(e); s != nil {
				a.zero(s)
			}
		}
	}
	if a.Clone != nil {
		out.Clone = func(dst, src unsafe.Pointer) {
			if d, s := inside(dst), inside(src); d != nil && s != nil {
				a.Clone(d, s)
			}
		}
	}
	return out
}

// storeNull writes NULL where the field can hold it and the zero value elsewhere.
func (a Access) storeNull(p unsafe.Pointer) error {
	if a.zero != nil {
		a.zero(p)
		return nil
	}
	return a.Store(p, nil)
}

// structPointer is the access of a nullable embeddable as a whole: Value and
// Store are nil, the rest is about the pointer.
func structPointer(ptr reflect.Type, off uintptr) Access {
	elem := ptr.Elem()
	return Access{
		Offset: off,
		IsZero: func(e unsafe.Pointer) bool { return *at[unsafe.Pointer](e, off) == nil },
		Value:  func(e unsafe.Pointer) any { return nil },
		Equal:  func(x, y unsafe.Pointer) bool { return true },
		zero:   func(e unsafe.Pointer) { *at[unsafe.Pointer](e, off) = nil },
		Clone: func(dst, src unsafe.Pointer) {
			if p := *at[unsafe.Pointer](src, off); p != nil {
				c := reflect.New(elem)
				c.Elem().Set(reflect.NewAt(elem, p).Elem())
				*at[unsafe.Pointer](dst, off) = c.UnsafePointer()
			}
		},
	}
}
