package load

import (
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// reader turns the rows of a statement into a graph of managed entities. Readers
// are kept with their statement for the next query.
type reader struct {
	st      *statement
	unit    *unit.Unit
	opts    *Options
	root    *hydration
	all     []*hydration // the root and the joined relations, in column order
	targets []any
	// owner reads the key in front of the rows of a relation; nil without one.
	owner *mapper.KeyRow
	// behind are the destinations of the columns behind those of the sources.
	behind []any
}

// newReader returns a reader, to be released when nobody asks it anything more.
func newReader(l *Loader, st *statement, o *Options) *reader {
	u := l.unit
	r, ok := st.readers.Get().(*reader)
	if !ok {
		r = &reader{st: st}
		r.root = r.add(st.root, nil)
	}
	r.unit, r.opts = u, o
	for _, h := range r.all {
		h.loader, h.unit, h.opts = l, u, o
	}
	return r
}

// expect makes room for as many rows as the statement is likely to have. The entities
// of one read then lie together, but for those of several types.
func (r *reader) expect() {
	n := r.st.expected()
	r.unit.Expect(r.root.src.meta, n)
	for _, h := range r.all {
		if h.together = !h.src.hydrator.Polymorphic(); h.together {
			h.fresh.Entities(h.src.meta, n)
		}
		n = 0 // how many targets are joined is not known
	}
}

// release gives the reader, which may be nil, back to its statement.
func (r *reader) release() {
	if r == nil {
		return
	}
	clear(r.targets)
	r.behind = nil
	r.unit, r.opts = nil, nil
	for _, h := range r.all {
		h.release()
	}
	r.st.readers.Put(r)
}

// add plans a source and those joined to it, depth first.
func (r *reader) add(s *source, parent *hydration) *hydration {
	h := &hydration{src: s, cur: s.hydrator.Row(), parent: parent}
	r.all = append(r.all, h)
	for _, joined := range s.joined {
		r.add(joined, h)
	}
	return h
}

// row reads one row, with the columns in front of it, and returns its root.
func (r *reader) row(rows driver.Rows, front []any) (*managed, error) {
	r.targets = append(r.targets[:0], front...)
	for _, h := range r.all {
		r.targets = append(r.targets, h.bind()...)
	}
	r.targets = append(r.targets, r.behind...)
	if err := rows.Scan(r.targets); err != nil {
		return nil, r.misfit(rows, len(front), err)
	}
	for _, h := range r.all {
		var err error
		if h.found, err = h.accept(); err != nil {
			return nil, r.misfit(rows, len(front), err)
		}
		if h.parent != nil && h.parent.found != nil && h.parent.found.Meta.IsSubtypeOf(h.src.node.Relation.Entity) {
			h.link(h.parent.found, h.found)
		}
	}
	return r.root.found, nil
}

// finish wires joined relations, once all rows were read.
func (r *reader) finish() {
	for _, h := range r.all[1:] {
		p := h.src.node.Relation
		for _, owner := range h.owners {
			h.wire(owner, p, h.groups.lists[owner])
		}
	}
}

// found returns the targets of a joined node, each once, in order of appearance.
func (r *reader) found(path string) []*managed {
	for _, h := range r.all[1:] {
		if h.src.node.Path != path {
			continue
		}
		var list []*managed
		seen := map[*managed]bool{}
		for _, owner := range h.owners {
			for _, m := range h.groups.lists[owner] {
				if !seen[m] {
					seen[m] = true
					list = append(list, m)
				}
			}
		}
		return list
	}
	return nil
}

// link remembers that a row holds owner and target together; target is nil
// where the outer join found none.
func (h *hydration) link(owner, target *managed) {
	if _, known := h.groups.lists[owner]; !known {
		h.owners = append(h.owners, owner)
		h.groups.put(owner, nil)
	}
	if target != nil {
		h.groups.add(owner, target)
	}
}

// wire gives a relation of owner its targets.
func (h *hydration) wire(owner *managed, p *mapper.Property, targets []*managed) {
	switch {
	case p.Kind.IsToMany():
		if !h.unit.ItemsLoaded(owner, p) || h.opts.Refresh {
			h.unit.SetItems(owner, p, targets, restricted(h.src.node))
		}
	case !p.Relation.Owning && len(targets) > 0:
		h.unit.SetTarget(owner, p, targets[0])
	case !p.Relation.Owning && slices.Contains(h.parent.src.doubtful, p): // see Loader.hidden
	case !p.Relation.Owning && !owner.Loaded.Has(p.Index) && !restricted(h.src.node):
		h.unit.SetTarget(owner, p, nil)
	case len(targets) == 0:
		h.unit.Hide(h.unit.Reference(owner, p))
	default:
		h.unit.Own(owner, p)
		h.unit.Point(owner, p)
	}
}

// groups are entities by what they belong to, each once in its group, in order of
// appearance.
type groups[K comparable] struct {
	lists map[K][]*managed
	// seen has the members of long groups.
	seen map[K]map[*managed]struct{}
}

// add puts m into a group, unless it is there.
func (g *groups[K]) add(key K, m *managed) {
	if list := g.lists[key]; !g.has(key, list, m) {
		g.put(key, append(list, m))
	}
}

// put replaces a group.
func (g *groups[K]) put(key K, list []*managed) {
	if g.lists == nil {
		g.lists = map[K][]*managed{}
	}
	g.lists[key] = list
}

// has reports whether m is in the list of a group, and counts it as a member of a long one.
func (g *groups[K]) has(key K, list []*managed, m *managed) bool {
	const few = 32
	if len(list) < few {
		return slices.Contains(list, m)
	}
	set := g.seen[key]
	if set == nil {
		set = make(map[*managed]struct{}, 2*len(list))
		for _, x := range list {
			set[x] = struct{}{}
		}
		if g.seen == nil {
			g.seen = map[K]map[*managed]struct{}{}
		}
		g.seen[key] = set
	}
	before := len(set)
	set[m] = struct{}{}
	return len(set) == before
}
