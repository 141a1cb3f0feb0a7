// Package mapper describes what an entity is: the immutable [Registry] of
// entities, their properties, columns and relations, the accessors that read
// and write fields by precomputed offset, the value types with their
// conversions, and the way from a row to an entity and back.
//
// It is the lowest layer that knows entities. It compiles no queries, performs
// no I/O and holds no state that changes after a registry was built; a
// registry may be shared by any number of goroutines.
//
// Position in the pipeline: Go types -> registry -> (conditions, populate, qb,
// schema, orm). Reflection happens here, and only while a registry is built.
package mapper
