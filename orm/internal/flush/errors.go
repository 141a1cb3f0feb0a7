package flush

import "errors"

// ErrReadOnly reports a write of an entity that is mapped as read-only.
var ErrReadOnly = errors.New("entity is read-only")
