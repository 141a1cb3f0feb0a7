package sqlexec

import (
	"context"
	"errors"
	"slices"

	"github.com/weft-orm/weft/driver"
)

// IsText reports operations among which there are statements written by a user.
func IsText(ops []*driver.Op) bool {
	return slices.ContainsFunc(ops, func(op *driver.Op) bool {
		p, ok := op.P.(*Program)
		return ok && p.Text != nil
	})
}

// textSession is a session that runs text, and what is not.
type textSession interface {
	driver.TextExecer
	Exec(ctx context.Context, ops []*driver.Op) error
}

// ExecTexts runs operations among which there are statements written by a user, one by
// one. They are not prepared: not all of them can be.
func ExecTexts(ctx context.Context, s textSession, ops []*driver.Op) error {
	for i, op := range ops {
		p, ok := op.P.(*Program)
		if !ok || p.Text == nil {
			if err := s.Exec(ctx, ops[i:i+1]); err != nil {
				return at(err, i)
			}
			continue
		}
		var args []any
		if len(op.Rows) > 0 {
			args = op.Rows[0]
		}
		params, err := p.Statement.Bind(nil, args)
		if err != nil {
			return err
		}
		op.Affected, op.Returned, op.Sent = op.Affected[:0], nil, 1
		n, err := s.ExecText(ctx, p.Statement.Text, params...)
		if err != nil {
			return at(err, i)
		}
		op.Affected = append(op.Affected, n)
	}
	return nil
}

// at tells which operation failed.
func at(err error, op int) error {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		e.Op = op
	}
	return err
}
