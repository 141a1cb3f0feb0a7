package load

import (
	"context"

	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Query runs a query made by hand and returns its roots; nodes are the relations it
// joins and reads.
func (l *Loader) Query(ctx context.Context, sel *qb.Select, nodes []*populate.Node, args []any) ([]*unit.Managed, error) {
	st := &statement{root: newSource(l.db, sel.Entity, sel.Output, nil, nodes)}
	st.root.doubt(sel.Filters)
	var err error
	if st.program, err = l.db.Compiler.Compile(sel); err != nil {
		return nil, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	o := l.defaults.Options()
	list, rd, err := l.read(rows, st, o)
	if err != nil {
		return nil, err
	}
	defer rd.release()
	return list, l.hiddenBelow(ctx, list, nodes, rd, o)
}
