package studio

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/indexcover"
	"github.com/weft-orm/weft/cmd/internal/live"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/cmd/internal/render"
	"github.com/weft-orm/weft/cmd/internal/table"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// maxRoots is how many roots are shown without a limit, and at most.
const maxRoots = 200

// result is what the database said.
type result struct {
	// Rows are the roots as documents, each with what was populated; nil for groups.
	Rows []any `json:"rows"`
	// Table holds groups.
	Table *table.Table `json:"table,omitempty"`
	// Count is the answer to a count.
	Count *int64 `json:"count,omitempty"`
	// More reports that roots were left out.
	More bool `json:"more,omitempty"`
	// Took is the time of it all, in nanoseconds.
	Took   int64   `json:"took"`
	Events []Event `json:"events"`
}

func (s *Studio) run(r *http.Request, in *query) (*result, error) {
	words, err := in.words()
	if err != nil {
		return nil, err
	}
	request, err := words.Request(s.db.Registry())
	if err != nil {
		return nil, err
	}
	if _, err := words.Report(s.db.Registry(), []string{s.target()}); err != nil {
		return nil, err // with the place of the mistake
	}
	ctx, events := collect(r.Context())
	out := &result{}
	start := time.Now()
	switch {
	case request.Grouped():
		err = s.groups(ctx, request, out)
	case words.Count:
		var n int64
		n, err = orm.CountAny(ctx, s.db.Fork(), request.Entity.Name, request.Where, orm.WithoutFilter())
		out.Count = &n
	default:
		err = s.find(ctx, words, request, out)
	}
	out.Took, out.Events = int64(time.Since(start)), events.events()
	return out, err
}

// target is the back end that speaks the engine's language; an engine in memory has none.
func (s *Studio) target() string {
	if name := s.db.Engine().Caps().Name; slices.Contains(compile.Targets(), name) {
		return name
	}
	return compile.Targets()[0]
}

func (s *Studio) find(ctx context.Context, words *ask.Query, r *plan.Request, out *result) error {
	limit := maxRoots
	if words.Limit >= 0 {
		limit = min(limit, words.Limit)
	}
	em := s.db.Fork()
	list, err := orm.FindAny(ctx, em, r.Entity.Name, r.Where, append(options(r), orm.Limit(limit+1))...)
	if err != nil {
		return err
	}
	if len(list) > limit {
		list, out.More = list[:limit], words.Limit < 0 || words.Limit > limit
	}
	out.Rows = make([]any, len(list))
	for i, x := range list {
		dto, err := orm.ToDTO(em, x)
		if err != nil {
			return err
		}
		out.Rows[i] = plain(dto)
	}
	return nil
}

// options are those of a find, but for the limit.
func options(r *plan.Request) []orm.FindOption {
	// Filters of the mapping are off: whoever looks wants to see what is there.
	opts := []orm.FindOption{orm.WithoutFilter(), orm.PopulateHint(r.Populate...)}
	if r.PopulateWhere != nil {
		opts = append(opts, orm.PopulateWhere(r.PopulateWhere))
	}
	if len(r.Fields) > 0 {
		opts = append(opts, orm.Fields(r.Fields...))
	}
	for _, o := range r.Order {
		opts = append(opts, orm.OrderBy(o))
	}
	if r.Offset >= 0 {
		opts = append(opts, orm.Offset(r.Offset))
	}
	if r.Strategy != "" {
		opts = append(opts, orm.Strategy(r.Strategy))
	}
	return opts
}

// groups runs a query whose rows are no entities.
func (s *Studio) groups(ctx context.Context, r *plan.Request, out *result) error {
	steps, err := plan.Make(r)
	if err != nil {
		return err
	}
	out.Table, err = live.Run(ctx, s.db.Engine(), steps[0])
	if err == nil {
		for _, row := range out.Table.Rows {
			for i := range row {
				row[i] = plain(table.Plain(row[i]))
			}
		}
	}
	return err
}

// comparison is one strategy on the real data.
type comparison struct {
	Strategy   string  `json:"strategy"`
	Statements int     `json:"statements"`
	Took       int64   `json:"took"`
	Events     []Event `json:"events"`
	Error      string  `json:"error,omitempty"`
}

// compare runs a find with each strategy, three times, and tells the fastest.
func (s *Studio) compare(r *http.Request, in *query) ([]comparison, error) {
	var out []comparison
	for _, name := range []string{"select-in", "joined", "balanced"} {
		one := *in
		one.Strategy, one.Count = name, false
		best := comparison{Strategy: name}
		for range 3 {
			res, err := s.run(r, &one)
			if err != nil {
				if name == "select-in" {
					return nil, err
				}
				best.Error = err.Error()
				break
			}
			if best.Took == 0 || res.Took < best.Took {
				best.Took, best.Events = res.Took, res.Events
				best.Statements = len(slices.DeleteFunc(slices.Clone(res.Events), func(e Event) bool { return e.Kind != "query" }))
			}
		}
		out = append(out, best)
	}
	return out, nil
}

// explanation is the database's plan of the main statement.
type explanation struct {
	Plan *live.Node `json:"plan"`
	// Missing suggests indexes for what is read from end to end.
	Missing []string `json:"missing"`
}

func (s *Studio) explain(r *http.Request, in *query) (*explanation, error) {
	words, err := in.words()
	if err != nil {
		return nil, err
	}
	report, err := words.Report(s.db.Registry(), []string{s.target()})
	if err != nil {
		return nil, err
	}
	main := report.Targets[0].Steps[0]
	if main.Statement.Err != nil {
		return nil, main.Statement.Err
	}
	node, err := live.Plan(r.Context(), s.db.Engine(), main.Statement)
	if err != nil {
		return nil, err
	}
	missing, err := s.missing(r.Context(), node, main)
	return &explanation{Plan: node, Missing: missing}, err
}

// missing tells of what is read from end to end although an index could serve the condition.
func (s *Studio) missing(ctx context.Context, n *live.Node, of *render.Step) ([]string, error) {
	list := []string{}
	if !scans(n) || of.Plan.Query.Where == nil {
		return list, nil
	}
	indexes, err := schema.IndexedColumns(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for _, column := range indexcover.Wanted(of.Plan.Query.Where, indexes) {
		list = append(list, column+" has no index: the option index in the tag of its property makes one")
	}
	return list, nil
}

// scans reports a plan in which something is read from end to end.
func scans(n *live.Node) bool { return n.Scan != "" || slices.ContainsFunc(n.Inner, scans) }
