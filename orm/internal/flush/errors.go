package flush

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// ErrReadOnly reports a write of an entity that is mapped as read-only.
var ErrReadOnly = errors.New("entity is read-only")

// refused is a mistake about a property of an entity.
func refused(class error, m *unit.Managed, p *mapper.Property, format string, args ...any) error {
	return &unit.Problem{Class: class, Entity: m.Meta.Name, Key: m.Key, Path: p.Path, Detail: fmt.Sprintf(format, args...)}
}
