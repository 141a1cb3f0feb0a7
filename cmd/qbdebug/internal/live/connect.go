package live

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
)

// Open connects to the database at an address: sqlite:FILE, postgres://...,
// mysql://user:password@host:port/db, mongodb://host/db. A SQLite file must exist.
func Open(ctx context.Context, dsn string) (driver.Engine, error) {
	c, err := connector(dsn)
	if err != nil {
		return nil, err
	}
	return c.Connect(ctx)
}

func connector(dsn string) (driver.Connector, error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite", "file":
		return sqliteConnector(strings.TrimPrefix(rest, "//"))
	case "postgres", "postgresql":
		return postgres.URL(dsn), nil
	case "mysql", "mariadb":
		return mysqlConnector(dsn)
	case "mongodb", "mongodb+srv":
		return mongoConnector(dsn)
	}
	return nil, fmt.Errorf("%w: it must begin with sqlite:, postgres://, mysql:// or mongodb://", ErrDSN)
}

// sqliteConnector opens a file that exists, read-only: not even its journal mode changes.
func sqliteConnector(path string) (driver.Connector, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDSN, err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDSN, err)
	}
	uri := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "mode=ro"}
	return sqlite.File(uri.String()), nil
}

// mysqlConnector turns a URL into the driver's own notation.
func mysqlConnector(dsn string) (driver.Connector, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return nil, fmt.Errorf("%w: write mysql://user:password@host:port/database", ErrDSN)
	}
	host := u.Host
	if u.Port() == "" {
		host += ":3306"
	}
	password, _ := u.User.Password()
	text := u.User.Username() + ":" + password + "@tcp(" + host + ")" + u.Path
	if u.RawQuery != "" {
		text += "?" + u.RawQuery
	}
	return mysql.DSN(text), nil
}

// mongoConnector takes the database from the path.
func mongoConnector(dsn string) (driver.Connector, error) {
	u, err := url.Parse(dsn)
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return nil, fmt.Errorf("%w: write mongodb://host:port/database", ErrDSN)
	}
	return mongo.URI(dsn, strings.Trim(u.Path, "/")), nil
}
