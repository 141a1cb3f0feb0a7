package sqlexec

import (
	sqldriver "database/sql/driver"
	"sync"
)

// bindings is the memory for the parameters of one statement after the other, first as
// they are bound, then in the form of database/sql/driver.
type bindings struct {
	params []any
	named  []sqldriver.NamedValue
	most   int // parameters of a statement
}

// allBindings are those of sessions that have ended.
var allBindings = sync.Pool{New: func() any { return &bindings{params: make([]any, 0, 16), named: make([]sqldriver.NamedValue, 0, 16)} }}

// keptBindings is the greatest number of parameters whose memory is kept.
const keptBindings = 4096

// forget gives the memory of a session back, without the values.
func (s *Session) forget() {
	b := s.bindings
	s.bindings = &s.spent
	if b.most > keptBindings {
		return
	}
	clear(b.params[:min(b.most, cap(b.params))])
	clear(b.named[:min(b.most, cap(b.named))])
	b.most = 0
	allBindings.Put(b)
}
