// Package driver is the small contract between the orm and a database engine:
// connect, compile a logical query, run programs in a session, and classify
// errors. Each engine lives in a folder of its own below this one; anybody can
// write a further one.
//
// A driver knows statements, not entities: identity, change detection and
// ordering are decided above it.
package driver
