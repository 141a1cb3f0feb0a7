package purego

import (
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

func init() { lite.Offer(binding{}) }

// Option changes how a database is opened. It is the Option of the package sqlite.
type Option = lite.Option

// File returns the connector of a database file, which is created when it does not exist. It is
// sqlite.File by SQLite in Go.
func File(path string, opts ...Option) driver.Connector { return lite.File(own, path, opts) }

// Memory returns the connector of a database in memory. It is sqlite.Memory by SQLite in Go.
func Memory(opts ...Option) driver.Connector { return lite.Memory(own, opts) }

func own() lite.Binding { return binding{} }

// BusyTimeout is how long a statement waits for locks, as that of the package sqlite.
func BusyTimeout(d time.Duration) Option { return lite.BusyTimeout(d) }

// Readers is the greatest number of connections for reading, as that of the package sqlite.
func Readers(n int) Option { return lite.Readers(n) }

// Pragma sets a pragma on each connection, as that of the package sqlite.
func Pragma(name, value string) Option { return lite.Pragma(name, value) }

// Attach makes another database file a schema, as that of the package sqlite.
func Attach(schema, path string) Option { return lite.Attach(schema, path) }
