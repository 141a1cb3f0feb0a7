//go:build cgo

package sqlite

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/driver/sqlite/internal/lite"
)

func binding() lite.Binding { return mattn{} }

// mattn is the binding on github.com/mattn/go-sqlite3.
type mattn struct{}

// Open implements lite.Binding. Opening a file reads its schema, before a pragma could be set.
func (mattn) Open(_ context.Context, uri string, wait time.Duration) (lite.Conn, error) {
	if !strings.Contains(uri, "_timeout=") {
		uri += map[bool]string{true: "&", false: "?"}[strings.Contains(uri, "?")] + fmt.Sprintf("_busy_timeout=%d", wait.Milliseconds())
	}
	c, err := (&sqlite3.SQLiteDriver{}).Open(uri)
	if err != nil {
		return nil, err
	}
	return mattnConn{c.(*sqlite3.SQLiteConn)}, nil
}

// Failure implements lite.Binding.
func (mattn) Failure(err error) (lite.Code, string, bool) {
	e, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return 0, "", false
	}
	if e.ExtendedCode == 0 {
		return lite.Code(e.Code), e.Error(), true
	}
	return lite.Code(e.ExtendedCode), e.Error(), true
}

// KeepText implements lite.Binding: text that is no time would be the zero time.
func (mattn) KeepText(rows sqldriver.Rows) {
	r, ok := rows.(*sqlite3.SQLiteRows)
	if !ok {
		return
	}
	types := r.DeclTypes()
	for i, t := range types {
		switch t {
		case "date", "datetime", "timestamp":
			types[i] = "text"
		}
	}
}

type mattnConn struct{ *sqlite3.SQLiteConn }

// Register implements lite.Conn.
func (c mattnConn) Register(f *lite.Functions) error {
	for name, impl := range map[string]any{lite.RegexpName: f.Regexp, lite.LowerName: f.Lower} {
		if err := c.RegisterFunc(name, impl, true); err != nil {
			return fmt.Errorf("function %s: %w", name, err)
		}
	}
	return nil
}
