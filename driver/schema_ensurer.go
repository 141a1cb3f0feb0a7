package driver

import (
	"context"

	"github.com/weft-orm/weft/mapper"
)

// SchemaEnsurer is implemented by engines that make what a registry needs
// themselves, because they have no statements that a schema tool could write.
type SchemaEnsurer interface {
	// EnsureSchema creates the collections and indexes that are missing; what is
	// there already stays as it is. wildcard is the schema that stands for "*" in the
	// mapping, "" for the connection's own.
	EnsureSchema(ctx context.Context, reg *mapper.Registry, wildcard string) error
	// DropSchema removes the collections of the registry with all they hold.
	DropSchema(ctx context.Context, reg *mapper.Registry, wildcard string) error
}
