package mapper

import (
	"reflect"
	"unsafe"
)

// memory allocates and copies structs of one entity type.
type memory struct {
	typ    reflect.Type                    // nil when the registry was built from source
	clones []func(dst, src unsafe.Pointer) // outer values before what stands in them
	same   comparison
}

// New allocates a zero entity and returns its address.
func (e *Entity) New() unsafe.Pointer { return reflect.New(e.memory.typ).UnsafePointer() }

// Interface returns the entity at p as *T, for hooks and messages.
func (e *Entity) Interface(p unsafe.Pointer) any { return reflect.NewAt(e.memory.typ, p).Interface() }
