package connect

import (
	"fmt"
	"net/url"
	"strings"

	config "github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
)

// To returns the connector of an address and the name of the engine's dialect:
//
//	shop.db, sqlite:shop.db, sqlite::memory:     a SQLite file, or none
//	postgres://user:password@host:5432/shop
//	mysql://user:password@host:3306/shop         MariaDB too
//	mongodb://host:27017/blog
//	memory:                                      weft's own engine in memory
func To(address string) (c driver.Connector, dialect string, err error) {
	scheme, rest, found := strings.Cut(address, ":")
	switch {
	case !found || address == ":memory:":
		return sqlite.File(address), "sqlite", nil
	case scheme == "sqlite":
		return sqlite.File(rest), "sqlite", nil
	case scheme == "memory":
		return memory.New(), "memory", nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", fmt.Errorf("the address of the database cannot be read: %w", err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	switch scheme {
	case "postgres", "postgresql":
		return postgres.URL(address), "postgres", nil
	case "mysql", "mariadb":
		c := config.NewConfig()
		c.User, c.Net, c.Addr, c.DBName = u.User.Username(), "tcp", u.Host, name
		c.Passwd, _ = u.User.Password()
		return mysql.DSN(c.FormatDSN()), "mysql", nil
	case "mongodb", "mongodb+srv":
		return mongo.URI(address, name), "mongo", nil
	}
	return nil, "", fmt.Errorf("unknown kind of database %q", scheme)
}
