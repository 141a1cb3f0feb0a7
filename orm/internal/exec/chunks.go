package exec

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
)

// exec sends operations, cut into parts of at most Batch rows where that is asked for.
func (r *Runner) exec(ctx context.Context, ops []*driver.Op) error {
	if r.Batch <= 0 {
		return r.Session.Exec(ctx, ops)
	}
	type part struct{ op, row int }
	var cut []*driver.Op
	var from []part
	for i, op := range ops {
		for row := 0; row == 0 || row < len(op.Rows); row += r.Batch {
			piece := *op
			piece.Rows = op.Rows[row:min(row+r.Batch, len(op.Rows))]
			cut, from = append(cut, &piece), append(from, part{i, row})
		}
	}
	if len(cut) == len(ops) {
		return r.Session.Exec(ctx, ops)
	}
	err := r.Session.Exec(ctx, cut)
	for i, piece := range cut {
		op := ops[from[i].op]
		op.Affected = append(op.Affected, piece.Affected...)
		op.Returned = append(op.Returned, piece.Returned...)
		op.Sent += piece.Sent
	}
	var engine *driver.Error
	if errors.As(err, &engine) && engine.Op >= 0 && engine.Op < len(cut) {
		at := *engine
		if at.Op = from[engine.Op].op; at.Row >= 0 {
			at.Row += from[engine.Op].row
		}
		if engine.Account != nil {
			at.Account = make(driver.Account, len(ops))
			for i, fates := range engine.Account {
				at.Account[from[i].op] = append(at.Account[from[i].op], fates...)
			}
		}
		return &at
	}
	return err
}
