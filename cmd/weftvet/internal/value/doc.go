// Package value finds out what is known of expressions without running them.
//
// An [Interp] walks the statements of a function in order and keeps, for each
// variable, a [Value]: a constant, a map or list of values, a call of weft with its
// arguments, or what little is known of the rest. Where branches meet, a value that
// only grew is kept in its longest form, and values that differ stay side by side as [Alt].
// Functions of the package are followed into their bodies.
//
// It judges nothing: every call of weft is handed to a function of the caller.
package value
