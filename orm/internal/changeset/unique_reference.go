package changeset

import (
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// ReferredValue returns what a reference to a unique property stores for a target: the
// value of that property. One that is NULL cannot be referred to.
func ReferredValue(p *mapper.Property, target unsafe.Pointer) (any, error) {
	by := p.Relation.By
	v, err := value(by, by.Access.Value(target))
	if err == nil && v == nil {
		err = ErrRequired
	}
	if err != nil {
		return nil, &PropertyError{by, err}
	}
	return v, nil
}
