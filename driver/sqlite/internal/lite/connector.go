package lite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// File returns the connector of a file: see the package sqlite. The binding is asked for when
// it connects.
func File(binding func() Binding, path string, opts []Option) driver.Connector {
	if path == ":memory:" {
		return Memory(binding, opts)
	}
	c := newConfig(opts)
	switch {
	case nameless(path):
		c.mistake("the path of the file is empty; sqlite.Memory is a database in memory")
	case strings.ContainsRune(path, 0), strings.HasPrefix(path, "file:") && strings.Contains(path, "%00"):
		c.mistake("the path of the file holds NUL")
	case inMemory(path):
		c.mistake("the path is that of a database in memory, of which every connection would have its own; sqlite.Memory is one for all of them")
	}
	return &connector{binding: binding, path: path, config: c}
}

// inMemory reports the URI of a database in memory.
func inMemory(path string) bool {
	uri, ok := strings.CutPrefix(path, "file:")
	name, query, _ := strings.Cut(uri, "?")
	return ok && !strings.Contains(query, "vfs=") && (name == ":memory:" || strings.Contains(query, "mode=memory"))
}

// nameless reports a path that names nothing: SQLite would make a temporary database
// of its own for each connection.
func nameless(path string) bool {
	name, query, _ := strings.Cut(strings.TrimPrefix(path, "file:"), "?")
	return name == "" && !strings.Contains(query, "vfs=")
}

// Memory returns the connector of a database in memory: see the package sqlite.
func Memory(binding func() Binding, opts []Option) driver.Connector {
	return &connector{binding: binding, config: newConfig(opts)}
}

type connector struct {
	binding func() Binding
	path    string // "" is in memory
	config  *config
}

// Limits implements driver.Limiter.
func (*connector) Limits() mapper.Limits { return caps.Limits }

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Engine, error) {
	if c.config.fault != "" {
		return nil, (&driver.Error{Class: driver.ErrConnection, Engine: caps.Name, Err: errors.New(c.config.fault)}).At("", -1, -1)
	}
	b := c.binding()
	if b == nil {
		return nil, (&driver.Error{Class: driver.ErrUnsupported, Engine: caps.Name, Err: errWithoutC}).At("", -1, -1)
	}
	return open(ctx, b, c.path, c.config)
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
