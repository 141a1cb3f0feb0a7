// Package model makes the metadata of entities for a package under analysis: the
// same registry as at run time, from types that the analyzer's driver checked.
//
// An entity is known by its struct alone. Tags and fields stand in the types of
// every package; a mapping made in code travels as [gotypes.Mapping] from the
// package that makes it to those that import it. What neither shows, such as a
// custom type given to orm.Open elsewhere, is marked as unclear, so that nothing is said about it.
package model
