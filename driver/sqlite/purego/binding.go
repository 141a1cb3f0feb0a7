package purego

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/vfs/memdb" // databases in memory that several connections open

	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

// binding is the binding on github.com/ncruces/go-sqlite3. Its package for database/sql is not used: it
// makes times of text, and has a name there that other packages have too.
type binding struct{}

// Open implements lite.Binding.
func (binding) Open(ctx context.Context, uri string, wait time.Duration) (lite.Conn, error) {
	c, err := sqlite3.OpenContext(ctx, uri)
	if err != nil {
		return nil, ended(ctx, err)
	}
	if err := c.BusyTimeout(wait); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &conn{c}, nil
}

// Failure implements lite.Binding.
func (binding) Failure(err error) (lite.Code, string, bool) {
	var code sqlite3.ExtendedErrorCode
	if !errors.As(err, &code) {
		return 0, "", false
	}
	message := code.Error()
	if e, ok := errors.AsType[*sqlite3.Error](err); ok {
		message = strings.TrimPrefix(e.Error(), message+": ")
	}
	return lite.Code(code), message, true
}

// KeepText implements lite.Binding: text is given as it is stored.
func (binding) KeepText(sqldriver.Rows) {}

// ended is the error of a context that ended, where that is why a statement was interrupted.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, sqlite3.INTERRUPT) {
		return ctx.Err()
	}
	return err
}
