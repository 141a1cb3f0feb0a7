// Package check judges calls of weft as they stand in source.
//
// The rules are those of the run time: what is known of a condition, a populate
// hint, an order or a builder is made into the value the program would make
// ([realizer]), handed to packages conditions, populate, qb and qb/find, and their errors are reported
// where the piece at fault is written. A value that is not known is every value its type allows:
// a mistake counts when every sample of the type makes it.
package check
