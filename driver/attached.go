package driver

import "database/sql"

// Attached is implemented by engines whose schemas are databases attached to a
// connection, for tools that change the tables in one of them.
type Attached interface {
	// AttachedDB returns a handle whose connections have the attached database as
	// their own. It belongs to the engine and is closed with it. The error matches
	// ErrUndefined when no database is attached under the name, and ErrUnsupported for one in memory.
	AttachedDB(schema string) (*sql.DB, error)
}
