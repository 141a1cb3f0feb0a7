package open

import (
	"context"
	"fmt"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/internal/address"
)

// URL returns the connector of the database at an address:
//
//   - sqlite:library.db, sqlite:///srv/library.db, sqlite::memory:
//   - postgres://user:password@host:port/database, or postgresql://
//   - mysql://user:password@host:port/database, or mariadb://
//   - mongodb://host:port/database, or mongodb+srv://
//   - memory:
//
// What follows a ? is handed to the client of the engine; its documentation lists the
// names. A SQLite file is created when it does not exist. An address that is none makes
// the connection fail with [ErrAddress], as an unusable one given to the connectors of
// the engines does; no message repeats the address, which may hold a password.
func URL(text string) driver.Connector {
	if text == "memory:" || text == "memory://" {
		return memory.New()
	}
	a, err := address.Parse(text)
	if err != nil {
		detail := strings.TrimPrefix(err.Error(), address.ErrAddress.Error())
		return refused{fmt.Errorf("open: %w%s", ErrAddress, detail)}
	}
	return a.Connector()
}

// refused is the connector of an address that is none.
type refused struct{ err error }

// Connect returns the mistake.
func (r refused) Connect(context.Context) (driver.Engine, error) { return nil, r.err }
