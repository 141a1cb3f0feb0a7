// Package changeset says what changed: it compares an entity with its snapshot
// and a collection with its known items, and returns values that speak of
// columns and keys.
//
// It reads entities and never changes them, does no I/O and asks no clock. Keys
// that do not exist yet appear as a [Handle], so that planning can finish before
// the first statement runs.
package changeset
