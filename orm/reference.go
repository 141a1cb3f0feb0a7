package orm

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
)

// Reference returns a reference of em to the T with a key, without reading it: where the
// entity is in memory the reference is loaded, else Load reads it. Assigned to a relation
// it stores the foreign key. A composite key is given as [a, b], a map or a struct.
//
//	em.Persist(&Book{Title: "Winter", Author: orm.Reference[Author](em, 7)})
//
// A key that does not fit, and a T that is no entity, are mistakes that the next Flush
// reports, like those of Persist; nil gives the null reference.
func Reference[T any](em *EntityManager, key any) Ref[T] {
	em = em.there()
	if key == nil {
		return Ref[T]{}
	}
	if err := em.guard.enter("reference"); err != nil {
		em.mistakes = append(em.mistakes, err)
		return ToKey[T](key)
	}
	defer em.guard.leave()
	e, err := entityOf[T](em.db.registry)
	if err == nil {
		var canonical any
		if canonical, err = e.KeyFrom(key); err == nil {
			entry := &em.unit.Entry(e, canonical).Entry
			return *(*Ref[T])(unsafe.Pointer(&entry)) // a Ref is one word, the entry
		}
		err = &Error{Class: ErrValue, Op: "reference", Entity: e.Name, Err: err}
	}
	em.mistakes = append(em.mistakes, err)
	return ToKey[T](key)
}

// The cast in Reference depends on it.
const _ = -(unsafe.Sizeof(Ref[struct{}]{}) - unsafe.Sizeof((*slot.Entry)(nil)))
