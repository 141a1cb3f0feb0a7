package load

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/populate"
)

// loading is a relation that is being loaded: what is asked for it, and what becomes of the
// answer.
type loading struct {
	ctx context.Context
	end func(error)
	// st and args ask for the rows; st is nil where none are missing.
	st   *statement
	args []any
	// take reads the rows.
	take func(rows driver.Rows) error
	// done gives owners what was read, and returns the targets, each once, and the reader that
	// knows what was joined to them.
	done func() ([]*managed, *reader, error)
	// targets and inner are what done returned, where siblings were loaded together.
	targets []*managed
	inner   *reader
}

// node loads one relation and returns the targets, each once, and the reader
// that knows what was joined to them.
func (l *Loader) node(ctx context.Context, roots []*managed, node *populate.Node, o *Options) ([]*managed, *reader, error) {
	g, err := l.begin(ctx, roots, node, o)
	if err == nil {
		err = l.ask(g)
	}
	return g.finish(err)
}

// begin finds out what has to be asked for a relation.
func (l *Loader) begin(ctx context.Context, roots []*managed, node *populate.Node, o *Options) (*loading, error) {
	p, g := node.Relation, &loading{}
	g.ctx, g.end = l.db.Trace.Start(ctx, session.Operation{Name: "populate", Entity: p.Entity.Name, Path: node.Path})
	l.unit.Shown(roots, p)
	switch {
	case p.Relation.IsAny():
		g.done = func() ([]*managed, *reader, error) { return l.anyOf(g.ctx, roots, node, o) }
		return g, nil
	case p.Kind.IsToMany():
		return g, l.toMany(g, roots, node, o)
	case !p.Relation.Owning && p.Relation.Style == mapper.PointerField:
		return g, l.inverse(g, roots, node, o)
	}
	if err := l.unread(g.ctx, roots, node, o); err != nil {
		return g, err
	}
	return g, l.toOne(g, roots, node, o)
}

// missing notes what a relation asks for about a list.
func (l *Loader) missing(g *loading, list []*managed, node *populate.Node, o *Options) (err error) {
	if len(list) > 0 {
		g.st, g.args, err = l.byKeysOf(list, node, o)
	}
	return err
}

// ask reads what is missing.
func (l *Loader) ask(g *loading) error {
	if g.st == nil {
		return nil
	}
	rows, err := l.session.Query(g.ctx, g.st.program, g.args)
	if err != nil {
		return err
	}
	return g.take(rows)
}

// finish ends the loading of a relation that was read, or was not, because of err.
func (g *loading) finish(err error) (list []*managed, rd *reader, _ error) {
	if err == nil {
		list, rd, err = g.done()
	}
	g.end(err)
	g.end = nil
	return list, rd, err
}
