// Package naming turns Go names into database names.
//
// A [Strategy] answers four questions about an entity: the name of its table, of a column, of a join column and of a
// join table. Three strategies come with weft: [Underscore] (the default), [Mongo] and [EntityCase]; anything that
// implements the interface can take their place. The functions beside them name what strategies have no opinion on:
// indexes and constraints within the length a database allows ([Index], [Shorten]), the columns of a composite
// reference ([JoinColumns]), and discriminators ([DiscriminatorColumn], [DiscriminatorValue]).
//
// Everything here is a pure function of its arguments: no configuration, no state, no I/O, safe for concurrent use.
// The package knows nothing about entities, does not look for clashes between names and does not quote identifiers;
// the mapper does the first two, the SQL printers the last.
//
// It is the bottom of the pipeline: the mapper asks it once for each entity while the registry is built, and no query
// asks again.
package naming
