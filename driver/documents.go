package driver

import "context"

// Commander is implemented by engines of document databases that run commands as text,
// in the notation of the engine: Extended JSON on MongoDB.
type Commander interface {
	// RunCommand runs a command on the connection's database and returns the reply. What
	// the reply calls a failure is an error.
	RunCommand(ctx context.Context, command string) (reply string, err error)
}

// Collection is what a collection is beside its documents.
type Collection struct {
	// Name is its name, Validator the condition that its documents hold, "" for none.
	Name, Validator string
	// Indexes are those beside the one of the key, in order.
	Indexes []CollectionIndex
}

// CollectionIndex is an index of a collection.
type CollectionIndex struct {
	// Name is its name, Spec how a command describes it, the name included.
	Name, Spec string
}
