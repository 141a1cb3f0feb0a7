// Package gotypes builds a mapper registry from Go source, without running it:
// the second source of types beside reflection, for tools.
//
// [Load] reads one package through the go command, finds its entities and hands
// their descriptors to the builder that also serves mapper.Build, so that the two
// registries agree. The package may belong to any module, and need not import weft.
//
//	reg, report, err := gotypes.Load(ctx, "./library", gotypes.Options{})
//
// Entities are the arguments of orm.Entities calls where the package makes any, else the
// structs that have a key. Mappings made in code are read as far as they are written
// plainly; what only running the program could tell is listed in [Report.Unknown]
// with its position. A registry made here has no accessors: it compiles
// queries, it does not hold rows.
package gotypes
