package unit

import (
	"maps"
	"slices"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Carried is a row whose key holds that of another one, and which the database gives a new key
// when the other one gets one (onUpdate=cascade). Loaded or not, the unit knows it by a key that
// is no longer right then.
type Carried struct {
	Row *Managed
	// Key is what its key has become when all rows that it holds keys of have theirs; Final is that
	// after what the flush itself changes in it.
	Key, Final any
	// Targets are those rows.
	Targets []*Managed
	was     any
}

// Refers returns a row of m's own table that refers to m in the database and goes on to do so, by a
// reference that follows its key; nil when the unit knows of none.
func (u *Unit) Refers(m *Managed) (row *Managed, by *mapper.Property) {
	for _, row := range u.tracked {
		if row == nil || row.Snap == nil || row.Goes || row.Meta.Root() != m.Meta.Root() {
			continue
		}
		shape := u.Shape(row.Meta)
		for _, p := range shape.ToOne[:shape.Owning] {
			follows := carries(p) || p.Relation.OnUpdate == mapper.RuleSetNull && !p.Relation.NoConstraint
			if follows && p.Relation.By == nil && row.Loaded.Has(p.Index) && u.Stored(row, p) == &m.Entry && u.Reference(row, p) == &m.Entry {
				return row, p
			}
		}
	}
	return nil, nil
}

// Carrying finds the keys that rows have after a flush which changes some.
type Carrying struct {
	u *Unit
	// own are the rows that get another key by a change of their own, with what their fields say.
	own map[*Managed]any
	of  map[*Managed]*Carried
	// Rows are those that are carried on, in no order.
	Rows   []*Carried
	finals map[*Managed]any
}

// Carry finds the rows whose keys follow when rows get other keys by changes of their own; there
// are none where the database does not check references.
func (u *Unit) Carry(own map[*Managed]any, checked bool) *Carrying {
	if !checked {
		return &Carrying{u: u, own: own, of: map[*Managed]*Carried{}, finals: maps.Clone(own)}
	}
	return u.carryKeys(own, map[*Managed]any{})
}

// carryKeys is Carry where the keys that rows have in the end are known of some.
func (u *Unit) carryKeys(own, finals map[*Managed]any) *Carrying {
	k := &Carrying{u: u, own: own, of: map[*Managed]*Carried{}, finals: finals}
	roots := map[*mapper.Entity]bool{}
	for m := range own {
		roots[m.Meta.Root()] = true
	}
	var holding []*mapper.Entity
	for again := true; again; {
		again = false
		for _, s := range u.shapes {
			root := s.Meta.Root()
			if slices.Contains(holding, root) {
				continue
			}
			if slices.ContainsFunc(s.InKey, func(p *mapper.Property) bool { return carries(p) && roots[p.Relation.Target.Root()] }) {
				holding, roots[root], again = append(holding, root), true, true
			}
		}
	}
	for _, root := range holding {
		u.ids.Each(root, func(e *slot.Entry) {
			if c := k.carried(Of(e)); c.Key != c.was {
				c.Final = k.Final(c.Row)
				k.Rows = append(k.Rows, c)
			}
		})
	}
	return k
}

// carries reports a reference in a key that the database changes with the key it refers to.
func carries(p *mapper.Property) bool {
	return p.Relation.OnUpdate == mapper.RuleCascade && !p.Relation.NoConstraint
}

// Of returns what becomes of the key of a row, nil where it stays or changes by itself.
func (k *Carrying) Of(m *Managed) *Carried {
	if c := k.of[m]; c != nil && c.Key != c.was {
		return c
	}
	return nil
}

// carried finds what the key of a row becomes with those of other rows.
func (k *Carrying) carried(m *Managed) *Carried {
	if c := k.of[m]; c != nil {
		return c
	}
	c := &Carried{Row: m, Key: m.Key, was: m.Key}
	k.of[m] = c
	if m.Key == nil {
		return c
	}
	parts := mapper.Parts(nil, m.Key)
	for _, p := range k.u.Shape(m.Meta).InKey {
		if !carries(p) {
			continue
		}
		target := k.target(m, p)
		if target == nil || target.Key == nil {
			continue
		}
		if final := k.Final(target); final != target.Key {
			spell(parts, m.Meta, p, final)
			c.Targets = append(c.Targets, target)
		}
	}
	c.Key = mapper.NewTuple(parts)
	return c
}

// target returns the row that a reference in a key leads to in the database.
func (k *Carrying) target(m *Managed, p *mapper.Property) *Managed {
	if m.Snap != nil && m.Loaded.Has(p.Index) {
		return k.u.EntryOf(k.u.Stored(m, p))
	}
	key := mapper.Parts(nil, m.Key)
	parts := make([]any, len(p.Columns))
	for i, column := range p.Columns {
		at := slices.Index(m.Meta.KeyColumns, column)
		if at < 0 {
			return nil // which part of it stands beside the key is not known
		}
		parts[i] = key[at]
	}
	return k.u.Lookup(p.Relation.Target, mapper.NewTuple(parts))
}

// Final returns the key that a row has in the end.
func (k *Carrying) Final(m *Managed) any {
	if key, known := k.finals[m]; known {
		return key
	}
	k.finals[m] = m.Key // for rows in a ring
	key := k.final(m)
	k.finals[m] = key
	return key
}

func (k *Carrying) final(m *Managed) any {
	_, own := k.own[m]
	if m.Goes || !own && !m.IsNew() {
		return k.carried(m).Key
	}
	key, known := k.u.KeyOf(m)
	if !known {
		return k.carried(m).Key
	}
	parts := mapper.Parts(nil, key)
	for _, p := range k.u.Shape(m.Meta).InKey {
		if !m.Loaded.Has(p.Index) {
			continue
		}
		now := k.u.Reference(m, p)
		target := k.u.EntryOf(now)
		if target == nil || m.Snap != nil && k.u.Stored(m, p) == now && !carries(p) {
			continue
		}
		if final := k.Final(target); final != nil {
			spell(parts, m.Meta, p, final)
		}
	}
	return mapper.NewTuple(parts)
}

// spell writes the key of the target of a reference into the parts of a key that holds it.
func spell(parts []any, e *mapper.Entity, p *mapper.Property, key any) {
	own := mapper.Parts(nil, key)
	for i, column := range p.Columns {
		if at := slices.Index(e.KeyColumns, column); at >= 0 {
			parts[at] = own[i]
		}
	}
}

// carriedStep are rows that are known by other keys.
type carriedStep struct {
	rows   []*Managed
	was    []any
	values []followedValue
}

// followedValue is a part of a snapshot that followed a key.
type followedValue struct {
	m     *Managed
	p     *mapper.Property
	value any
}

// Carried publishes the keys that rows have got: those of their own, and what the database has
// carried on. It comes before the rows themselves, whose fields spell their keys by those of others.
func (p *Publication) Carried(k *Carrying) {
	if planted.Is(planted.PublishKey) {
		return
	}
	u, s := p.u, &carriedStep{}
	var keys []any
	for m := range k.own {
		s.rows, s.was, keys = append(s.rows, m), append(s.was, m.Key), append(keys, k.Final(m))
	}
	for _, c := range k.Rows {
		if _, own := k.own[c.Row]; !own {
			s.rows, s.was, keys = append(s.rows, c.Row), append(s.was, c.was), append(keys, c.Final)
		}
	}
	u.journal.add(s)
	u.rekey(s.rows, keys)
	for _, c := range k.Rows {
		u.spelled(c, s)
	}
	u.followed(s)
}

// rekey moves rows to other keys, which they may have from each other.
func (u *Unit) rekey(rows []*Managed, keys []any) {
	for _, m := range rows {
		u.Rekey(m, nil)
	}
	for i, m := range rows {
		u.Rekey(m, keys[i])
	}
}

// spelled writes the parts of a key that was carried on into the scalars that hold them.
func (u *Unit) spelled(c *Carried, s *carriedStep) {
	m := c.Row
	if m.Snap == nil || m.Entity == nil {
		return
	}
	was, is := mapper.Parts(nil, c.was), mapper.Parts(nil, c.Key)
	for _, p := range m.Meta.Key {
		if p.Relation == nil {
			if at := slices.Index(m.Meta.KeyColumns, p.Columns[0]); !changeset.Same(was[at], is[at]) {
				u.takeCarried(m, p, is[at], s)
			}
		}
	}
}

// followed gives scalars beside references that the database changes with the key they refer to
// what that has become.
func (u *Unit) followed(s *carriedStep) {
	moved := make(map[*Managed]bool, len(s.rows))
	for _, m := range s.rows {
		moved[m] = true
	}
	for _, m := range u.tracked {
		if m == nil || m.Snap == nil || m.Entity == nil {
			continue
		}
		for _, sh := range u.Shape(m.Meta).Shared {
			if sh.Reference.Relation.By != nil || !carries(sh.Reference) || !u.pairs(m, sh) {
				continue
			}
			if target := u.EntryOf(u.Stored(m, sh.Reference)); target != nil && moved[target] {
				if parts := mapper.Parts(nil, target.Key); sh.Part < len(parts) {
					u.takeCarried(m, sh.Scalar, parts[sh.Part], s)
				}
			}
		}
	}
}

// takeCarried makes a value that the database has changed what is stored, and what the entity says
// where nobody assigned to it.
func (u *Unit) takeCarried(m *Managed, p *mapper.Property, value any, s *carriedStep) {
	stored := p.Access.Value(m.Snap)
	if !m.Loaded.Has(p.Index) || changeset.Same(stored, value) {
		return
	}
	// A part of a key fits a scalar of the same column.
	if changeset.Same(p.Access.Value(m.Entity), stored) {
		_ = u.Store(m, p, value)
	}
	s.values = append(s.values, followedValue{m, p, stored})
	_ = p.Access.Store(m.Snap, value)
}

func (s *carriedStep) of() *Managed { return nil }

func (s *carriedStep) undo(u *Unit) {
	for _, v := range s.values {
		if v.m.Home == u.home && v.m.Snap != nil {
			v.p.Restore(v.m.Snap, v.value)
		}
	}
	was := make(map[*Managed]any, len(s.rows))
	for i, m := range s.rows {
		if m.Home == u.home {
			was[m] = s.was[i]
		}
	}
	// What was read since is under the keys of the flush as well.
	k := u.carryKeys(was, maps.Clone(was))
	rows, keys := make([]*Managed, 0, len(was)+len(k.Rows)), make([]any, 0, len(was)+len(k.Rows))
	for m, key := range was {
		rows, keys = append(rows, m), append(keys, key)
	}
	for _, c := range k.Rows {
		if _, known := was[c.Row]; !known {
			rows, keys = append(rows, c.Row), append(keys, c.Key)
		}
	}
	u.rekey(rows, keys)
	since := &carriedStep{rows: rows}
	for _, c := range k.Rows {
		if _, known := was[c.Row]; !known {
			u.spelled(c, since)
		}
	}
	u.followed(since)
}
