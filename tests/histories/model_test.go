package histories_test

import (
	"maps"
	"slices"
)

// The model of the project: rows and edges in a database, and what one unit holds of
// them. Entities are known by handles, the numbers in their property H.

// edges are those of one association: the rights of each left, in order.
type edges map[int][]int

func (e edges) has(l, r int) bool { return slices.Contains(e[l], r) }

func (e edges) add(l, r int) {
	if !e.has(l, r) {
		e[l] = append(slices.Clip(e[l]), r)
	}
}

func (e edges) drop(l, r int) {
	rest := slices.DeleteFunc(slices.Clone(e[l]), func(x int) bool { return x == r })
	if e[l] = rest; len(rest) == 0 {
		delete(e, l)
	}
}

// lefts returns those that lead to r, in order of their handles.
func (e edges) lefts(r int) []int {
	var out []int
	for l, rights := range e {
		if slices.Contains(rights, r) {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

// row is a row of a table.
type row struct {
	typ     *typ
	values  []any
	version int
}

// database is what the tables hold.
type database struct {
	rows  map[int]*row
	edges []edges // by assoc.at
}

func (d database) clone() database {
	c := database{make(map[int]*row, len(d.rows)), cloneEdges(d.edges)}
	for h, r := range d.rows {
		own := *r
		own.values = slices.Clone(r.values)
		c.rows[h] = &own
	}
	return c
}

func cloneEdges(list []edges) []edges {
	c := make([]edges, len(list))
	for i, e := range list {
		c[i] = maps.Clone(e) // the slices are never written to
	}
	return c
}

// status is what a unit thinks of an object.
type status int

const (
	fresh    status = iota // to be inserted
	managed                // has a row
	removed                // has a row that is to be deleted
	dead                   // was fresh and is removed: nothing
	detached               // is not in the unit, but the user still has it
)

// object is an entity in memory.
type object struct {
	typ    *typ
	status status
	// persisted says that a fresh object was given to Persist; else something holds it.
	persisted bool
	holder    place
	values    []any
	// unread scalars were not asked for; part says that it was read in part.
	unread map[int]bool
	part   bool
	// loaded views are in memory for sure; partial ones hold some of their items.
	loaded, partial map[int]bool
	// known are lists that may have been read, or set, since the object came to the unit.
	known map[int]bool
}

func (o *object) clone() *object {
	c := *o
	c.values, c.unread = slices.Clone(o.values), maps.Clone(o.unread)
	c.loaded, c.partial, c.known = maps.Clone(o.loaded), maps.Clone(o.partial), maps.Clone(o.known)
	return &c
}

// living objects are in the unit and stay there.
func (o *object) living() bool { return o != nil && (o.status == fresh || o.status == managed) }

// place is a view of an object.
type place struct{ h, view int }

// change is what the user left in a plain view.
type change struct {
	list []int
	// maybe says that the unit may have looked at it since, seen are the edges that
	// differed then: other views may show them by now.
	maybe bool
	seen  []pairing
	// idle says that a read may have flushed since, and found nothing to write.
	idle bool
	// said says that it was not read when it was assigned, so that it says something whatever is stored.
	said bool
}

// model is a database and one unit.
type model struct {
	*project
	db database
	// outside is what others see of it while a transaction is open, nil outside of one.
	outside *database
	mem     map[int]*object
	// edges are those the unit knows of or should: of the database, with all that was
	// done by views that have met since.
	edges []edges
	// over are plain views that differ from edges.
	over map[place]change
	// wiped are collections that were emptied without being read.
	wiped map[place]bool
	// unsure are collections to which something was added, or out of which it was taken, without
	// their being read: whether it was there only the database knows.
	unsure map[place]bool
	// near are rows that something in memory has led to since the unit was cleared, so that it may
	// know them; all copies of the model share it.
	near map[int]bool
	// wipes counts them.
	wipes int
	// given are objects that a refresh inside of the open transaction gave what is stored: that the
	// user assigns the same once more nobody can see, and it is not there any more after a rollback.
	given map[int]bool
	// heads are, for lists that several other sides joined in one flush, how many items
	// stand in a known order: the rest may have any.
	heads map[int]int
}

func newModel(s *project) *model {
	m := &model{project: s, mem: map[int]*object{}, over: map[place]change{}, wiped: map[place]bool{}, unsure: map[place]bool{}, given: map[int]bool{}, near: map[int]bool{}}
	m.db = database{rows: map[int]*row{}, edges: make([]edges, len(s.assocs))}
	for i := range m.db.edges {
		m.db.edges[i] = edges{}
	}
	m.edges = cloneEdges(m.db.edges)
	return m
}

func (m *model) clone() *model {
	c := *m
	c.db, c.edges, c.over, c.wiped = m.db.clone(), cloneEdges(m.edges), maps.Clone(m.over), maps.Clone(m.wiped)
	c.given, c.unsure = maps.Clone(m.given), maps.Clone(m.unsure)
	c.mem = make(map[int]*object, len(m.mem))
	for h, o := range m.mem {
		c.mem[h] = o.clone()
	}
	return &c
}

// clear forgets the unit's part.
func (m *model) clear() {
	m.edges = cloneEdges(m.db.edges)
	m.mem, m.over, m.wiped, m.unsure, m.near = map[int]*object{}, map[place]change{}, map[place]bool{}, map[place]bool{}, map[int]bool{}
}

// baseline is what a view showed when all views last met.
func (m *model) baseline(h int, v *view) []int {
	e := m.edges[v.assoc.at]
	if v.left {
		return e[h]
	}
	return e.lefts(h)
}

// content is what a view shows now, as the user left it.
func (m *model) content(h int, v *view) []int {
	if c, ok := m.over[place{h, v.at}]; ok {
		return c.list
	}
	return m.baseline(h, v)
}

// write leaves something in a plain view.
func (m *model) write(h int, v *view, list []int, maybe bool) {
	p := place{h, v.at}
	was := m.over[p]
	same := equalSets(list, m.baseline(h, v)) && (!v.assoc.ordered || !v.left || slices.Equal(list, m.baseline(h, v)))
	if same && len(was.seen) == 0 && !was.said {
		delete(m.over, p)
		return
	}
	m.over[p] = change{list: slices.Clone(list), seen: was.seen, idle: was.idle, said: was.said}
	if maybe {
		m.look(p)
	}
}

func equalSets(a, b []int) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// looked notes that the unit may have looked at all views.
func (m *model) looked() {
	for p := range m.over {
		m.look(p)
	}
	m.resolved()
}

// resolved notes that a flush which came to nothing may have read what lists had that were set unread.
func (m *model) resolved() {
	for p := range m.wiped {
		if o := m.mem[p.h]; o != nil {
			o.known[p.view] = true
		}
	}
}

// idled notes that a read may have flushed, and had nothing to write.
func (m *model) idled() {
	for p, c := range m.over {
		c.idle = true
		m.over[p] = c
	}
}

// look notes it of one view.
func (m *model) look(p place) {
	c := m.over[p]
	if o := m.mem[p.h]; o != nil && o.status == dead {
		return // which nobody looks at
	}
	c.maybe = true
	c.seen = slices.Clone(c.seen)
	for _, x := range m.differing(p) {
		if !slices.Contains(c.seen, x) {
			c.seen = append(c.seen, x)
		}
	}
	m.over[p] = c
}

// say notes what is assigned to a view that was not read: nobody compares that with what is
// stored, so that it is a change even where it is the same.
func (m *model) say(p place, list []int) {
	c, there := m.over[p]
	if !there {
		c.list = slices.Clone(list)
	}
	c.seen, c.said = append(slices.Clip(c.seen), pairsOf(p.h, m.views[p.view], list)...), true
	m.over[p] = c
}

// unsaid reports a view that was not read before what it says now.
func (m *model) unsaid(p place) bool {
	return m.over[p].said || !m.mem[p.h].loaded[p.view]
}

// about are the edges that a changed view is about, or was when it was looked at.
func (m *model) about(p place) []pairing { return append(m.differing(p), m.over[p].seen...) }

// differing are those that it adds or takes away.
func (m *model) differing(p place) []pairing {
	added, taken := m.difference(p)
	return append(added, taken...)
}

// pairsOf are the edges between an object and what its view shows.
func pairsOf(h int, v *view, list []int) []pairing {
	out := make([]pairing, len(list))
	for i, x := range list {
		if out[i] = (pairing{x, h}); v.left {
			out[i] = pairing{h, x}
		}
	}
	return out
}

// pairing is an edge.
type pairing struct{ l, r int }

// placesOf returns the changed views of an association, in a fixed order.
func (m *model) placesOf(a *assoc) []place {
	var out []place
	for p := range m.over {
		if m.views[p.view].assoc == a {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y place) int {
		if x.h != y.h {
			return x.h - y.h
		}
		return x.view - y.view
	})
	return out
}

// difference returns what a changed view adds and takes away.
func (m *model) difference(p place) (added, taken []pairing) {
	v := m.views[p.view]
	now, then := m.over[p].list, m.baseline(p.h, v)
	for _, x := range pairsOf(p.h, v, now) {
		if !slices.Contains(pairsOf(p.h, v, then), x) {
			added = append(added, x)
		}
	}
	for _, x := range pairsOf(p.h, v, then) {
		if !slices.Contains(pairsOf(p.h, v, now), x) {
			taken = append(taken, x)
		}
	}
	return added, taken
}
