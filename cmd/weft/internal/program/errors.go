package program

import "errors"

// errEntities reports entities that cannot be listed from outside.
var errEntities = errors.New("needs a func Entities() []any that lists its entities, because some are mapped in code or not exported")
