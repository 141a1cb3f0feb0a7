package sqlexec

import (
	"context"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// blame finds the row that made a statement for several rows fail, where they are
// usually sent one by one: it does so now. err is what the statement answered.
func (x *execution) blame(ctx context.Context, form *sql.WriteStatement, first, n int, err error) error {
	if n == 1 || !x.oneByOne() || ctx.Err() != nil || x.session.rolledBack(x.conn) {
		return err
	}
	one := form.Chunk(1)
	for row := first; row < first+n; row++ {
		var failure error
		if x.session.params, failure = form.Bind(x.session.params[:0], x.op.Rows[row:row+1]); failure != nil {
			return failure
		}
		if failure = x.chunk(ctx, &one, row, 1); failure != nil {
			return failure
		}
	}
	return err
}

// oneByOne reports rows that go into a statement together only because it is
// quicker, on an engine that counts and blames each row: those of an insert, and those
// of which only the sum is asked for.
func (x *execution) oneByOne() bool {
	return x.session.profile.QuickRows && (x.program.Write.Kind == qb.Insert || x.listed)
}
