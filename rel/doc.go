// Package rel holds the two field types with which an entity refers to others:
// [Ref] for at most one target and [Collection] for many. A domain package may
// import rel alone; the orm package re-exports both by alias.
//
// The package stores references and remembers changes. It does not load or
// write anything itself: an entity that is managed reaches its manager through
// the slot its references point at.
//
//	type Book struct {
//		ID     int64
//		Author rel.Ref[Author]
//		Tags   rel.Collection[Tag]
//	}
//
// Plain pointers and slices of pointers serve as relations too; they need
// nothing from this package.
package rel
