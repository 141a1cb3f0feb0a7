package lite

import (
	"context"
	sqldriver "database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/weft-orm/weft/driver"
)

// role is what a connection is for.
type role uint8

const (
	roleWriter role = iota
	roleReader
	roleTool
)

// native opens connections of the binding.
type native struct {
	binding Binding
	uri     string
	busy    time.Duration
}

// Connect implements driver.Connector of database/sql. Opening a file may read its schema, which waits
// for who has locked the whole of it.
func (n *native) Connect(ctx context.Context) (sqldriver.Conn, error) {
	p := &patient{binding: n.binding, busy: n.busy}
	open := func() (Conn, error) { return n.binding.Open(ctx, n.uri, p.slice()) }
	begun := time.Now()
	c, err := open()
	if p.isBusy(err) {
		c, err = again(ctx, p, begun, err, open)
	}
	if err != nil {
		return nil, err
	}
	p.Conn = c
	return p, nil
}

// Driver implements driver.Connector of database/sql.
func (n *native) Driver() sqldriver.Driver { return n }

// Open implements driver.Driver of database/sql: another connection to the same database.
func (n *native) Open(string) (sqldriver.Conn, error) { return n.Connect(context.Background()) }

// setup prepares connections.
type setup struct {
	binding Binding
	uri     string
	memory  bool
	config  *config
	attach  []attachment // with URIs
}

func newSetup(b Binding, uri string, memory bool, c *config) (*setup, error) {
	s := &setup{binding: b, uri: uri, memory: memory, config: c}
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
		if code, _, ok := s.binding.Failure(err); text == writeAhead && ok && code.primary() == codeReadonly {
			continue // who may read alone may: a file keeps its mode, and what writes is refused
		}
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return c.Register(newFunctions())
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
