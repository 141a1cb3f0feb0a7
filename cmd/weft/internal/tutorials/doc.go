// Package tutorials checks that pages of the documentation can be followed from an
// empty folder: its test writes their files, runs their commands and compares what
// those print.
package tutorials
