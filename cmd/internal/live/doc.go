// Package live talks to a database for qbdebug: it asks for the plan of a statement,
// and runs reads. It never writes.
package live
