// Package slot holds the two words that tie a plain entity to the unit of work
// that manages it: the [Entry], which is one entity's place in an identity map,
// and the [Collection] header, which is the memory of a rel.Collection.
//
// The package sits below rel and mapper so that both can speak of entries
// without knowing entity types, metadata or managers. It contains no behaviour
// beyond keeping those words consistent; loading, change detection and
// writing belong to the orm package, which reaches back through [Home].
package slot
