// Package behaviour holds the one suite that every engine must pass: what is
// written comes back equal, reads give one graph, and a flush leaves the database
// in the state the objects describe. It asks capabilities and compares no names.
package behaviour
