package orm

import (
	"reflect"
	"unsafe"
)

// As returns the T that a managed entity of a base type really is, and whether
// it is one. Both pointers are to the same memory: the embedded base is the
// first field of its subtypes. The manager is asked because a *Animal alone
// does not tell that it lies inside a Dog; an entity the manager does not know
// is none.
func As[T, B any](em *EntityManager, base *B) (*T, bool) {
	em = em.there()
	m, err := em.managedOf("as", base)
	if err != nil {
		return nil, false
	}
	want := em.db.registry.ByType(reflect.TypeFor[T]())
	if want == nil || !m.Meta.IsSubtypeOf(want) {
		return nil, false
	}
	return (*T)(unsafe.Pointer(base)), true
}
