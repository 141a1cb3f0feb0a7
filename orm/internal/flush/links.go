package flush

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// computeLinks collects the changes of many-to-many relations.
func (w *Work) computeLinks() error {
	touched := w.Unit.Touched()
	memory := linkMemory{left: len(touched)}
	for i, t := range touched {
		memory.left = len(touched) - i
		m, p := t.Owner, t.Property
		if p.Kind != mapper.ManyToMany || !p.Relation.Owning || m.Goes || m.State == unit.Removed || m.State == unit.Dropped {
			continue
		}
		if m.IsNew() && w.insert(m) == nil {
			continue
		}
		l, err := w.link(m, p, &memory)
		if err != nil {
			return err
		}
		if l != nil && !l.Empty() {
			if err := NotReadOnly(m.Meta, m.Key); err != nil {
				return err
			}
			w.Links = append(w.Links, l)
		}
	}
	return nil
}

// linkMemory is memory for the link changes of several collections.
type linkMemory struct {
	left    int // collections
	changes []changeset.LinkChange
	links   []changeset.Link
}

// change returns a link change with room for n new links. The next ones are likely to get as many.
func (k *linkMemory) change(n int) *changeset.LinkChange {
	const changes, links = 64, 256 // in a piece
	if len(k.changes) == 0 {
		k.changes = make([]changeset.LinkChange, min(k.left, changes))
	}
	if len(k.links) < n {
		k.links = make([]changeset.Link, max(n, min(n*k.left, links)))
	}
	l := &k.changes[0]
	l.Added, k.changes, k.links = k.links[:0:n], k.changes[1:], k.links[n:]
	return l
}

// link computes the link change of one collection.
func (w *Work) link(m *unit.Managed, p *mapper.Property, memory *linkMemory) (*changeset.LinkChange, error) {
	s := w.Unit.Items(m, p)
	if s == nil {
		return nil, nil
	}
	owner, err := w.parts(m, p, &m.Entry)
	if err != nil {
		return nil, err
	}
	list := s.View()
	added := s.Added.Read()
	clears := s.Wiped && m.Snap != nil
	if clears || m.Snap == nil { // a row that is deleted and inserted again has none of its links
		added = list
	}
	l := memory.change(len(added))
	l.Relation, l.Ordinal, l.Owner, l.Clear = p, m.Ordinal(), owner, clears
	l.Unsure = m.Snap != nil && !clears && (!s.Loaded || s.Partial) && !planted.Is(planted.PlanUnsure)
	if !clears && m.Snap != nil {
		for _, x := range s.Removed.Read() {
			if target := w.Unit.PlaceOf(x); target != nil && target.IsNew() {
				continue // which no link leads to yet
			}
			if l.Removed, err = w.addLink(l.Removed, m, p, x, 0); err != nil {
				return nil, err
			}
		}
	}
	if p.Relation.Ordered {
		return l, w.placed(l, m, p, s, added)
	}
	for _, x := range added {
		if w.goes(x) {
			continue // and the link with it
		}
		if l.Added, err = w.addLink(l.Added, m, p, x, 0); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// goes reports an item whose row is deleted.
func (w *Work) goes(x unsafe.Pointer) bool {
	target := w.Unit.PlaceOf(x)
	return target != nil && target.Goes && !w.soft(target)
}

// addLink appends a link to an item, unless the item never had a row and will have none.
func (w *Work) addLink(links []changeset.Link, m *unit.Managed, p *mapper.Property, x unsafe.Pointer, position int) ([]changeset.Link, error) {
	target := w.Unit.PlaceOf(x)
	if target == nil || target.State == unit.Dropped || target.Goes && target.IsNew() {
		return links, nil
	}
	parts, err := w.parts(m, p, &target.Entry)
	if err != nil {
		return nil, err
	}
	return append(links, changeset.Link{Target: parts, Position: position}), nil
}
