package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Reread is a row that is read again inside of a transaction which has written: what it says by
// then is not there without that. Reading it is a step of the user all the same, so that what
// it gave up of the user's changes stays given up when the transaction is taken back, flushed
// or not.
type Reread struct {
	u *Unit
	m *Managed
	// at is when it was read, by the unit's clock; gives says that it gave up changes.
	at    int
	gives bool
	// snap is what was stored before, loaded how much of it was known; nil once taken back.
	snap   unsafe.Pointer
	loaded *changeset.Leaves
	// stored are the to-one views as the database had them, base where they last agreed, by
	// position in Shape.ToOne.
	stored, base []view
	// given are the properties that the user has not changed since, left are those of which
	// the user has taken the row from its target.
	given []*mapper.Property
	left  []parting
}

// parting is a reference and the target that the user has taken its row from.
type parting struct {
	p    *mapper.Property
	from *slot.Entry
}

// Reread keeps what is known of m, which has a row, before that is read again.
func (u *Unit) Reread(m *Managed, how Merge) {
	if u.open == nil || !u.open.published && !u.open.past.any() || m.Snap == nil || u.journal != nil {
		return
	}
	r := &Reread{u: u, m: m, at: u.clock, gives: how == Overwrite, loaded: m.Loaded.Clone()}
	r.snap = u.slab(m.Meta).Take(m.Snap)
	for _, p := range u.Shape(m.Meta).ToOne {
		r.stored, r.base = append(r.stored, u.stored(m, p)), append(r.base, u.baseline(m, p))
	}
	u.open.gave = u.open.gave || r.gives
	u.open.keep(r)
}

// Undo makes m say what was stored before, but for what the user has changed since. What is there
// since m was forgotten was read anew.
func (r *Reread) Undo() {
	u, m := r.u, r.m
	if m.Home != u.home || m.Snap == nil || u.forgotSince(m, r.at) {
		return
	}
	if r.gives {
		r.returnTo()
		r.given = r.unchanged()
		u.open.given = append(u.open.given, r)
	}
	if r.snap != nil {
		r.restore()
		r.snap = nil
	}
}

// unchanged returns the properties that are as they were read.
func (r *Reread) unchanged() (list []*mapper.Property) {
	u, m := r.u, r.m
	leaves := m.Meta.Leaves
	if r.snap == nil {
		leaves = r.given // with an inner part of the transaction
	}
	for _, p := range leaves {
		at := place{m, p}
		switch {
		case p.Virtual || p.Version || p.Kind.IsToMany() || !m.Loaded.Has(p.Index):
		case u.changedSince(written{place: at, kind: aRow}, r.at), u.changedSince(written{place: at, kind: aField}, r.at):
		case p.Kind.IsToOne() && (u.Assigned(m, p) || u.pends(m, p) == own), !p.Kind.IsToOne() && !p.Access.Equal(m.Entity, m.Snap):
		default:
			list = append(list, p)
		}
	}
	return list
}

// returnTo lets references lead once more to targets that the user has taken the row from since:
// whether it had led there without what is taken back turns out at the end.
func (r *Reread) returnTo() {
	u, m := r.u, r.m
	for i, p := range u.Shape(m.Meta).ToOne[:u.Shape(m.Meta).Owning] {
		b, stored := u.baseline(m, p), u.Stored(m, p)
		if was := r.base[i]; b.from == nil || b.from != stored || was.from != nil || u.Assigned(m, p) {
			continue
		}
		s := syncing{u: u}
		s.move(m, p, stored, own)
		u.settleView(m, p)
		r.left = append(r.left, parting{p, stored})
	}
}

// changedSince reports that the user has changed w after a time at which it was written.
func (u *Unit) changedSince(w written, at int) bool { return u.open.changed[w] >= at && at > 0 }

// giveUp lets what was read again have what is stored, once all that was written in the
// transaction, or in a part of it, is taken back. The rest of the transaction may be, too.
func (u *Unit) giveUp() {
	if u.open == nil {
		return
	}
	given := u.open.given
	u.open.given = nil
	for _, r := range slices.Backward(given) {
		r.giveUp()
		u.open.keep(r)
	}
}

// giveUp lets what the user has not changed since be as it is stored. An entity that is new
// once more was not there to be read.
func (r *Reread) giveUp() {
	u, m := r.u, r.m
	if m.Home != u.home || m.Snap == nil || m.Entity == nil || m.State == Dropped {
		return
	}
	s := syncing{u: u}
	for _, p := range r.given {
		if !p.Kind.IsToOne() {
			_ = copyLeaf(p, m.Entity, m.Snap) // it lies in the snapshot
			continue
		}
		if u.pends(m, p) == own {
			s.giveUp(m, p, u.Stored(m, p))
			u.settleView(m, p)
		}
		put(p, m.Entity, u.agreed(m, p))
		if said := u.open.stated[place{m, p}]; said.owner != nil && said.at >= r.at && u.baseline(m, p).target != said.owner {
			s.move(m, p, said.owner, others)
		}
	}
	for _, l := range r.left {
		if u.baseline(m, l.p).target == l.from {
			s.move(m, l.p, nil, others)
		}
	}
	r.left = nil
}

// restore makes m say what was stored before.
func (r *Reread) restore() {
	u, m := r.u, r.m
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
	u.Unmake(m, m.Meta.Leaves, r.snap)
}

// lead lets a to-one view lead where it led, or where the database said that it does.
func (r *Reread) lead(p *mapper.Property) {
	u, m, i := r.u, r.m, r.u.Shape(r.m.Meta).Of(p)
	stored, before := r.stored[i], r.stored[i]
	if !p.Relation.Owning || r.base[i].by == others {
		before = r.base[i] // as the rows say that hold the reference, or its other views
	}
	if u.Assigned(m, p) || u.baseline(m, p).set {
		u.store(m, p, stored.word, stored.target)
		return
	}
	if p.Relation.Owning && u.baseline(m, p).target != before.target {
		s := syncing{u: u}
		s.move(m, p, before.target, own)
	}
	u.store(m, p, stored.word, stored.target)
	put(p, m.Entity, before.word)
	if u.settleView(m, p); before.set {
		u.setBaseline(m, p, before)
	}
	u.Point(m, p)
}
