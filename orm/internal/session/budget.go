package session

import (
	"context"
	"sync"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/fault"
)

// MaxStatements returns a context on which at most n statements are sent: one
// more fails, unsent, with a [BudgetError] that matches ErrStatementBudget. A
// write whose rows need several statements is sent as long as one fits. Budgets
// of nested contexts all hold. A transaction a statement was refused in can go on.
func MaxStatements(ctx context.Context, n int) context.Context {
	s := &Stats{outer: StatsOf(ctx), budget: &budget{limit: int64(max(n, 0))}}
	return context.WithValue(ctx, statsKey{}, s)
}

// budget limits statements.
type budget struct {
	limit int64
	mu    sync.Mutex
	seen  map[string]int64 // by text
	most  string
}

// admit refuses statements that a budget has no room for. s may be nil.
func (s *Stats) admit(n int64, p driver.Program) error {
	for ; s != nil; s = s.outer {
		if s.budget == nil {
			continue
		}
		if err := s.budget.admit(s.Statements(), n, p.String()); err != nil {
			return err
		}
	}
	return nil
}

func (b *budget) admit(sent, n int64, text string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if sent+n > b.limit {
		return &fault.BudgetError{Limit: b.limit, Sent: sent, Statement: text, Most: b.most, Times: b.seen[b.most]}
	}
	if b.seen == nil {
		b.seen = map[string]int64{}
	}
	b.seen[text] += n
	if b.seen[text] > b.seen[b.most] {
		b.most = text
	}
	return nil
}
