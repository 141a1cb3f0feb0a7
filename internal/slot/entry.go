package slot

import (
	"context"
	"unsafe"
)

// Entry is the place of one entity in an identity map, or a detached stand-in
// for such a place. Every reference to the same entity inside one manager
// shares one Entry, so that all of them see the entity arrive.
//
// An Entry is in one of three states: it knows only a key (unloaded), only an
// entity (new, detached), or both (managed). An Entry is not safe for
// concurrent use; its manager guards it.
type Entry struct {
	// Entity is the address of the entity struct, nil while the entity is unloaded.
	Entity unsafe.Pointer
	// Key is the comparable canonical key, or what the user gave to ToKey while
	// Home is nil; nil while no key is known.
	Key any
	// Home is the manager this entry belongs to, nil while detached.
	Home *Manager
	// Hidden reports a target that was looked for and not found.
	Hidden bool
	// Unread reports a stand-in: it is in a field whose reference was not read, so that
	// not even its key is known, and is no place of any entity.
	Unread bool
	// Typed reports that the entry is the first field of a [Typed].
	Typed bool
	Marks
}

// Marks are notes of the manager of an entry. They lie in a word of it that has room.
type Marks struct {
	State State
	// Hard asks for the row of a removed entity to be deleted, whatever softDelete says.
	Hard bool
	// Passing reports a place that was made for a stream and goes with it.
	Passing bool
	// Goes is the mark of a flush on what it removes, which lasts as long as the flush.
	Goes bool
	// Queued reports an entity that the last run of Sync has looked at.
	Queued bool
}

// State is what is to become of an entity; its manager knows the values.
type State uint8

// Typed is a detached entry that knows of which type its entity is, for references that may
// lead to several.
type Typed struct {
	Entry
	// Type is the reflect.Type of the entity struct.
	Type any
}

// NewTyped returns the detached entry of an entity of a type, or of the key of one.
func NewTyped(typ any, entity unsafe.Pointer, key any) *Entry {
	t := &Typed{Entry{Entity: entity, Key: key, Typed: true}, typ}
	return &t.Entry
}

// TypeOf returns the reflect.Type of the entity of e and the entity's name in its manager,
// "" while detached. Of an entry that neither is managed nor knows its type it is nil.
func (e *Entry) TypeOf() (typ any, name string) {
	if e.Typed {
		return (*Typed)(unsafe.Pointer(e)).Type, ""
	}
	if h, ok := As[Typer](e.Home); ok && !e.Unread {
		return h.TypeOf(e)
	}
	return nil, ""
}

// Typer is a Home that tells of which type the entity of an entry is.
type Typer interface {
	// TypeOf returns the reflect.Type of the entity of e, and the entity's name.
	TypeOf(e *Entry) (typ any, name string)
}

// Manager is a Home by one address: there are as many entries as entities, and an interface takes
// two words of each.
type Manager struct{ Home }

// As returns a manager as one that can do more, false where it cannot, and for nil.
func As[T any](m *Manager) (h T, ok bool) {
	if m != nil {
		h, ok = m.Home.(T)
	}
	return h, ok
}

// Home is the manager behind an entry, seen from below.
type Home interface {
	// Load makes e.Entity non-nil, or, when c is not nil, the items of c (a field
	// of e's entity) known, each read in full. It reads what is missing, which may be nothing.
	Load(ctx context.Context, e *Entry, c *Collection) error
	// Changed tells the manager that item joined (or left) c, a field of owner's
	// entity, so that it can keep the other side of the relation in step. A nil item
	// that left stands for all that were never seen, one that joined for another order.
	Changed(owner *Entry, c *Collection, item unsafe.Pointer, joined bool)
	// ItemKey returns the key of an item of c, nil while it has none.
	ItemKey(owner *Entry, c *Collection, item unsafe.Pointer) any
	// Describe names the entity of e, and the property held in c when c is not
	// nil, for messages: "Author 7", "Author 7.books". It returns "" when c does not
	// lie inside e's entity, which is how a copied struct is recognised.
	Describe(e *Entry, c *Collection) string
}

// Heeding is a Home that may want to be told, by Changed, of items that join a collection in which
// they are already: that the user says so once more can matter.
type Heeding interface{ Heeds() bool }

// Shared is a Home that may be used by several goroutines at once.
type Shared interface {
	// Fetch is Load that reads nothing of e and c outside of the manager's turn. It returns the
	// entity of e; ok is false when the manager is used by one goroutine, and Load is to be called.
	Fetch(ctx context.Context, e *Entry, c *Collection) (entity unsafe.Pointer, ok bool, err error)
}
