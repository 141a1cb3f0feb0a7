// Package tutorials holds the pages of docs against the program: every block of Go
// compiles and runs, what a console shows is what commands print, links lead
// somewhere, and names exist.
package tutorials
