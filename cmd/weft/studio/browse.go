package studio

import (
	"net/http"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/orm"
)

// browsed asks for rows of one entity.
type browsed struct {
	Entity string   `json:"entity"`
	Where  string   `json:"where"`
	Order  []string `json:"order"`
	Limit  int      `json:"limit"`
	Offset int      `json:"offset"`
}

type rows struct {
	Rows  []any `json:"rows"`
	Total int64 `json:"total"`
}

// browse reads a page of rows; relations to one are keys. Without an order it is that of
// the key, so that pages do not overlap.
func (s *Studio) browse(r *http.Request, in *browsed) (*rows, error) {
	words := &ask.Query{Entity: in.Entity, Where: in.Where, Order: filled(in.Order), Limit: -1, Offset: -1}
	request, err := words.Request(s.db.Registry())
	if err != nil {
		return nil, err
	}
	if _, err := words.Report(s.db.Registry(), []string{s.target()}); err != nil {
		return nil, err
	}
	if len(words.Order) == 0 {
		for _, p := range request.Entity.Key {
			words.Order = append(words.Order, p.Path)
		}
	}
	limit := min(max(in.Limit, 1), maxRoots)
	opts := []orm.FindOption{orm.WithoutFilter(), orm.Limit(limit), orm.Offset(max(in.Offset, 0))}
	for _, o := range words.Order {
		opts = append(opts, orm.OrderBy(o))
	}
	ctx, em := r.Context(), s.db.Fork()
	out := &rows{Rows: []any{}}
	if out.Total, err = orm.CountAny(ctx, em, in.Entity, request.Where, orm.WithoutFilter()); err != nil {
		return nil, err
	}
	list, err := orm.FindAny(ctx, em, in.Entity, request.Where, opts...)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		dto, err := orm.ToDTO(em, x)
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, plain(dto))
	}
	return out, nil
}
