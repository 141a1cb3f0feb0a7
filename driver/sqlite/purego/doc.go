// Package purego is the driver for SQLite without a C compiler, on github.com/ncruces/go-sqlite3,
// which is SQLite translated to Go:
//
//	db, err := orm.Open(ctx, purego.File("library.db"), ...)
//
// Everything else is that of the package sqlite, options included: statements, locks, classes
// of errors, the schema. Programs with either may have the same file open at once.
//
// A program that is built without cgo may import it for its side effect alone. The package sqlite,
// and what uses it, addresses of the package open for one, then work by it:
//
//	import _ "github.com/weft-orm/weft/driver/sqlite/purego"
package purego
