package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/orm/internal/identity"
)

// addresses finds the places of entities by the addresses of these.
type addresses = identity.Table[address, Managed]

// address is that of an entity, whose memory it keeps from being used for another.
type address struct{ entity unsafe.Pointer }

// Hash implements [identity.Key].
func (a address) Hash() uint64 { return uint64(uintptr(a.entity)) * 0x9e3779b97f4a7c15 }
