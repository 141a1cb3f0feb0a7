package schema

import "strings"

// Candidate is a pair that may be one object under a new name.
type Candidate struct {
	// Before is what is dropped, Now what is new: both "table", or both "table.column".
	Before, Now string
}

// Candidates lists what is dropped beside something new of the same kind: two tables,
// or two columns of one table. Only people know whether the one is the other renamed.
func (s *Script) Candidates() []Candidate {
	var list []Candidate
	for _, before := range s.Up.dropped {
		for _, now := range s.Up.added {
			if parent(before) == parent(now) {
				list = append(list, Candidate{before, now})
			}
		}
	}
	return list
}

// parent is the table of a column, "" of a table.
func parent(object string) string {
	table, _, ok := strings.Cut(object, ".")
	if !ok {
		return ""
	}
	return table
}
