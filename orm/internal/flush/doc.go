// Package flush turns what changed in a unit of work into changes of rows. Its
// stages are: prepare, which brings the views of relations together, reads what
// must be known, and finds what is removed with something else; compute, which
// compares entities with their snapshots and does no I/O; and publish, which makes
// the outcome of a successful execution the state of the unit.
//
// Ordering the changes and executing them is the business of the packages plan and
// exec, sessions and hooks that of the caller.
package flush
