// Package plan turns changes into ordered steps of same-shape row operations:
// it decomposes changes, connects what depends on each other, breaks rings where
// a value can be written later or given up early, and orders the rest so that
// rows of one shape stay together.
//
// It does no I/O and reads no entity. The same changes give the same plan, byte
// for byte.
package plan
