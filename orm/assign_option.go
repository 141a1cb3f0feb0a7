package orm

// MergeDocuments merges maps into what JSON documents hold, object by object; null takes a
// member out. Without it a document is replaced.
func MergeDocuments() AssignOption { return func(a *assignment) { a.merge = true } }

// AddItems adds the items of the data to collections and takes none out. Without it the
// data lists all items.
func AddItems() AssignOption { return func(a *assignment) { a.add = true } }

// SkipNotAllowed passes over what may not be assigned instead of refusing all of the data.
// Keys, versions and what is computed are passed over too, and below AssignOnly names of no property.
func SkipNotAllowed() AssignOption { return func(a *assignment) { a.skip = true } }

// IgnoreUnknown passes over names that are no property.
func IgnoreUnknown() AssignOption { return func(a *assignment) { a.absent = true } }

// NewTargets makes a new target of a map without a key that stands for a to-one relation.
// Without it such a map changes the target that is there.
func NewTargets() AssignOption { return func(a *assignment) { a.anew = true } }
