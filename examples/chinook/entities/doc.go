// Package entities is the Chinook database as plain Go structs: the package
// imports nothing. Tags name what the naming strategy of the program cannot
// know: the keys, which carry the name of their table, and one foreign key.
package entities
