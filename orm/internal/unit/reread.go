package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Reread is what a unit held of a row that is written past it and read again inside of a
// transaction.
type Reread struct {
	u       *Unit
	m       *Managed
	snap    unsafe.Pointer
	foreign []*slot.Entry
	loaded  *changeset.Leaves
}

// Rereads keeps what is known of m, which has a row, before that is read again.
func (u *Unit) Rereads(m *Managed) *Reread {
	r := &Reread{u: u, m: m, loaded: m.Loaded.Clone()}
	if m.Snap != nil {
		r.snap = u.slab(m.Meta).Take(m.Snap)
	}
	if m.more != nil {
		r.foreign = slices.Clone(m.more.foreign)
	}
	return r
}

// Undo makes m say what was stored before, but for what the user has changed since.
func (r *Reread) Undo() {
	u, m := r.u, r.m
	if m.Home != u.home || m.Snap == nil || r.snap == nil {
		return
	}
	for _, p := range m.Meta.Leaves {
		switch {
		case p.Primary || p.Virtual || p.Kind.IsToMany():
			continue
		case r.loaded.Has(p.Index):
		case p.Kind.IsToOne():
			u.unread(m, p)
			continue
		}
		var target *slot.Entry
		if r.foreign != nil && p.Kind.IsToOne() {
			target = r.foreign[u.Shape(m.Meta).Of(p)]
		}
		// The value lay in a snapshot, so that taking it cannot fail.
		if _ = u.Take(m, p, r.snap, target, Renew); !r.loaded.Has(p.Index) {
			m.unknown(p)
		}
	}
}
