package exec

import (
	"context"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// check compares the counts of a step whose rows are locked by version.
func (r *Runner) check(ctx context.Context, s *plan.Step, affected []int64) error {
	if !s.Ops[0].Locked || planted.Is(planted.ExecStale) {
		return nil
	}
	if len(affected) == len(s.Ops) && (r.PerRow || len(s.Ops) == 1) {
		for i, op := range s.Ops {
			if affected[i] == 0 {
				return &StaleError{Change: op.Change}
			}
		}
		return nil
	}
	total := int64(0)
	for _, n := range affected {
		total += n
	}
	if total >= int64(len(s.Ops)) {
		return nil
	}
	stale := &StaleError{Change: s.Ops[0].Change}
	if len(s.Ops) == 1 {
		return stale
	}
	if r.Stale != nil {
		c, sure, err := r.Stale(ctx, s)
		if err != nil {
			return err
		}
		if c != nil {
			stale.Change = c
		}
		if sure {
			return stale
		}
	}
	for _, op := range s.Ops {
		stale.Suspects = append(stale.Suspects, op.Change)
	}
	return stale
}
