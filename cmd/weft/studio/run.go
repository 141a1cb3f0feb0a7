package studio

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/live"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/cmd/internal/render"
	"github.com/weft-orm/weft/cmd/internal/table"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
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
	case len(words.Group) > 0 || words.Having != "" || slices.ContainsFunc(words.Fields, aggregate):
		err = s.groups(ctx, request, out)
	case words.Count:
		var n int64
		n, err = orm.CountAny(ctx, s.db.Fork(), request.Entity.Name, request.Where, filters(words)...)
		out.Count = &n
	default:
		err = s.find(ctx, words, request, out)
	}
	out.Took, out.Events = int64(time.Since(start)), events.events()
	return out, err
}

func aggregate(field string) bool { return strings.HasSuffix(field, ")") }

// target is the back end that speaks the engine's language; an engine in memory has none.
func (s *Studio) target() string {
	if name := s.db.Engine().Caps().Name; slices.Contains(compile.Targets(), name) {
		return name
	}
	return compile.Targets()[0]
}

// filters switches the mapping's filters off: whoever looks wants to see what is there.
func filters(*ask.Query) []orm.FindOption { return []orm.FindOption{orm.WithoutFilter()} }

func (s *Studio) find(ctx context.Context, words *ask.Query, r *plan.Request, out *result) error {
	limit := maxRoots
	if words.Limit >= 0 {
		limit = min(limit, words.Limit)
	}
	em := s.db.Fork()
	list, err := orm.FindAny(ctx, em, r.Entity.Name, r.Where, append(options(words, r), orm.Limit(limit+1))...)
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
func options(words *ask.Query, r *plan.Request) []orm.FindOption {
	opts := append(filters(words), orm.PopulateHint(r.Populate...))
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
	return &explanation{Plan: node, Missing: s.missing(node, main)}, nil
}

var (
	aliased    = regexp.MustCompile("[\"`](\\w+)[\"`] AS [\"`](e\\d+)[\"`]")
	mentioned  = regexp.MustCompile("[\"`](e\\d+)[\"`]\\.[\"`](\\w+)[\"`]")
	afterWhere = regexp.MustCompile(`\b(?:WHERE|ON)\b`)
)

// missing suggests an index for each column that a condition compares in a table that is
// read from end to end.
func (s *Studio) missing(n *live.Node, of *render.Step) []string {
	tables := map[string]string{}
	for _, m := range aliased.FindAllStringSubmatch(of.Statement.Text, -1) {
		tables[m[2]] = m[1]
	}
	list := []string{}
	compared := mentioned.FindAllStringSubmatch(strings.Join(afterWhere.Split(of.Statement.Text, -1)[1:], " "), -1)
	for _, alias := range scanned(n) {
		for _, m := range compared {
			if m[1] != alias {
				continue
			}
			if text := s.unindexed(tables[alias], m[2]); text != "" && !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list
}

func scanned(n *live.Node) []string {
	var list []string
	if n.Scan != "" {
		list = append(list, n.Scan)
	}
	for _, inner := range n.Inner {
		list = append(list, scanned(inner)...)
	}
	return list
}

// unindexed says how to index a column that begins no index, "" for one that does.
func (s *Studio) unindexed(tableName, column string) string {
	for _, e := range s.db.Registry().Entities() {
		if e.Table == nil || e.Table.Name != tableName {
			continue
		}
		i := slices.IndexFunc(e.Columns, func(c *mapper.Column) bool { return c.Name == column })
		if i < 0 || e.Columns[i].Property == nil {
			continue
		}
		c := e.Columns[i]
		begins := func(x *mapper.Index) bool { return len(x.Columns) > 0 && x.Columns[0] == c }
		if c.Property.Unique || len(e.KeyColumns) > 0 && e.KeyColumns[0] == c || slices.ContainsFunc(e.Indexes, begins) {
			return ""
		}
		return e.Name + "." + c.Property.Path + " has no index: add the option index to its tag"
	}
	return ""
}
