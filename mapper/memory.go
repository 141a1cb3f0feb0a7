package mapper

import (
	"reflect"
	"time"
	"unsafe"
)

// memory allocates and copies structs of one entity type.
type memory struct {
	typ    reflect.Type // nil when the registry was built from source
	list   reflect.Type // of slices of typ
	size   uintptr      // of typ
	layout layout
	clones []cloner // outer values before what stands in them
	same   comparison
}

// of makes m the memory of structs of a type.
func (m *memory) of(t reflect.Type) {
	m.typ, m.list, m.size, m.layout = t, reflect.SliceOf(t), t.Size(), layoutOf(t)
}

// cloner gives one field of a copied struct memory of its own.
type cloner struct {
	clone func(dst, src unsafe.Pointer)
	// place is where plain values lie, whose copies can share pieces of memory.
	place place
}

// run clones into the memory of m, or without it into memory for this value alone.
func (c *cloner) run(dst, src unsafe.Pointer, m *memoryFor) {
	switch {
	case m == nil || c.place.kind == noPlace || c.place.flagged:
		c.clone(dst, src)
	case !c.place.behind:
		if b := *at[[]byte](src, c.place.off); b != nil { // the only ones that share something
			*at[[]byte](dst, c.place.off) = m.keep(b)
		}
	default:
		c.place.cloneBehind(dst, src, m, c.clone)
	}
}

// cloneBehind copies what a pointer points at.
func (p *place) cloneBehind(dst, src unsafe.Pointer, m *memoryFor, otherwise func(dst, src unsafe.Pointer)) {
	from := *at[unsafe.Pointer](src, p.off)
	if from == nil {
		return
	}
	switch p.kind {
	case placeInt, placeInt64, placeUint, placeUint64:
		*(*int64)(p.target(dst, m)) = *(*int64)(from)
	case placeFloat64:
		*(*float64)(p.target(dst, m)) = *(*float64)(from)
	case placeString:
		*(*string)(p.target(dst, m)) = *(*string)(from)
	case placeTime:
		*(*time.Time)(p.target(dst, m)) = *(*time.Time)(from)
	default:
		otherwise(dst, src)
	}
}

// New allocates a zero entity and returns its address.
func (e *Entity) New() unsafe.Pointer { return reflect.New(e.memory.typ).UnsafePointer() }

// Interface returns the entity at p as *T, for hooks and messages.
func (e *Entity) Interface(p unsafe.Pointer) any { return reflect.NewAt(e.memory.typ, p).Interface() }
