package histories_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// differences are what a database holds otherwise than the model, a line each.
func (m *model) differences(got database) []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, h := range bothKeys(m.db.rows, got.rows) {
		want, have := m.db.rows[h], got.rows[h]
		switch {
		case have == nil:
			report("%s %d is not stored", want.typ.name, h)
		case want == nil:
			report("%s %d is stored, and should not be", have.typ.name, h)
		default:
			out = append(out, want.differences(h, have)...)
		}
	}
	for _, a := range m.assocs {
		want, have := m.db.edges[a.at], got.edges[a.at]
		for _, l := range bothKeys(want, have) {
			if same := equalSets(want[l], have[l]); !same || a.ordered && !slices.Equal(want[l], have[l]) {
				report("%s of %d is %v in the database, want %v", a.name, l, have[l], want[l])
			}
		}
	}
	return out
}

// differences of one row.
func (r *row) differences(h int, got *row) []string {
	if r.typ != got.typ {
		return []string{fmt.Sprintf("%d is a %s, want a %s", h, got.typ.name, r.typ.name)}
	}
	var out []string
	for i, s := range r.typ.scalars {
		if r.values[i] != got.values[i] {
			out = append(out, fmt.Sprintf("%s.%s of %d is %#v in the database, want %#v", r.typ.name, s.name, h, got.values[i], r.values[i]))
		}
	}
	if r.typ.version && r.version != got.version {
		out = append(out, fmt.Sprintf("version of %s %d is %d in the database, want %d", r.typ.name, h, got.version, r.version))
	}
	return out
}

// bothKeys are the keys of two maps in order.
func bothKeys[V any](a, b map[int]V) []int {
	keys := slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b)))
	slices.Sort(keys)
	return slices.Compact(keys)
}

// indented puts lines below each other.
func indented(lines []string) string { return "\n\t" + strings.Join(lines, "\n\t") }
