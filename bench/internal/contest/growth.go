package contest

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Growth is what a row costs while there are more and more of them.
type Growth struct {
	Machine Machine
	Rounds  int
	Curves  []*Curve
}

// Curve is one workload on one engine.
type Curve struct {
	Engine, Workload string
	Points           []Point
}

// Point is a size: how many rows, and the nanoseconds that one of them took weft and the
// hand-written code, 0 where that cannot.
type Point struct {
	Rows      int
	Weft, Raw float64
}

// growing is a workload that is looked at in several sizes.
type growing struct {
	workload string
	// rows are how many rows are read or written; those of graphs are of all tables.
	rows func(s *Sizes) int
}

var growings = []growing{
	{ReadAll, func(s *Sizes) int { return s.Read }},
	{InsertFlush, func(s *Sizes) int { return s.Write }},
	{Update, func(s *Sizes) int { return s.Write }},
	{DeleteRows, func(s *Sizes) int { return s.Write }},
	{DeleteKeys, func(s *Sizes) int { return s.Write }},
	{Clean, func(s *Sizes) int { return s.Read }},
	{Down, func(s *Sizes) int { return s.Authors * (1 + s.Books*(1+s.Tags)) }},
	{Graph, func(s *Sizes) int { return s.Graph * (1 + 10*(1+3)) }},
}

// growth are the sizes, each with what is looked at in it. The last are those of reads alone:
// a million rows are read at once by some, and written at once by nobody.
var growth = []struct {
	sizes     Sizes
	workloads []string
}{
	{sized(1000, 1000, 10, 25), allGrowing()},
	{sized(10_000, 10_000, 100, 250), allGrowing()},
	{sized(100_000, 100_000, 1000, 2500), allGrowing()},
	{sized(1_000_000, 1000, 10, 25), []string{ReadAll, Clean}},
}

func sized(read, write, authors, graph int) Sizes {
	return Sizes{Read: read, Stream: 1000, Write: write, Changed: 10, Keys: 1, Flushes: 1, Authors: authors, Books: 20, Tags: 3, Graph: graph}
}

func allGrowing() []string {
	list := make([]string, len(growings))
	for i, g := range growings {
		list[i] = g.workload
	}
	return list
}

// RunGrowth measures weft and the hand-written code in growing sizes. Of the options it
// heeds engines, workloads, rounds, the seed and the log.
func RunGrowth(ctx context.Context, o Options) (*Growth, error) {
	g := &Growth{Rounds: o.Rounds}
	asked := o.Workloads
	o.Entrants = []string{"weft"}
	for _, step := range growth {
		o.Sizes, o.Workloads = step.sizes, nil
		for _, w := range step.workloads {
			if slices.Contains(asked, w) {
				o.Workloads = append(o.Workloads, w)
			}
		}
		if len(o.Workloads) == 0 {
			continue
		}
		r, err := Run(ctx, o)
		if err != nil {
			return nil, err
		}
		g.Machine = r.Machine
		if err := g.add(r); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// add takes the points of one size.
func (g *Growth) add(r *Result) error {
	for _, row := range r.Rows() {
		raw, weft := row.Line("raw"), row.Line("weft")
		if raw == nil || weft == nil {
			continue
		}
		if weft.Failed != "" && raw.Failed == "" {
			return fmt.Errorf("%s: %s: weft: %s", row.Engine, row.Workload, weft.Failed)
		}
		at := slices.IndexFunc(growings, func(x growing) bool { return x.workload == row.Workload })
		rows := growings[at].rows(&r.Sizes)
		c := g.curve(row.Engine, row.Workload)
		c.Points = append(c.Points, Point{Rows: rows, Weft: weft.WallMedian / float64(rows), Raw: raw.WallMedian / float64(rows)})
	}
	return nil
}

func (g *Growth) curve(engine, workload string) *Curve {
	for _, c := range g.Curves {
		if c.Engine == engine && c.Workload == workload {
			return c
		}
	}
	c := &Curve{Engine: engine, Workload: workload}
	g.Curves = append(g.Curves, c)
	return c
}

// The comments between which the growth stands on a page.
const (
	growthBegin = "<!-- growth: written by bench/race -->"
	growthEnd   = "<!-- growth: end -->"
)

// Page returns a page with the table of the growth.
func (g *Growth) Page(page []byte) ([]byte, error) {
	return between(page, growthBegin, growthEnd, g.table())
}

// table shows what a row takes, in microseconds, and behind it what it takes the hand-written code.
func (g *Growth) table() string {
	var engines, order, counts []string
	cells := map[string]string{}
	for _, c := range g.Curves {
		if !slices.Contains(engines, c.Engine) {
			engines = append(engines, c.Engine)
		}
		name := workloadOf(c.Workload)
		if !slices.Contains(order, name) {
			order, counts = append(order, name), append(counts, c.sizes())
		}
		cells[c.Engine+name] = c.prices()
	}
	var b strings.Builder
	rounds := fmt.Sprintf("medians of %d rounds", g.Rounds)
	if g.Rounds == 1 {
		rounds = "one round"
	}
	fmt.Fprintf(&b, "%s, %d cores, %s; %s.\n\n", g.Machine.CPU, g.Machine.Cores, g.Machine.Go, rounds)
	fmt.Fprintf(&b, "| µs for a row: weft (by hand) | rows | %s |\n|---|---|%s\n", strings.Join(engines, " | "), strings.Repeat("---|", len(engines)))
	for i, name := range order {
		fmt.Fprintf(&b, "| %s | %s |", name, counts[i])
		for _, e := range engines {
			fmt.Fprintf(&b, " %s |", cells[e+name])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// workloadOf is the name of a workload without the number of its rows.
func workloadOf(w string) string {
	return map[string]string{ReadAll: "find", InsertFlush: "new, one flush", Update: "update by flush", DeleteRows: "delete by flush",
		DeleteKeys: "delete by a list of keys", Clean: "flush, all clean", Down: "populate two levels", Graph: "persist a graph"}[w]
}

func (c *Curve) sizes() string {
	list := make([]string, len(c.Points))
	for i, p := range c.Points {
		list[i] = grouped(p.Rows)
	}
	return strings.Join(list, " / ")
}

func (c *Curve) prices() string {
	list := make([]string, len(c.Points))
	for i, p := range c.Points {
		list[i] = fmt.Sprintf("%s (%s)", micros(p.Weft), micros(p.Raw))
	}
	return strings.Join(list, " / ")
}

// micros are nanoseconds in microseconds, with two digits that say something.
func micros(ns float64) string {
	if ns == 0 {
		return "-"
	}
	if ns >= 9950 {
		return fmt.Sprintf("%.0f", ns/1000)
	}
	if ns >= 995 {
		return fmt.Sprintf("%.1f", ns/1000)
	}
	return fmt.Sprintf("%.2g", ns/1000)
}

// grouped writes a number with commas.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
