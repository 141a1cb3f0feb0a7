package rel

import "github.com/weft-orm/weft/internal/slot"

// Shadows is where an entity keeps the values of its shadow properties: those
// that the mapping has and the struct has no field for. A struct with shadow
// properties embeds it, or has one field of this type; it is no property itself
// and no part of the struct's JSON when embedded. The values are read and set by
// orm.Shadow and orm.SetShadow. The zero value holds none, and a copy of the
// entity has its own.
type Shadows struct {
	//lint:ignore U1000 the mapper reaches it through the address of the whole
	s slot.Shadows
}
