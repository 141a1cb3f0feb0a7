package driver

import (
	"context"

	"github.com/weft-orm/weft/mapper"
)

// RegistryChecker is implemented by engines that can find out, when a database is
// opened, that its rows are not as the mapping says, where statements would give
// wrong answers instead of errors.
type RegistryChecker interface {
	// CheckRegistry looks at a few rows. The error is a *mapper.MappingError.
	CheckRegistry(ctx context.Context, reg *mapper.Registry) error
}
