package sqlite

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/driver"
)

// role is what a connection is for.
type role uint8

const (
	roleWriter role = iota
	roleReader
	roleTool
)

// native opens connections of the Go driver.
type native struct {
	uri  string
	busy time.Duration
}

// Connect implements driver.Connector of database/sql. Opening a file reads its schema, which waits for
// who has locked the whole of it.
func (n *native) Connect(ctx context.Context) (sqldriver.Conn, error) {
	p := &patient{busy: n.busy}
	uri := n.uri
	if !strings.Contains(uri, "_timeout=") {
		uri += map[bool]string{true: "&", false: "?"}[strings.Contains(uri, "?")] + fmt.Sprintf("_busy_timeout=%d", p.slice().Milliseconds())
	}
	open := func() (sqldriver.Conn, error) { return n.Driver().Open(uri) }
	begun := time.Now()
	c, err := open()
	if isBusy(err) {
		c, err = again(ctx, p, begun, err, open)
	}
	if err != nil {
		return nil, err
	}
	p.SQLiteConn = c.(*sqlite3.SQLiteConn)
	return p, nil
}

// Driver implements driver.Connector of database/sql.
func (n *native) Driver() sqldriver.Driver { return &sqlite3.SQLiteDriver{} }

// setup prepares connections.
type setup struct {
	uri    string
	memory bool
	config *config
	attach []attachment // with URIs
}

func newSetup(uri string, memory bool, c *config) (*setup, error) {
	s := &setup{uri: uri, memory: memory, config: c}
	for _, a := range c.attach {
		if nameless(a.path) {
			return nil, refusedSchema(driver.ErrConnection, a.schema, "is attached without a path")
		}
		uri, err := fileURI(a.path)
		if err != nil {
			return nil, err
		}
		s.attach = append(s.attach, attachment{a.schema, uri})
	}
	return s, nil
}

// writeAhead gives a file a log that is written ahead, for good. Of several that open a new
// file at once one does so.
const writeAhead = "PRAGMA journal_mode = wal"

// run sets pragmas, attaches databases and registers functions.
func (s *setup) run(ctx context.Context, c *patient, r role) error {
	texts := []string{busyTimeout(c.slice())}
	for _, a := range s.attach {
		texts = append(texts, fmt.Sprintf("ATTACH DATABASE %s AS %s", quoteText(a.path), quoteName(a.schema)))
	}
	texts = append(texts, "PRAGMA foreign_keys = on")
	if r == roleWriter {
		// The mode of a file is kept in the file, but not that of a database in memory.
		switch {
		case s.memory:
			texts = append(texts, "PRAGMA journal_mode = memory")
		case !strings.Contains(s.uri, "mode=ro"): // a file opened for reading alone keeps its mode
			texts = append(texts, writeAhead)
		}
	}
	for _, p := range s.config.pragmas {
		texts = append(texts, fmt.Sprintf("PRAGMA %s = %s", quoteName(p.name), quoteText(p.value)))
	}
	if r == roleReader {
		texts = append(texts, "PRAGMA query_only = on")
	}
	for _, text := range texts {
		_, err := c.ExecContext(ctx, text, nil)
		var refused sqlite3.Error
		if text == writeAhead && errors.As(err, &refused) && refused.Code == sqlite3.ErrReadonly {
			continue // who may read alone may: a file keeps its mode, and what writes is refused
		}
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return registerFunctions(c.SQLiteConn)
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
