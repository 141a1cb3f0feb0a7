package address

import (
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

// Address is a database somewhere. Make one with [Parse].
type Address struct {
	// Kind is "sqlite", "postgres", "mysql" or "mongo". MariaDB is "mysql" here:
	// which of the two it is only the server tells.
	Kind string
	// Name is the name of the database; the path of the file on SQLite.
	Name string

	text string
	url  *url.URL
}

// Parse reads an address. The schemes are sqlite and file, postgres and
// postgresql, mysql and mariadb, mongodb and mongodb+srv.
func Parse(text string) (*Address, error) {
	scheme, rest, _ := strings.Cut(text, ":")
	switch scheme {
	case "sqlite", "file":
		path := strings.TrimPrefix(rest, "//")
		if path == "" {
			return nil, fmt.Errorf("%w: write sqlite:FILE", ErrAddress)
		}
		return &Address{Kind: "sqlite", Name: path, text: text}, nil
	case "postgres", "postgresql":
		return server("postgres", text, false)
	case "mysql", "mariadb":
		return server("mysql", text, true)
	case "mongodb", "mongodb+srv":
		return server("mongo", text, true)
	}
	return nil, fmt.Errorf("%w: it must begin with sqlite:, postgres://, mysql:// or mongodb://", ErrAddress)
}

// server reads the address of a database on a server; named: it must name the database.
func server(kind, text string, named bool) (*Address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || (kind == "mysql" && u.Host == "") {
		return nil, fmt.Errorf("%w: write %s", ErrAddress, forms[kind])
	}
	name := strings.Trim(u.Path, "/")
	if named && name == "" {
		return nil, fmt.Errorf("%w: write %s", ErrAddress, forms[kind])
	}
	return &Address{Kind: kind, Name: name, text: text, url: u}, nil
}

var forms = map[string]string{
	"postgres": "postgres://user:password@host:port/database",
	"mysql":    "mysql://user:password@host:port/database",
	"mongo":    "mongodb://host:port/database",
}

// Connector returns the connector of the database. A SQLite file is created by it
// when it does not exist.
func (a *Address) Connector() driver.Connector {
	switch a.Kind {
	case "sqlite":
		return sqlite.File(a.Name)
	case "postgres":
		return postgres.URL(a.text)
	case "mysql":
		return mysql.DSN(a.mysqlDSN())
	}
	return mongo.URI(a.text, a.Name)
}

// ReadOnly returns a connector that changes nothing, not even the journal mode of
// a SQLite file, which must exist. On servers it is that of [Address.Connector].
func (a *Address) ReadOnly() (driver.Connector, error) {
	if a.Kind != "sqlite" {
		return a.Connector(), nil
	}
	if _, err := os.Stat(a.Name); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	abs, err := filepath.Abs(a.Name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	uri := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "mode=ro"}
	return sqlite.File(uri.String()), nil
}

// In returns the address of another database of the same server, or of another
// file: name is then its path.
func (a *Address) In(name string) *Address {
	other := *a
	other.Name = name
	if a.url == nil {
		other.text = "sqlite:" + name
		return &other
	}
	u := *a.url
	u.Path = "/" + name
	other.url, other.text = &u, u.String()
	return &other
}

// Schema returns the address with another schema as the connection's own: on MySQL
// that is another database, on SQLite another file.
func (a *Address) Schema(name string) *Address {
	if a.Kind != "postgres" {
		return a.In(name)
	}
	other, u := *a, *a.url
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	other.url, other.text = &u, u.String()
	return &other
}

// String returns the address without its password.
func (a *Address) String() string {
	if a.url == nil {
		return a.text
	}
	return a.url.Redacted()
}

// mysqlDSN is the driver's own notation of the address.
func (a *Address) mysqlDSN() string {
	host := a.url.Host
	if a.url.Port() == "" {
		host += ":3306"
	}
	password, _ := a.url.User.Password()
	text := a.url.User.Username() + ":" + password + "@tcp(" + host + ")/" + url.PathEscape(a.Name)
	if a.url.RawQuery != "" {
		text += "?" + a.url.RawQuery
	}
	return text
}
