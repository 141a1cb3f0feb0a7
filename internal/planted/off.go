//go:build !planted

package planted

// Is reports that a fault is planted.
func Is(Fault) bool { return false }

// Built reports the tag.
const Built = false
