package driver

import "github.com/weft-orm/weft/mapper"

// CheckHolder is implemented by engines that have no SQL, and hold the checks of the mapping
// as far as they understand them.
type CheckHolder interface {
	// UnheldChecks are the checks of the entities that the engine cannot hold.
	UnheldChecks(reg *mapper.Registry) []UnheldCheck
}

// UnheldCheck is a check that an engine cannot hold.
type UnheldCheck struct {
	Entity *mapper.Entity
	Check  *mapper.Check
	// Why says what the engine does not understand.
	Why string
}
