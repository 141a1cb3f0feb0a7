package load

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
)

// A database may take two keys for one that weft tells apart: a collation without case, text
// with blanks at its end. Its rows then belong together by a rule that the identity map does
// not know, and what it joins would be lost, or taken for absent. So a row that leads to a
// key nobody asked for is an error, however it was read.

// Misspelled is the error of a row of e that leads through p, nil for the row's own key, to a
// key which the database takes for another.
func Misspelled(op string, e *mapper.Entity, p *mapper.Property, key any) error {
	err := &fault.Error{Class: fault.ErrKeySpelling, Op: op, Entity: e.Name, Key: key}
	if p != nil {
		err.Entity, err.Key, err.Path = p.Entity.Name, nil, p.Path
		err.Detail = "a row refers to " + fault.Subject(e.Name, key) + ", "
	}
	err.Detail += "which the database takes for a key that is spelled otherwise; store one spelling, or give the columns a collation that compares by code point"
	return err
}

// unasked returns the error of a row among those read by the keys of list that is none of them,
// if there is one. It takes a place that stayed empty for the sign.
func (l *Loader) unasked(list, read []*managed) error {
	if !slices.ContainsFunc(list, func(m *managed) bool { return m.Entity == nil }) {
		return nil
	}
	asked := l.unit.Mark()
	for _, m := range list {
		asked.First(m)
	}
	for _, m := range read {
		if asked.First(m) {
			return Misspelled("load", m.Meta, nil, m.Key)
		}
	}
	return nil
}

// spelled checks the reference between two entities of one row, of which the one that has it
// was read for the first time: it leads to the other.
func (h *hydration) spelled(owner, target *managed) error {
	p, from, to, first := h.src.node.Relation, owner, target, h.parent.first
	if h.wired && first && h.unit.Leads(from, p, to) {
		return nil
	}
	if !p.Relation.Owning {
		p, from, to, first = p.Relation.Inverse, target, owner, h.first
	}
	if !first || p == nil || !p.Kind.IsToOne() || !p.Relation.Owning || p.Relation.Through != nil || !from.Meta.IsSubtypeOf(p.Entity) || !from.Loaded.Has(p.Index) {
		return nil
	}
	stored := h.unit.Stored(from, p) // it may have moved to what came before it was read
	if from.Snap == nil {
		stored = h.unit.Reference(from, p)
	}
	if e := h.unit.EntryOf(stored); e != nil && e != to && e.Key != nil {
		return Misspelled("find", e.Meta, p, e.Key)
	}
	return nil
}

// owned returns the error of a row whose owner is none of those asked for.
func owned(p *mapper.Property, row *mapper.KeyRow) error {
	key := row.Key()
	if n, ok := row.Int(); ok {
		key = n
	}
	if key == nil {
		return nil
	}
	if inverse := p.Relation.Inverse; inverse != nil && inverse.Kind.IsToOne() {
		return Misspelled("populate", p.Entity, inverse, key)
	}
	return Misspelled("populate", p.Entity, p, key)
}
