package driver

import (
	"context"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// Watcher is implemented by engines that tell of changes once they are committed, whoever
// makes them.
type Watcher interface {
	// Watch listens from now on, or from behind a token. It is an ErrUnsupported where the
	// deployment cannot tell.
	Watch(ctx context.Context, w Watched) (Changes, error)
}

// Watched is what changes are told of.
type Watched struct {
	// Entity is the entity, the root of its hierarchy.
	Entity *mapper.Entity
	// Schema replaces the wildcard schema "*".
	Schema string
	// After is the token of the last change that is known, "" to begin now.
	After string
}

// Changes is a sequence of changes. It is not safe for concurrent use.
type Changes interface {
	// Next waits for a change.
	Next(ctx context.Context) (*StoredChange, error)
	// Close stops listening.
	Close() error
}

// StoredChange is a change of a row.
type StoredChange struct {
	// Kind is "create", "update" or "delete".
	Kind string
	// Key is the canonical key.
	Key any
	// Properties are the paths of those that an update has written, in order of declaration.
	Properties []string
	// Token is where to go on behind the change; its text is the engine's own.
	Token string
	// At is when it was committed, in whole seconds.
	At time.Time
}
