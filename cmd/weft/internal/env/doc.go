// Package env is what the commands of weft share: how they learn the entities
// (from Go source, or from the program they are mounted in), how they find and
// open the database (flags, environment, weft.yaml), and how they print, ask,
// write files and end.
//
// A group of commands is a package beside this one with a constructor
// func Command(e *env.Env) *cobra.Command; package commands puts them together.
package env
