package contest

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/weft-orm/weft/internal/draw"
)

// Text is what WriteText writes.
func (r *Result) Text() []byte {
	var b bytes.Buffer
	_ = r.WriteText(&b) // memory takes everything
	return b.Bytes()
}

// charted are the entrants of a chart, with their colours.
var charted = []draw.Series{
	{Name: "weft", Colour: "#2563eb"}, {Name: "weft read-only", Colour: "#93c5fd"}, {Name: "gorm", Colour: "#f59e0b"}, {Name: "bun", Colour: "#10b981"}, {Name: "ent", Colour: "#a855f7"}, {Name: "sqlx", Colour: "#9ca3af"},
}

// Charts returns an SVG for each engine: bars of times, as multiples of raw.
func (r *Result) Charts() map[string][]byte {
	rows := map[string][]Row{}
	for _, row := range r.Rows() {
		rows[row.Engine] = append(rows[row.Engine], row)
	}
	charts := map[string][]byte{}
	for engine, list := range rows {
		charts[engine] = chart(engine, list)
	}
	return charts
}

func chart(engine string, rows []Row) []byte {
	bars := &draw.Bars{Title: engine + ": time as a multiple of hand-written code", Left: 260, Unit: 130, End: 5, Series: charted}
	for _, row := range rows {
		group := draw.Group{Label: row.Workload, Values: map[string]float64{}}
		for _, s := range charted {
			if l := row.Line(s.Name); l != nil {
				group.Values[s.Name] = l.OfRaw
			}
		}
		bars.Groups = append(bars.Groups, group)
	}
	return bars.SVG()
}

// The comments between which the tables stand on a page.
const (
	docBegin = "<!-- contest: written by bench/race -->"
	docEnd   = "<!-- contest: end -->"
)

// Pager shows what was measured on a page.
type Pager interface {
	Page(page []byte) ([]byte, error)
}

// WriteDoc writes the tables of the page at path anew.
func WriteDoc(path string, of Pager) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page, err = of.Page(page)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, page, 0o644)
}

// Page returns a page with the tables of the result.
func (r *Result) Page(page []byte) ([]byte, error) {
	return between(page, docBegin, docEnd, r.tables())
}

// between returns a page with something new between two comments.
func between(page []byte, begin, end, text string) ([]byte, error) {
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return nil, errNoPlace
	}
	return []byte(before + begin + "\n\n" + text + "\n" + end + after), nil
}

// tables are what the page shows: weft as a multiple of raw and of the best peer.
func (r *Result) tables() string {
	var engines []string
	cells := map[string]string{}
	var order []string
	for _, row := range r.Rows() {
		if len(engines) == 0 || engines[len(engines)-1] != row.Engine {
			engines = append(engines, row.Engine)
		}
		for _, l := range row.Lines {
			if !strings.HasPrefix(l.Entrant, "weft") {
				continue
			}
			name := row.Workload
			if l.Entrant != "weft" {
				name += ", " + strings.TrimPrefix(l.Entrant, "weft ")
			}
			if len(engines) == 1 {
				order = append(order, name)
			}
			cells[row.Engine+name] = ratios(l)
		}
	}
	shortened := ""
	if r.Sizes != FullSizes {
		shortened = " of a short run, with fewer rows in some workloads"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d cores, %s; %s; %s; medians of %d rounds%s.\n\n", r.Machine.CPU, r.Machine.Cores, r.Machine.Go,
		strings.Join(r.Machine.Engines, ", "), strings.Join(r.Machine.Modules, ", "), r.Rounds, shortened)
	fmt.Fprintf(&b, "| weft: × raw / × best peer | %s | goal, × raw (S / P / M) |\n|---|%s---|\n", strings.Join(engines, " | "), strings.Repeat("--:|", len(engines)))
	for _, name := range order {
		fmt.Fprintf(&b, "| %s |", name)
		for _, e := range engines {
			fmt.Fprintf(&b, " %s |", cells[e+name])
		}
		if g, ok := goals[name]; ok {
			fmt.Fprintf(&b, " %g / %g / %g", g[0], g[1], g[2])
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

func ratios(l Line) string {
	switch {
	case l.Failed != "":
		return "disqualified"
	case l.OfPeer == 0:
		return fmt.Sprintf("%.2f", l.OfRaw)
	case l.OfRaw == 0:
		return fmt.Sprintf("- / %.2f", l.OfPeer)
	}
	return fmt.Sprintf("%.2f / %.2f", l.OfRaw, l.OfPeer)
}
