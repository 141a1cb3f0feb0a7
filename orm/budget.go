package orm

import (
	"context"

	"github.com/weft-orm/weft/orm/internal/session"
)

// MaxStatements returns a context on which at most n statements are sent: one
// more fails, unsent, with a [BudgetError] that matches ErrStatementBudget. A
// write whose rows need several statements is sent as long as one fits. Budgets
// of nested contexts all hold. A transaction a statement was refused in can go on.
func MaxStatements(ctx context.Context, n int) context.Context { return session.MaxStatements(ctx, n) }
