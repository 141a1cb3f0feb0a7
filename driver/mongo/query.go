package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// Query implements driver.Session.
func (s *session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	prog, ok := p.(*program)
	if !ok {
		return nil, refused(driver.ErrUnsupported, errProgram)
	}
	request, err := prog.Bind(args)
	if err != nil {
		return nil, err
	}
	if request.Empty {
		return &rows{ctx: ctx, plan: prog.plan}, nil
	}
	r := &rows{session: s, prog: prog, plan: prog.plan}
	err = s.run(ctx, func(bound context.Context) (err error) {
		r.ctx = bound
		r.cursor, err = s.open(bound, prog, request)
		return err
	})
	if err != nil {
		return nil, s.failed(ctx, err, prog.String())
	}
	if s.opts.Transaction {
		s.cursors = slices.DeleteFunc(s.cursors, func(r *rows) bool { return r.closed })
		s.cursors = append(s.cursors, r)
	}
	if prog.Documents {
		return &documents{r}, nil
	}
	return r, nil
}

func (s *session) open(ctx context.Context, p *program, r *weftmongo.Request) (*mongo.Cursor, error) {
	collection := s.engine.wished(ctx, p.Database, p.Collection)
	if p.Kind == weftmongo.Aggregate {
		aggregate := options.Aggregate()
		if p.Comment != "" {
			aggregate.SetComment(p.Comment)
		}
		if p.Hint != "" {
			aggregate.SetHint(p.Hint)
		}
		return collection.Aggregate(ctx, r.Pipeline, aggregate)
	}
	find := options.Find()
	if p.Comment != "" {
		find.SetComment(p.Comment)
	}
	if p.Hint != "" {
		find.SetHint(p.Hint)
	}
	if r.Projection != nil {
		find.SetProjection(r.Projection)
	}
	if r.Sort != nil {
		find.SetSort(r.Sort)
	}
	if r.Skip > 0 {
		find.SetSkip(r.Skip)
	}
	if r.Limit > 0 {
		find.SetLimit(r.Limit)
	}
	return collection.Find(ctx, r.Filter, find)
}
