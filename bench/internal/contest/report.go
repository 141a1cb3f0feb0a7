package contest

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"strings"
)

// Text is what WriteText writes.
func (r *Result) Text() []byte {
	var b bytes.Buffer
	_ = r.WriteText(&b) // memory takes everything
	return b.Bytes()
}

// charted are the entrants of a chart, with their colours.
var charted = []struct{ name, colour string }{
	{"weft", "#2563eb"}, {"weft read-only", "#93c5fd"}, {"gorm", "#f59e0b"}, {"bun", "#10b981"}, {"ent", "#a855f7"}, {"sqlx", "#9ca3af"},
}

const (
	chartLeft, chartBar, chartGap, chartUnit = 260, 9, 14, 130 // pixels; a unit is the time of raw
	chartEnd                                 = 5.0             // what is slower is cut
)

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
	var b bytes.Buffer
	y := 56
	for _, row := range rows {
		first, top := true, y
		for _, c := range charted {
			l := row.Line(c.name)
			if l == nil || l.OfRaw == 0 {
				continue
			}
			width := min(l.OfRaw, chartEnd) * chartUnit
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.0f" height="%d" fill="%s"/>`, chartLeft, y, width, chartBar-1, c.colour)
			fmt.Fprintf(&b, `<text x="%.0f" y="%d" font-size="8">%.2f</text>`+"\n", chartLeft+width+4, y+chartBar-2, l.OfRaw)
			y += chartBar
			first = false
		}
		if !first {
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", chartLeft-8, (top+y)/2+3, html.EscapeString(row.Workload))
			y += chartGap
		}
	}
	var out bytes.Buffer
	width := int(chartLeft + chartEnd*chartUnit + 50)
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">`+"\n", width, y+10)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="white"/><text x="10" y="18" font-size="14">%s: time as a multiple of hand-written code</text>`+"\n", engine)
	for i, c := range charted {
		fmt.Fprintf(&out, `<rect x="%d" y="28" width="9" height="9" fill="%s"/><text x="%d" y="36">%s</text>`+"\n", 10+i*105, c.colour, 23+i*105, c.name)
	}
	fmt.Fprintf(&out, `<line x1="%d" x2="%d" y1="46" y2="%d" stroke="#111"/>`+"\n", chartLeft+chartUnit, chartLeft+chartUnit, y)
	out.Write(b.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// The comments between which WriteDoc writes.
const (
	docBegin = "<!-- contest: written by bench/race -->"
	docEnd   = "<!-- contest: end -->"
)

// WriteDoc writes the tables of the page at path anew.
func (r *Result) WriteDoc(path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page, err = r.Page(page)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, page, 0o644)
}

// Page returns a page with the tables of the result.
func (r *Result) Page(page []byte) ([]byte, error) {
	before, rest, ok := strings.Cut(string(page), docBegin)
	_, after, closed := strings.Cut(rest, docEnd)
	if !ok || !closed {
		return nil, errNoPlace
	}
	return []byte(before + docBegin + "\n\n" + r.tables() + "\n" + docEnd + after), nil
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
