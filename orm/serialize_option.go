package orm

// SerializeOption configures [ToDTO], [JSON] and [WriteJSON].
type SerializeOption func(*serializing)

// serializing is what the options say.
type serializing struct {
	populate, only, except, groups []string
	explicit, skipNull, objects    bool
	grouped                        bool
	depth                          int // 0 is any
}

// SerializePopulate writes the relations of these paths, and no other, as objects and lists of
// their own: "books.tags". What else is in memory, because something else loaded it, is
// written as if it were not. A relation that is listed and not loaded is ErrNotLoaded.
// Without paths no relation is followed.
func SerializePopulate(paths ...string) SerializeOption {
	return func(o *serializing) { o.explicit, o.populate = true, append(o.populate, paths...) }
}

// SerializeFields writes these properties only, by path from the entity: "name", "home" with all
// that is in it, "books" whole, "books.title". Keys are not added.
func SerializeFields(paths ...string) SerializeOption {
	return func(o *serializing) { o.only = append(o.only, paths...) }
}

// SerializeExcept leaves properties out, by path from the entity.
func SerializeExcept(paths ...string) SerializeOption {
	return func(o *serializing) { o.except = append(o.except, paths...) }
}

// SerializeGroups writes of the properties that have groups (see [Serialization]) those of one
// of these. Properties without groups are always written.
func SerializeGroups(names ...string) SerializeOption {
	return func(o *serializing) { o.grouped, o.groups = true, append(o.groups, names...) }
}

// SerializeDepth follows relations at most n times from the entity; what lies deeper is
// written as its key. 0 follows none; a negative n is ErrInvalidOption.
func SerializeDepth(n int) SerializeOption { return func(o *serializing) { o.depth = n + 1 } }

// SkipNull leaves out what is null.
func SkipNull() SerializeOption { return func(o *serializing) { o.skipNull = true } }

// ForceObjects writes what a to-one relation refers to and is not written whole as an object
// with its key, {"id": 7}, so that clients find one form.
func ForceObjects() SerializeOption { return func(o *serializing) { o.objects = true } }
