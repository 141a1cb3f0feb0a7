package unit

import (
	"fmt"
	"reflect"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// shared collects what scalars say that share columns with references.
func (s *syncing) shared(m *Managed) {
	u := s.u
	shape := u.Shape(m.Meta)
	for i, sh := range shape.Shared {
		if i > 0 && shape.Shared[i-1].Reference == sh.Reference {
			continue // those of one reference are looked at together
		}
		parts, by, changed := u.scalarParts(m, shape.Shared[i:])
		if !changed {
			continue
		}
		at := place{m, by}
		if u.Reference(m, sh.Reference) != u.baseline(m, sh.Reference).target {
			s.compareParts(at, sh, parts)
			continue
		}
		target := sh.Reference.Relation.Target
		var entry *slot.Entry
		if key := mapper.NewTuple(parts); !hasNil(parts) {
			entry = &u.withKey(target, key).Entry
		}
		s.claim(m, sh.Reference).assign(s, entry, at)
	}
}

// pairs reports that both a scalar and its reference are known.
func (u *Unit) pairs(m *Managed, sh Shared) bool {
	return m.Loaded.Has(sh.Scalar.Index) && m.Loaded.Has(sh.Reference.Index)
}

// scalarParts returns the key that the scalars beside one reference spell, those that
// stand first in list, and a scalar that changed since the views last agreed.
func (u *Unit) scalarParts(m *Managed, list []Shared) (parts []any, by *mapper.Property, changed bool) {
	ref := list[0].Reference
	base := u.baseline(m, ref)
	parts = make([]any, len(ref.Columns))
	for i := range parts {
		parts[i] = u.keyPart(base.target, i)
	}
	for _, sh := range list {
		if sh.Reference != ref {
			break
		}
		now := sh.Scalar.Access.Value(m.Entity)
		was := u.scalarBase(m, sh, base)
		if changeset.Same(now, was) || unset(now) && was == nil {
			continue
		}
		parts[sh.Part], by, changed = now, sh.Scalar, true
		if unset(now) && sh.Reference.Nullable {
			parts[sh.Part] = nil
		}
	}
	return parts, by, changed
}

// scalarBase is what a scalar had when it and its reference last agreed.
func (u *Unit) scalarBase(m *Managed, sh Shared, base view) any {
	if m.Snap != nil && !base.set {
		return sh.Scalar.Access.Value(m.Snap)
	}
	if len(sh.Reference.Columns) > 1 && base.target == nil && m.Snap != nil {
		return sh.Scalar.Access.Value(m.Snap)
	}
	key := u.keyPart(base.target, sh.Part)
	if key == nil && base.target != nil && m.Snap != nil {
		return sh.Scalar.Access.Value(m.Snap) // a new target has given it nothing yet
	}
	return key
}

// compareParts reports a scalar and a reference that were both changed and disagree.
func (s *syncing) compareParts(at place, sh Shared, parts []any) {
	target := s.u.Reference(at.m, sh.Reference)
	if target == nil && parts[sh.Part] == nil {
		return
	}
	if key := s.u.keyPart(target, sh.Part); !changeset.Same(key, parts[sh.Part]) {
		s.fail(at.problem(changeset.ErrConflict, fmt.Sprintf("%s is written by %s as well; change one of them, or both alike",
			sh.Reference.Columns[sh.Part].Name, sh.Reference)))
	}
}

// columns gives the scalars beside the references that were moved what they say: a part
// of the key of a target may be such a scalar itself. Then others follow the columns.
func (s *syncing) columns() {
	u := s.u
	for again := len(s.shares); again > 0; again-- {
		changed := false
		for _, t := range s.shares {
			changed = u.follow(t.m, t.p, u.baseline(t.m, t.p).target) || changed
		}
		if !changed {
			break
		}
	}
	for _, t := range s.shares {
		s.realign(t.m, t.p)
	}
}

// follow gives the scalars beside a reference what the reference says, and reports
// whether one of them said something else.
func (u *Unit) follow(m *Managed, ref *mapper.Property, target *slot.Entry) (changed bool) {
	for _, sh := range u.Shape(m.Meta).Shared {
		if sh.Reference != ref || planted.Is(planted.SyncColumns) {
			continue
		}
		key := u.keyPart(target, sh.Part)
		switch {
		case key == nil && (target != nil || len(ref.Columns) > 1 && !u.own(m, sh)):
			continue // not known yet, or a column that others need too
		case changeset.Same(sh.Scalar.Access.Value(m.Entity), key):
			continue
		case key == nil && !sh.Scalar.Nullable:
			key = sh.Scalar.Access.Value(sh.Scalar.Entity.New())
		}
		// A part of a key fits a scalar of the same column.
		_ = u.Store(m, sh.Scalar, key)
		changed = true
	}
	return changed
}

// follows reports a scalar beside a reference that was brought together with the other views and
// is not flushed: what the row says of it is no news.
func (u *Unit) follows(m *Managed, p *mapper.Property, how Merge) bool {
	for _, sh := range u.Shape(m.Meta).Shared {
		if sh.Scalar != p {
			continue
		}
		if b := u.baseline(m, sh.Reference); b.set && (how != Overwrite || u.pends(m, sh.Reference) == others) {
			return true
		}
	}
	return false
}

// own reports a nullable scalar that stands beside one reference only.
func (u *Unit) own(m *Managed, sh Shared) bool {
	if !sh.Scalar.Nullable {
		return false
	}
	for _, other := range u.Shape(m.Meta).Shared {
		if other.Scalar == sh.Scalar && other.Reference != sh.Reference {
			return false
		}
	}
	return true
}

// realign moves references that share a column with one that was moved, and were not
// touched themselves, to the key that their columns have now.
func (s *syncing) realign(m *Managed, moved *mapper.Property) {
	u := s.u
	shape := u.Shape(m.Meta)
	for i, sh := range shape.Shared {
		ref := sh.Reference
		if ref == moved || i > 0 && shape.Shared[i-1].Reference == ref || s.claimed(m, ref) || !u.pairs(m, sh) {
			continue
		}
		target := u.Reference(m, ref)
		if target == nil {
			continue
		}
		parts := make([]any, len(ref.Columns))
		for _, other := range shape.Shared[i:] {
			if other.Reference == ref {
				parts[other.Part] = other.Scalar.Access.Value(m.Entity)
			}
		}
		if hasNil(parts) || u.hasKey(target, parts) || u.keyPart(target, 0) == nil {
			continue
		}
		s.move(m, ref, &u.withKey(ref.Relation.Target, mapper.NewTuple(parts)).Entry, own)
	}
}

// hasKey reports that the key of a target has these parts.
func (u *Unit) hasKey(target *slot.Entry, parts []any) bool {
	for i, part := range parts {
		if !changeset.Same(u.keyPart(target, i), part) {
			return false
		}
	}
	return true
}

// withKey returns the entity of a key: one that is known by it, a new one that will
// be, or else a referenced one.
func (u *Unit) withKey(e *mapper.Entity, key any) *Managed {
	if m := u.Lookup(e, key); m != nil {
		return m
	}
	for _, m := range u.tracked {
		if m != nil && m.IsNew() && m.Meta.Root() == e.Root() {
			if now, ok := u.KeyOf(m); ok && now == key {
				return m
			}
		}
	}
	return u.Entry(e, key)
}

// keyPart returns a part of the key of a target, nil for null and while it is not known.
func (u *Unit) keyPart(target *slot.Entry, part int) any {
	if target == nil {
		return nil
	}
	key := target.Key
	if m := u.EntryOf(target); m != nil && m.Entity != nil && m.State != Referenced {
		if now, ok := u.KeyOf(m); ok {
			key = now
		}
	}
	if key == nil {
		return nil
	}
	parts := mapper.Parts(nil, key)
	if part >= len(parts) {
		return nil
	}
	return parts[part]
}

// KeyOf returns the key that the fields of m say; ok is false while a part of it
// has to be made.
func (u *Unit) KeyOf(m *Managed) (key any, ok bool) {
	for _, sh := range u.Shape(m.Meta).Shared {
		if !sh.Scalar.Primary {
			continue
		}
		if target := u.EntryOf(u.Reference(m, sh.Reference)); target != nil && u.keyPart(&target.Entry, sh.Part) == nil {
			return nil, false // the scalar has nothing yet
		}
	}
	if m.Loaded != nil {
		for _, p := range m.Meta.Key {
			if !m.Loaded.Has(p.Index) {
				return m.Key, m.Key != nil
			}
		}
	}
	return m.Meta.KeyOf(m.Entity)
}

// NewKey returns the key that the fields of m say where it is another than it has.
func (u *Unit) NewKey(m *Managed) (key any, changed bool) {
	if m.Loaded == nil && len(u.Shape(m.Meta).Shared) == 0 && m.Meta.HasKey(m.Entity, m.Key) {
		return nil, false
	}
	key, ok := u.KeyOf(m)
	return key, ok && key != m.Key
}

func hasNil(parts []any) bool {
	for _, p := range parts {
		if p == nil {
			return true
		}
	}
	return false
}

// unset reports a value that a field has when nobody assigned it.
func unset(v any) bool { return v == nil || reflect.ValueOf(v).IsZero() }

// FollowKey gives the scalars of a new row the key it was inserted with.
func (u *Unit) FollowKey(m *Managed, key any) {
	parts := mapper.Parts(nil, key)
	for i, column := range m.Meta.KeyColumns {
		for _, sh := range u.Shape(m.Meta).Shared {
			if sh.Scalar.Columns[0] == column && !changeset.Same(sh.Scalar.Access.Value(m.Entity), parts[i]) {
				_ = u.Store(m, sh.Scalar, parts[i]) // a part of a key fits a scalar of the same column
			}
		}
	}
}

// FollowReferences gives the scalars beside references the keys of their targets, new ones too.
func (u *Unit) FollowReferences(m *Managed) {
	for _, p := range u.Shape(m.Meta).ToOne[:u.Shape(m.Meta).Owning] {
		u.follow(m, p, u.Reference(m, p))
	}
}
