package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Reread is what a unit held of a row that is read again inside of a transaction which has
// written: what it says by then is not there without that.
type Reread struct {
	u      *Unit
	m      *Managed
	snap   unsafe.Pointer
	loaded *changeset.Leaves
	// stored are the to-one views as the database had them, base where they last agreed, by
	// position in Shape.ToOne.
	stored, base []view
}

// Reread keeps what is known of m, which has a row, before that is read again.
func (u *Unit) Reread(m *Managed) {
	if u.open == nil || !u.open.published && !u.open.past || m.Snap == nil {
		return
	}
	r := &Reread{u: u, m: m, loaded: m.Loaded.Clone()}
	r.snap = u.slab(m.Meta).Take(m.Snap)
	for _, p := range u.Shape(m.Meta).ToOne {
		r.stored, r.base = append(r.stored, u.stored(m, p)), append(r.base, u.baseline(m, p))
	}
	u.open.keep(r)
}

// Undo makes m say what was stored before, but for what the user has changed since.
func (r *Reread) Undo() {
	u, m := r.u, r.m
	if m.Home != u.home || m.Snap == nil {
		return
	}
	for _, p := range m.Meta.Leaves {
		switch {
		case p.Primary || p.Virtual || p.Kind.IsToMany():
		case p.Kind.IsToOne() && r.loaded.Has(p.Index):
			r.lead(p)
		case p.Kind.IsToOne():
			u.unread(m, p)
		case !r.loaded.Has(p.Index) && !p.Access.Equal(m.Entity, m.Snap):
			// What the user has assigned stays a difference to what was read.
		default:
			// The value lay in a snapshot, so that taking it cannot fail.
			if _ = u.Take(m, p, r.snap, nil, Renew); !r.loaded.Has(p.Index) {
				m.unknown(p)
			}
		}
	}
}

// lead lets a to-one view lead where it led, or where the database said that it does.
func (r *Reread) lead(p *mapper.Property) {
	u, m, i := r.u, r.m, r.u.Shape(r.m.Meta).Of(p)
	stored, before := r.stored[i], r.stored[i]
	if !p.Relation.Owning {
		before = r.base[i] // as the rows say that hold the reference
	}
	if u.Assigned(m, p) || u.baseline(m, p).set {
		u.store(m, p, stored.word, stored.target)
		return
	}
	if p.Relation.Owning && u.baseline(m, p).target != before.target {
		s := syncing{u: u}
		s.move(m, p, before.target)
	}
	u.store(m, p, stored.word, stored.target)
	put(p, m.Entity, before.word)
	if u.settleView(m, p); before.set {
		u.setBaseline(m, p, before)
	}
	u.Point(m, p)
}
