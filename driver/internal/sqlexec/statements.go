package sqlexec

import (
	"container/list"
	"context"
	"database/sql/driver"
)

// stmtCache keeps the prepared statements of one connection, the least recently
// used leaving first. A statement with open rows is in use: its text is then
// prepared a second time, for one execution.
type stmtCache struct {
	limit  int
	byText map[string]*list.Element
	recent list.List // of *stmt, most recently used first
}

// stmt is a prepared statement.
type stmt struct {
	prepared driver.Stmt
	text     string
	inUse    bool
	cached   bool
	values   []driver.Value // of the row at hand, memory for one execution after the other
}

// stmt returns a prepared statement for text; the caller releases it.
func (c *Conn) stmt(ctx context.Context, text string) (*stmt, error) {
	if el := c.stmts.byText[text]; el != nil {
		if s := el.Value.(*stmt); !s.inUse {
			c.stmts.recent.MoveToFront(el)
			s.inUse = true
			return s, nil
		}
		prepared, err := c.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		return &stmt{prepared: prepared, text: text, inUse: true}, nil
	}
	prepared, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s := &stmt{prepared: prepared, text: text, inUse: true}
	c.stmts.add(s)
	return s, nil
}

// row returns memory for a row of n columns, until the statement is released; s
// may be nil.
func (s *stmt) row(n int) []driver.Value {
	if s == nil {
		return make([]driver.Value, n)
	}
	if len(s.values) != n {
		s.values = make([]driver.Value, n)
	}
	return s.values
}

// release gives the statement back after its rows were closed.
func (s *stmt) release() {
	clear(s.values)
	s.inUse = false
	if !s.cached {
		_ = s.prepared.Close() // the connection outlives a failure to close
	}
}

func (c *stmtCache) add(s *stmt) {
	if c.limit <= 0 {
		return
	}
	if c.byText == nil {
		c.byText = make(map[string]*list.Element)
	}
	s.cached = true
	c.byText[s.text] = c.recent.PushFront(s)
	for c.recent.Len() > c.limit {
		c.evict(c.recent.Back())
	}
}

func (c *stmtCache) evict(el *list.Element) {
	s := c.recent.Remove(el).(*stmt)
	delete(c.byText, s.text)
	s.cached = false
	if !s.inUse {
		_ = s.prepared.Close() // as in release
	}
}

// drop forgets a statement, which is closed when it is released.
func (c *stmtCache) drop(s *stmt) {
	if el := c.byText[s.text]; s.cached && el != nil && el.Value == s {
		c.evict(el)
	}
}

func (c *stmtCache) clear() {
	for c.recent.Len() > 0 {
		c.evict(c.recent.Back())
	}
}
