package histories_test

import (
	"slices"
)

// What becomes of edges when views meet, by the rules that users are told: a changed
// view moves the others, two changed views agree or are an error.

// meet brings all views of an association together; false is a contradiction.
func (m *model) meet(a *assoc) bool {
	places := m.placesOf(a)
	if len(places) == 0 {
		return true
	}
	e := edges{}
	for l, rights := range m.edges[a.at] {
		e[l] = rights
	}
	var added []pairing
	for _, p := range places {
		more, taken := m.difference(p)
		for _, x := range taken {
			e.drop(x.l, x.r)
		}
		added = append(added, more...)
	}
	if !a.links && contradicts(a, added) {
		return false
	}
	for _, x := range added {
		m.connect(a, e, x)
	}
	if a.ordered {
		m.unordered(a, e, added)
	}
	for _, p := range places {
		if v := m.views[p.view]; a.ordered && v.left {
			e[p.h] = reordered(m.over[p].list, e[p.h])
		}
		if o := m.mem[p.h]; o != nil && m.views[p.view].style == asPointer {
			o.loaded[p.view] = !slices.ContainsFunc(m.over[p].list, func(x int) bool { return m.mem[x] == nil }) // which were forgotten
		}
		delete(m.over, p)
	}
	for l, rights := range e {
		if len(rights) == 0 {
			delete(e, l)
		}
	}
	m.edges[a.at] = e
	return true
}

// unordered notes the lists at whose end several items stand that joined from their side.
func (m *model) unordered(a *assoc, e edges, added []pairing) {
	for l, items := range e {
		listed := m.over[place{l, a.leftView().at}].list
		tail, own := 0, 0
		for _, x := range added {
			switch {
			case x.l != l:
			case !slices.Contains(listed, x.r):
				tail++
			default:
				own++
			}
		}
		switch {
		case tail > 0 && own > 0 && m.maybeShown(a, l):
			m.heads[l] = len(items) - tail - own
		case tail > 1:
			m.heads[l] = len(items) - tail
		}
	}
}

// maybeShown reports changes by the other side that a list may have shown before it was
// changed itself.
func (m *model) maybeShown(a *assoc, l int) bool {
	for _, p := range m.placesOf(a) {
		for _, x := range m.over[p].seen {
			if !m.views[p.view].left && m.over[p].maybe && x.l == l {
				return true
			}
		}
	}
	return false
}

// contradicts reports a left with two rights, or two lefts where one must be.
func contradicts(a *assoc, added []pairing) bool {
	for i, x := range added {
		for _, y := range added[:i] {
			if x.l == y.l && x.r != y.r || a.oneToOne && x.r == y.r && x.l != y.l {
				return true
			}
		}
	}
	return false
}

// connect adds an edge and takes away those that it displaces.
func (m *model) connect(a *assoc, e edges, x pairing) {
	if e.has(x.l, x.r) {
		return
	}
	if !a.links {
		delete(e, x.l)
	}
	if a.oneToOne && a.side(false) != nil { // else nobody tells who was there before
		for _, l := range e.lefts(x.r) {
			delete(e, l)
		}
	}
	e.add(x.l, x.r)
}

// reordered puts what stands in list into its order, and keeps the rest behind.
func reordered(list, items []int) []int {
	var out []int
	for _, x := range list {
		if slices.Contains(items, x) {
			out = append(out, x)
		}
	}
	for _, x := range items {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// marks are what a change of edges is about: two changes by different views with a
// mark in common are one that the rules may see as a contradiction.
func (a *assoc) marks(changed []pairing) []pairing {
	if a.links {
		return changed
	}
	var out []pairing
	for _, x := range changed {
		out = append(out, pairing{l: x.l})
		if a.oneToOne {
			out = append(out, pairing{r: x.r})
		}
	}
	return out
}

// mayChange reports that a change of edges by a view has one meaning: no other view
// was changed about the same, and what the unit may or may not have seen does not matter.
func (m *model) mayChange(h int, v *view, changed []pairing) bool {
	marks := v.assoc.marks(changed)
	for _, p := range m.placesOf(v.assoc) {
		if p == (place{h, v.at}) {
			if m.over[p].maybe && (v.many || !v.left) {
				return false
			}
			continue
		}
		for _, x := range v.assoc.marks(m.about(p)) {
			if slices.Contains(marks, x) {
				return false
			}
		}
	}
	for _, x := range changed {
		if m.inWipe(v.assoc, x) {
			return false
		}
	}
	return true
}

// inWipe reports an edge that was wiped without being read: what is read now shows it still.
func (m *model) inWipe(a *assoc, x pairing) bool {
	for p := range m.wiped {
		v := m.views[p.view]
		if v.assoc != a {
			continue
		}
		for _, y := range pairsOf(p.h, v, m.stored(p.h, v)) {
			if y == x || !a.links && y.l == x.l {
				return true
			}
		}
	}
	return false
}

// stored is what the database says of a view.
func (m *model) stored(h int, v *view) []int {
	e := m.db.edges[v.assoc.at]
	if v.left {
		return e[h]
	}
	return e.lefts(h)
}
