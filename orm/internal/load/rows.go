package load

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/fault"
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
	// listed says that the destinations stand in targets, and stay for all rows.
	listed bool
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
		if st.repeats || slices.ContainsFunc(r.all, (*hydration).multiplies) {
			r.root.cur.Ask(r.root.knows)
		}
		for _, h := range r.all[1:] {
			h.cur.Ask(h.knows)
		}
	}
	r.unit, r.opts = u, o
	for _, h := range r.all {
		h.loader, h.unit, h.opts, h.since = l, u, o, u.Len()
		s := l.db.Shape(h.src.meta)
		h.quiet = s.Made == nil && !s.Watched && !h.src.hydrator.Polymorphic()
	}
	r.root.lone = o.Apart && len(r.all) == 1 && st.nodes != nil && len(st.nodes.Nodes) == 0 && !st.root.loops
	return r
}

// expect makes room for n rows, 0 for a number that is not known. The entities of one
// read then lie together, but for those of several types.
func (r *reader) expect(n int) {
	all := 0
	for _, h := range r.all {
		h.room, h.since = h.src.room(n), r.unit.Len()
		if h.together = !h.src.hydrator.Polymorphic(); h.together {
			h.fresh.Entities(h.src.meta, h.room)
		}
		if h.together && !r.root.lone {
			r.unit.ExpectOf(h.src.meta, h.room)
		}
		if all += h.room; h.parent != nil && !h.wired {
			h.links.expect(h.parent.room, int(h.src.pairs.Load()))
		}
	}
	if !r.root.lone {
		r.unit.Expect(max(all, int(r.st.graph.Load())))
	}
}

// learn takes note of how many entities were made.
func (r *reader) learn() {
	for _, h := range r.all {
		if h.made > 0 {
			learn(&h.src.made, h.made)
		}
		if n := len(h.links.owner); n > 0 {
			learn(&h.src.pairs, n)
		}
	}
}

// pass is expect for a page of a stream.
func (r *reader) pass(n int) {
	r.expect(n)
	for _, h := range r.all {
		if h.together {
			h.fresh.Streamed(h.src.meta)
		}
	}
}

// unplaced says that the caller wants no places but the addresses of entities.
func (r *reader) unplaced() {
	h := r.root
	s := h.loader.db.Shape(h.src.meta)
	h.bare = h.lone && s.plain && h.quiet
	h.place.Meta = h.src.meta
}

// release gives the reader, which may be nil, back to its statement.
func (r *reader) release() {
	if r == nil {
		return
	}
	clear(r.targets)
	r.behind, r.listed = nil, false
	r.unit, r.opts = nil, nil
	for _, h := range r.all {
		h.release()
	}
	r.st.readers.Put(r)
}

// add plans a source and those joined to it, depth first.
func (r *reader) add(s *source, parent *hydration) *hydration {
	h := &hydration{src: s, cur: s.hydrator.Row(), parent: parent}
	h.wired = parent != nil && s.wires() && !h.shuffled()
	r.all = append(r.all, h)
	for _, joined := range s.joined {
		r.add(joined, h)
	}
	return h
}

// bind makes the entities that the next row is scanned into, and lists what it is scanned into:
// once for all rows, where that is the same for each.
func (r *reader) bind(front []any) {
	for _, h := range r.all {
		h.bind()
	}
	if r.listed {
		return
	}
	r.targets, r.listed = append(r.targets[:0], front...), true
	for _, h := range r.all {
		r.targets = append(r.targets, h.cur.Targets()...)
		r.listed = r.listed && h.src.hydrator.Steady()
	}
	r.targets = append(r.targets, r.behind...)
}

// row reads one row, with the columns in front of it, and returns its root.
func (r *reader) row(rows driver.Rows, front []any) (*managed, error) {
	r.bind(front)
	if err := rows.Scan(r.targets); err != nil {
		return nil, r.misfit(rows, len(front), err)
	}
	for _, h := range r.all {
		var err error
		if h.found, err = h.accept(); err != nil {
			return nil, r.misfit(rows, len(front), err)
		}
		if h.parent != nil && h.parent.found != nil {
			if err := h.join(h.parent.found, h.found); err != nil {
				return nil, err
			}
		}
	}
	return r.root.found, nil
}

// hydration turns the cells of one source into managed entities.
type hydration struct {
	loader *Loader
	unit   *unit.Unit
	src    *source
	opts   *Options
	cur    *mapper.Row
	// scratch is an entity nobody has seen yet; the next row is scanned into it.
	scratch unsafe.Pointer
	// fresh is where scratch comes from, where together says so: entities of one read
	// lie together.
	fresh    mapper.Slab
	together bool
	// room is how many entities are likely to be made, made how many were.
	room, made int
	// lone says that every row is an entity of its own, and that none is looked up again;
	// bare that all share a place besides, because nothing leads to it.
	lone, bare bool
	place      managed
	// quiet says that nobody wants to know of the entities made.
	quiet bool
	// parent is the source this one is joined to, found the entity of the row at
	// hand, nil when there is none, and first says that the row is the first one of it.
	// links are the targets that rows had with their owners.
	parent *hydration
	found  *managed
	first  bool
	links  links
	// wired says that an owner which the rows have made leads to its target by the place it got from
	// the row; these have ordinals from since on.
	wired bool
	since int
	// known is the entity that knows was asked about last.
	known *managed
}

// multiplies reports a joined collection, which repeats the rows of its owners.
func (h *hydration) multiplies() bool { return h.parent != nil && h.src.node.Relation.Kind.IsToMany() }

// release forgets everything about the query it served.
func (h *hydration) release() {
	h.cur.Release()
	h.loader, h.unit, h.opts, h.scratch, h.found, h.known = nil, nil, nil, nil, nil, nil
	h.links.reset()
	h.fresh, h.together, h.bare, h.place = mapper.Slab{}, false, false, managed{}
	h.room, h.made = 0, 0
}

// bind makes the entity that the next row is scanned into.
func (h *hydration) bind() {
	if h.scratch == nil {
		if h.together {
			h.scratch = h.fresh.New()
		} else {
			h.scratch = h.src.meta.New()
		}
	}
	h.cur.Bind(h.scratch)
}

// accept puts the scanned row into the identity map. It returns nil when an outer
// join found no entity.
func (h *hydration) accept() (*managed, error) {
	if h.cur.Passed() {
		h.first = false
		h.unit.Pin(h.known)
		h.src.meta.Reset(h.scratch)
		return h.known, nil
	}
	if h.bare {
		return h.own()
	}
	m := h.entry()
	h.first = m != nil && m.Entity == nil
	if m == nil {
		if h.src.node != nil {
			return nil, nil
		}
		if len(h.src.meta.Key) == 0 {
			return h.keyless()
		}
		return nil, h.noKey()
	}
	h.unit.Pin(m)
	if m.Entity != nil && !h.isNews(m) {
		h.src.meta.Reset(h.scratch)
		return m, nil
	}
	if err := h.narrow(m); err != nil {
		return nil, err
	}
	if err := h.cur.Finish(Resolver{h.unit}); err != nil {
		return nil, err
	}
	if m.Entity == nil {
		h.made++
		m.Loaded = h.loaded(m)
		h.doubt(m)
		if h.lone {
			h.unit.Fill(m, h.scratch)
		} else {
			h.unit.Adopt(m, h.scratch)
		}
		h.unit.MarkUnread(m)
		h.noteTargets(m)
		if h.src.sided {
			h.unit.Part(m)
		}
		h.unit.Snapshot(m)
		h.unit.NoteNulls(m)
		h.unit.UnsureOf(m)
		h.unit.Greet(m)
		if !h.quiet {
			h.loader.arrived(m, true)
		}
	} else if err := h.merge(m); err != nil {
		return nil, err
	} else if h.opts.Refresh {
		h.loader.arrived(m, false)
	}
	h.scratch = nil
	return m, nil
}

// knows reports an entity of which a row tells nothing new.
func (h *hydration) knows(key int64) bool {
	if h.known == nil || h.known.Key != key {
		h.known = h.unit.LookupInt(h.src.meta, key)
	}
	return h.known != nil && h.known.Entity != nil && !h.isNews(h.known)
}

// entry returns the place of the row just scanned, nil when it has no key.
func (h *hydration) entry() *managed {
	if n, ok := h.cur.IntKey(); ok {
		if h.lone {
			return h.unit.LoneInt(h.src.meta, n)
		}
		return h.unit.EntryInt(h.src.meta, n, h.room)
	}
	key, ok := h.cur.Key()
	switch {
	case !ok:
		return nil
	case h.lone:
		return h.unit.Lone(h.src.meta, key)
	}
	return h.unit.Entry(h.src.meta, key)
}

// keyless takes the scanned row of an entity that has no key, a view or a query:
// each row is an entity of its own, which the unit cannot know again and so does not manage.
func (h *hydration) keyless() (*managed, error) {
	if err := h.cur.Finish(Resolver{h.unit}); err != nil {
		return nil, err
	}
	m := &managed{Meta: h.src.meta}
	m.Entity, h.scratch = h.scratch, nil
	return m, nil
}

// own takes the scanned row of an entity that needs no place.
func (h *hydration) own() (*managed, error) {
	if _, ok := h.cur.IntKey(); !ok {
		if _, ok := h.cur.Key(); !ok {
			return nil, h.noKey()
		}
	}
	if err := h.cur.Finish(Resolver{h.unit}); err != nil {
		return nil, err
	}
	h.place.Entity, h.scratch = h.scratch, nil
	return &h.place, nil
}

// noKey is the mistake of a row of a root without a key.
func (h *hydration) noKey() error {
	return &fault.Error{Class: fault.ErrNotLoaded, Op: "find", Entity: h.src.meta.Name, Detail: "a row has no key"}
}

// narrow gives m and the scratch entity the type of the row just scanned: m may
// have been referred to by a base type, and where rows of several types are read
// only the discriminator tells.
func (h *hydration) narrow(m *managed) error {
	typ := h.src.meta
	if h.src.hydrator.Polymorphic() {
		var err error
		if typ, err = h.cur.Type(); err != nil {
			return err
		}
	}
	if m.Entity == nil {
		m.Meta = typ
	}
	if typ == h.src.meta {
		return nil
	}
	h.scratch = typ.New()
	h.cur.Bind(h.scratch)
	return nil
}

// loaded returns the leaves of m that the row holds, nil for all.
func (h *hydration) loaded(m *managed) *changeset.Leaves {
	if h.src.loaded == nil || m.Meta == h.src.meta {
		return h.src.loaded.Clone()
	}
	return leavesOf(m.Meta, h.src.output)
}

// isNews reports whether the row can tell anything new about m.
func (h *hydration) isNews(m *managed) bool {
	if m.IsNew() {
		return false
	}
	if h.opts.Refresh || m.Snap == nil && !h.unit.IsReadOnly() {
		return true
	}
	return m.Lacks(h.src.output)
}

// merge takes over from the scratch entity what m does not know yet, when it is
// locked what the user has not changed, and with Refresh everything.
func (h *hydration) merge(m *managed) error {
	how := unit.Complete
	switch {
	case h.opts.Refresh && h.opts.Keep:
		how = unit.Renew
	case h.opts.Refresh:
		how = unit.Overwrite
	}
	if how != unit.Complete {
		h.unit.Reread(m, how)
	} else {
		h.unit.Unsure(m)
	}
	var remade []*mapper.Property
	if how == unit.Renew {
		remade = h.unit.Remade(m, h.src.hydrated)
	}
	for i, p := range h.src.hydrated {
		var err error
		switch {
		case !m.Meta.IsSubtypeOf(p.Entity):
		case h.doubts(p):
			if how == unit.Overwrite {
				h.unit.Unknow(m, p)
			}
		case slices.Contains(remade, p):
			err = h.unit.TakeStored(m, p, h.scratch)
		default:
			err = h.unit.Take(m, p, h.scratch, h.rowTarget(i, p), how)
		}
		if err != nil {
			return err
		}
	}
	if how != unit.Complete {
		h.unit.Unmake(m, h.src.hydrated, h.scratch)
	}
	h.unit.Completed(m)
	if how == unit.Overwrite && m.State == unit.Removed {
		h.unit.Restore(m)
	}
	return nil
}

// doubts reports a side without columns that the row at hand found no target of, where a
// filter may hide one.
func (h *hydration) doubts(p *mapper.Property) bool {
	if !slices.Contains(h.src.doubtful, p) {
		return false
	}
	e, x := p.Reference(h.scratch)
	return e == nil && x == nil
}

// doubt makes such sides of m ones that were not read.
func (h *hydration) doubt(m *managed) {
	for _, p := range h.src.doubtful {
		if m.Meta.IsSubtypeOf(p.Entity) && h.doubts(p) && m.Loaded.Has(p.Index) {
			if m.Loaded == nil {
				m.Loaded = leavesOf(m.Meta, m.Meta.Leaves)
			}
			m.Loaded.Delete(p.Index)
		}
	}
}

// rowTarget returns what the row said about a relation kept as a plain pointer.
func (h *hydration) rowTarget(i int, p *mapper.Property) *slot.Entry {
	if p.Relation == nil || p.Relation.Style != mapper.PointerField {
		return nil
	}
	if key := h.cur.Reference(i); key != nil {
		return Resolver{h.unit}.Resolve(p.Relation.Target, key)
	}
	return nil
}

// noteTargets remembers what the row said about relations kept as plain pointers.
func (h *hydration) noteTargets(m *managed) {
	for _, i := range h.src.pointers {
		p := h.src.hydrated[i]
		h.unit.SetForeign(m, p, h.rowTarget(i, p))
	}
}
