package sqlite

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// File returns the connector of a database file, which is created when it does
// not exist. The path ":memory:" is that of [Memory].
func File(path string, opts ...Option) driver.Connector {
	if path == ":memory:" || path == "" {
		return Memory(opts...)
	}
	return &connector{path: path, config: newConfig(opts)}
}

// Memory returns the connector of a database in memory. Each connected engine has
// a database of its own, gone when it is closed. Its sessions take turns, readers
// included: one that reads while another one's transaction is open waits for its
// end, for [BusyTimeout] at most. Where that is too little, use a [File] in a
// temporary folder.
func Memory(opts ...Option) driver.Connector {
	return &connector{config: newConfig(opts)}
}

type connector struct {
	path   string // "" is in memory
	config *config
}

// Limits implements driver.Limiter.
func (*connector) Limits() mapper.Limits { return caps.Limits }

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Engine, error) {
	return open(ctx, c.path, c.config)
}

// memories numbers the databases in memory of this process.
var memories atomic.Uint64

// memoryURI returns the name of a new database in memory that several connections can open.
func memoryURI() string {
	return fmt.Sprintf("file:/weft-%d?vfs=memdb", memories.Add(1))
}

// fileURI returns the URI of a path. A path that is a URI already is used as it is.
func fileURI(path string) (string, error) {
	switch {
	case path == ":memory:":
		return memoryURI(), nil
	case strings.HasPrefix(path, "file:"):
		return path, nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	u := url.URL{Path: filepath.ToSlash(abs)}
	return "file:" + u.EscapedPath(), nil
}
