package draw

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
)

// maxRows is how many rows of a step are drawn.
const maxRows = 6

// step is a step of a plan.
type step struct {
	head string
	// makes is the entity whose rows it inserts, "" for other steps.
	makes string
	// breaks reports that it is there because a ring of rows that wait for each other was broken.
	breaks bool
	rows   []string
}

var (
	stepLine = regexp.MustCompile(`^(\d+) ([\w-]+(?: [\w-]+)*?) ([A-Z]\w*(?:\.\w+)*)(.*)$`)
	newRow   = regexp.MustCompile(`<new (\w+) #\d+>`)
)

// Plan turns the text that EntityManager.Plan returns into a graph: the steps from top to
// bottom, an arrow from a step that makes keys to each that waits for them.
func Plan(text string) (dot string, err error) {
	var steps []*step
	var deferred []string
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "deferred "):
			deferred = append(deferred, strings.TrimPrefix(line, "deferred "))
		case strings.HasPrefix(line, "   ") && len(steps) > 0:
			last := steps[len(steps)-1]
			last.rows = append(last.rows, strings.TrimSpace(line))
		default:
			m := stepLine.FindStringSubmatch(line)
			if m == nil {
				return "", fmt.Errorf("%w: %q", ErrPlan, line)
			}
			s := &step{head: m[1] + " " + m[2] + " " + m[3] + m[4], breaks: m[2] == "release" || m[2] == "follow-up"}
			if m[2] == "insert" {
				s.makes = m[3]
			}
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 {
		return "", fmt.Errorf("%w: it has no steps", ErrPlan)
	}
	return planGraph(steps, deferred), nil
}

func planGraph(steps []*step, deferred []string) string {
	var b strings.Builder
	// Letters of one width are as wide wherever the picture is looked at, whatever font is there.
	b.WriteString("digraph plan {\n  node [shape=plain, fontname=\"Courier\", fontsize=11];\n  edge [fontname=\"Courier\", fontsize=9];\n")
	for i, s := range steps {
		fmt.Fprintf(&b, "  s%d [label=<%s>];\n", i, s.table())
		if i > 0 {
			fmt.Fprintf(&b, "  s%d -> s%d [color=\"#9aa4b5\"];\n", i-1, i)
		}
	}
	for i, s := range steps {
		for _, entity := range s.waits() {
			for j := range i {
				if steps[j].makes == entity {
					fmt.Fprintf(&b, "  s%d -> s%d [color=\"#d06a00\", label=%q, constraint=false];\n", j, i, "keys of "+entity)
				}
			}
		}
	}
	if len(deferred) > 0 {
		fmt.Fprintf(&b, "  deferred [shape=note, label=%q];\n  s%d -> deferred [style=dashed, label=\"checked at the end\"];\n", strings.Join(deferred, "\n"), len(steps)-1)
	}
	return b.String() + "}\n"
}

// waits are the entities whose new keys the rows of a step hold.
func (s *step) waits() []string {
	var list []string
	for _, row := range s.rows {
		for _, m := range newRow.FindAllStringSubmatch(row, -1) {
			if !slices.Contains(list, m[1]) {
				list = append(list, m[1])
			}
		}
	}
	return list
}

// table is a step as a label: its head, and its first rows.
func (s *step) table() string {
	var b strings.Builder
	colour := "#e3edf8"
	if s.breaks {
		colour = "#fbe3c8"
	}
	b.WriteString(`<table border="0" cellborder="1" cellspacing="0" cellpadding="5" color="#9aa4b5"><tr><td bgcolor="` + colour + `"><b>` + html.EscapeString(s.head) + `</b></td></tr>`)
	rows := s.rows
	if len(rows) > maxRows {
		rows = rows[:maxRows]
	}
	for _, row := range rows {
		if row != "" {
			b.WriteString(`<tr><td align="left">` + html.EscapeString(row) + `</td></tr>`)
		}
	}
	if more := len(s.rows) - len(rows); more > 0 {
		fmt.Fprintf(&b, `<tr><td align="left">and %d more</td></tr>`, more)
	}
	return b.String() + `</table>`
}
