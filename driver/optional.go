package driver

import (
	"context"
	"database/sql"

	"github.com/weft-orm/weft/mapper"
)

// Attached is implemented by engines whose schemas are databases attached to a
// connection, for tools that change the tables in one of them.
type Attached interface {
	// AttachedDB returns a handle whose connections have the attached database as
	// their own. It belongs to the engine and is closed with it. The error matches
	// ErrUndefined when no database is attached under the name, and ErrUnsupported for one in memory.
	AttachedDB(schema string) (*sql.DB, error)
}

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

// Limiter is implemented by connectors that know, before they connect, what
// their database can keep; so mistakes in a mapping are found without it. The
// limits of any other connector are those of its engine's Caps.
type Limiter interface {
	// Limits are the Caps.Limits of the engine to come.
	Limits() mapper.Limits
}

// Pinger is implemented by engines that can find out whether the database answers;
// find it with [EngineAs]. One that does not, with a context that has not ended, is
// an [ErrConnection].
type Pinger interface {
	Ping(ctx context.Context) error
}

// RegistryChecker is implemented by engines that can find out, when a database is
// opened, that its rows are not as the mapping says, where statements would give
// wrong answers instead of errors.
type RegistryChecker interface {
	// CheckRegistry looks at a few rows. The error is a *mapper.MappingError.
	CheckRegistry(ctx context.Context, reg *mapper.Registry) error
}

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
