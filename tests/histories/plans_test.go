package histories_test

import (
	"cmp"
	"slices"
	"strings"
)

// planStep is a step of a plan: what it does, and its rows.
type planStep struct {
	head string
	rows []string
}

// perhaps is the mark of links of which only the database knows whether they are there.
const perhaps = " unless there"

// samePlans compares two plans by what they write, whatever the order of the rows of one step
// and of neighbouring steps of one kind and entity: entities that nobody persisted join the
// unit when a flush first meets them, and rows are written in the order of keys that the
// database makes. What was read since may tell one plan that a link is there, or not, of which
// only the database knows by the other: those marked so, and those taken out of lists that are
// unsure.
func samePlans(one, other string, unsure []string) bool {
	a, b := stepsOf(one), stepsOf(other)
	x, y := surely(a, excess(b, a, unsure)), surely(b, excess(a, b, unsure))
	return slices.EqualFunc(x, y, func(s, t planStep) bool { return s.head == t.head && slices.Equal(s.rows, t.rows) })
}

// stepsOf reads a plan.
func stepsOf(plan string) []planStep {
	var steps []planStep
	for line := range strings.Lines(plan) {
		if n := len(steps); strings.HasPrefix(line, " ") && n > 0 {
			steps[n-1].rows = append(steps[n-1].rows, line)
		} else {
			steps = append(steps, planStep{head: strings.TrimSpace(line)})
		}
	}
	return steps
}

// linkRows are the rows of the steps that are sure, or of those that are not, with their heads.
func linkRows(list []planStep, doubtful bool) (out []string) {
	for _, s := range list {
		head, is := strings.CutSuffix(s.head, perhaps)
		for _, row := range s.rows {
			if is == doubtful {
				out = append(out, head+row)
			}
		}
	}
	return out
}

// excess are the sure rows that list has beyond those of other, and that other is in doubt about.
func excess(other, list []planStep, unsure []string) []string {
	more := subtract(linkRows(list, false), linkRows(other, false))
	sure := slices.DeleteFunc(slices.Clone(more), func(row string) bool {
		return slices.ContainsFunc(unsure, func(head string) bool { return strings.HasPrefix(row, head) })
	})
	return subtract(more, subtract(sure, linkRows(other, true)))
}

// subtract takes the rows of less out of list, each once.
func subtract(list, less []string) []string {
	for _, row := range less {
		if i := slices.Index(list, row); i >= 0 {
			list = slices.Delete(list, i, i+1)
		}
	}
	return list
}

// surely are the sure steps of a plan without some rows, each once, sorted.
func surely(list []planStep, rows []string) (out []planStep) {
	for _, s := range list {
		if strings.HasSuffix(s.head, perhaps) {
			continue
		}
		rest := planStep{head: s.head}
		for _, row := range s.rows {
			if i := slices.Index(rows, s.head+row); i >= 0 {
				rows = slices.Delete(rows, i, i+1)
				continue
			}
			rest.rows = append(rest.rows, row)
		}
		if len(rest.rows) > 0 || len(s.rows) == 0 {
			slices.Sort(rest.rows)
			out = append(out, rest)
		}
	}
	for from, to := 0, 0; from < len(out); from = to {
		for to = from + 1; to < len(out) && out[to].head == out[from].head; to++ {
		}
		slices.SortFunc(out[from:to], func(a, b planStep) int {
			return cmp.Compare(strings.Join(a.rows, ""), strings.Join(b.rows, ""))
		})
	}
	return out
}

// unlinks are the heads of the steps that take links out of lists which were not read.
func (m *model) unlinks() (heads []string) {
	for _, places := range []map[place]bool{m.unsure, m.wiped} {
		for p := range places {
			if a := m.views[p.view].assoc; a.links {
				heads = append(heads, "N unlink "+a.left.name+"."+a.leftView().path()+"  ")
			}
		}
	}
	return heads
}
