// Package trace lets an example show the statements that weft sends: it wraps
// a connector and notes each statement on its way to the engine.
package trace
