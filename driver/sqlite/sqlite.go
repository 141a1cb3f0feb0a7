package sqlite

import (
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

// Option changes how a database is opened.
type Option = lite.Option

// File returns the connector of a database file, which is created when it does
// not exist. The path ":memory:" is that of [Memory]; an empty one, one that holds NUL, and a URI
// of a database in memory, of which every connection would have its own, do not connect.
func File(path string, opts ...Option) driver.Connector { return lite.File(binding, path, opts) }

// Memory returns the connector of a database in memory. Each connected engine has
// a database of its own, gone when it is closed. Its sessions take turns, readers
// included: one that reads while another one's transaction is open waits for its
// end, for [BusyTimeout] at most. Where that is too little, use a [File] in a
// temporary folder.
func Memory(opts ...Option) driver.Connector { return lite.Memory(binding, opts) }

// BusyTimeout is how long a statement waits for its turn, and for the locks of other
// programs, before the error driver.ErrLockTimeout; the default is 5 seconds. A context that
// ends before ends the wait, with the error driver.ErrCanceled.
func BusyTimeout(d time.Duration) Option { return lite.BusyTimeout(d) }

// Readers is the greatest number of connections for reading; the default is 8.
func Readers(n int) Option { return lite.Readers(n) }

// Pragma sets a pragma on each connection, after those of the driver:
// Pragma("synchronous", "normal").
//
// The pragma busy_timeout is that of [BusyTimeout].
func Pragma(name, value string) Option { return lite.Pragma(name, value) }

// Attach makes the tables of another database file available under a schema name.
// ":memory:" is a fresh database in memory.
func Attach(schema, path string) Option { return lite.Attach(schema, path) }
