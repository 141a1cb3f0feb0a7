// Package commands lets an application have weft's commands on its own tree:
//
//	root.AddCommand(commands.New(commands.Options{
//		Entities:  []any{Author{}, Book{}},
//		Connector: sqlite.File("library.db"),
//	}))
//
// The program then knows its entities and its database by itself, so that no Go
// source is read and no address need be given.
package commands
