package unit

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// view is a to-one view at one moment: the word in the field, and the target it
// means. A plain pointer that is nil may mean a target that is not loaded.
type view struct {
	word   unsafe.Pointer
	target *slot.Entry
	// from is the target that the view led to when others said that it leads nowhere.
	from *slot.Entry
	// unheard says that nobody knew whether it led there.
	unheard bool
	set     bool // in details.base: the snapshot does not hold
	// by is who said so: what others did stays when the row of this one is read again.
	by voice
}

// voice tells who says where a to-one view leads.
type voice uint8

const (
	nobody voice = iota
	own          // the view itself
	others       // another view of the relation
)

// pends tells who says of a to-one view, whose relation was brought together, what is not flushed.
// A view without columns is flushed with the rows that refer to its own.
func (u *Unit) pends(m *Managed, p *mapper.Property) voice {
	b := u.baseline(m, p)
	stored := u.Stored(m, p)
	pending := b.set && b.target != stored
	if pending && !p.Relation.Owning {
		row := u.EntryOf(b.target)
		if row == nil {
			row = u.EntryOf(stored)
		}
		there := row != nil && row.State != Dropped && row.Snap != nil && row.Entity != nil && u.Stored(row, p.Relation.Inverse) == &m.Entry
		pending = there == (b.target == nil)
	}
	if !pending {
		return nobody
	}
	return b.by
}

// word returns what is in a to-one field of the entity at x.
func word(p *mapper.Property, x unsafe.Pointer) unsafe.Pointer {
	e, target := p.Reference(x)
	if p.Relation.Style == mapper.RefField {
		return unsafe.Pointer(e)
	}
	return target
}

// put writes a word into a to-one field.
func put(p *mapper.Property, x, w unsafe.Pointer) {
	if p.Relation.Style == mapper.RefField {
		p.SetReference(x, (*slot.Entry)(w), nil)
		return
	}
	p.SetReference(x, nil, w)
}

// wordOf returns the word of a field that means target, nil for null and, in a plain
// pointer, for a target that is not loaded.
func wordOf(p *mapper.Property, target *slot.Entry) unsafe.Pointer {
	switch {
	case target == nil:
		return nil
	case p.Relation.Style == mapper.RefField:
		return unsafe.Pointer(target)
	}
	return target.Entity
}

// Stored returns the target of a to-one property as the database has it, nil for
// null and while there is no row.
func (u *Unit) Stored(m *Managed, p *mapper.Property) *slot.Entry { return u.stored(m, p).target }

func (u *Unit) stored(m *Managed, p *mapper.Property) view {
	if m.Snap == nil {
		if u.readOnly && p.Relation.Style == mapper.PointerField && m.more != nil && m.more.foreign != nil {
			return view{target: m.more.foreign[u.Shape(m.Meta).Of(p)]} // as the row said
		}
		return view{}
	}
	v := view{word: word(p, m.Snap)}
	switch {
	case p.Relation.Style == mapper.RefField:
		v.target = (*slot.Entry)(v.word)
	case m.more != nil && m.more.foreign != nil:
		v.target = m.more.foreign[u.Shape(m.Meta).Of(p)]
	}
	if v.target == nil && v.word != nil && p.Relation.Style == mapper.PointerField {
		if found := u.PlaceOf(v.word); found != nil {
			v.target = &found.Entry
		}
	}
	return v
}

// Leads reports a reference, a Ref, that leads to an entity in the database.
func (u *Unit) Leads(m *Managed, p *mapper.Property, to *Managed) bool {
	return m.Snap != nil && word(p, m.Snap) == unsafe.Pointer(&to.Entry)
}

// baseline returns where a to-one view last agreed with the other views.
func (u *Unit) baseline(m *Managed, p *mapper.Property) view {
	if m.more != nil && m.more.base != nil {
		if v := m.more.base[u.Shape(m.Meta).Of(p)]; v.set {
			return v
		}
	}
	return u.stored(m, p)
}

// agreed returns the word of a to-one field that says what its views last agreed on: for a Ref that
// was not read what stands in it, since nil would be the user's.
func (u *Unit) agreed(m *Managed, p *mapper.Property) unsafe.Pointer {
	b := u.baseline(m, p)
	if m.Snap != nil && !b.set && b.word == nil {
		if e := p.Unread(m.Snap); e != nil {
			return unsafe.Pointer(e)
		}
	}
	return b.word
}

// setBaseline moves a baseline.
func (u *Unit) setBaseline(m *Managed, p *mapper.Property, v view) {
	d := u.detail(m)
	shape := u.Shape(m.Meta)
	if d.base == nil {
		d.base = take(&u.memory.views, len(shape.ToOne))
	}
	v.set = true
	d.base[shape.Of(p)] = v
	u.show(m)
}

// Reference returns what a to-one property of m leads to, nil for null: what the
// field says, or, for a plain pointer that is nil because its target was not
// loaded, what it means. The target may be one nobody manages yet.
func (u *Unit) Reference(m *Managed, p *mapper.Property) *slot.Entry {
	w := word(p, m.Entity)
	if b := u.baseline(m, p); w == b.word {
		return b.target
	}
	switch {
	case w == nil:
		return nil
	case p.Relation.Style == mapper.RefField:
		return u.known(p, (*slot.Entry)(w))
	}
	if found := u.PlaceOf(w); found != nil {
		return &found.Entry
	}
	return &slot.Entry{Entity: w}
}

// known returns the unit's place of what an entry of the user means, the entry itself when
// there is none.
func (u *Unit) known(p *mapper.Property, e *slot.Entry) *slot.Entry {
	var found *Managed
	switch {
	case e.Home == u.home:
	case e.Entity != nil:
		found = u.PlaceOf(e.Entity)
	default:
		if target, key, err := keyOf(p, e); err == nil {
			found = u.Lookup(target, key)
		}
	}
	if found == nil {
		return e
	}
	return &found.Entry
}

// Own returns what a to-one property of m leads to, after it has put the unit's own place
// where the user left a key, or an instance that was forgotten: what is read of it arrives there.
func (u *Unit) Own(m *Managed, p *mapper.Property) *slot.Entry {
	if p.Relation.Style != mapper.RefField {
		return u.Reference(m, p)
	}
	e := (*slot.Entry)(word(p, m.Entity))
	switch {
	case e != nil && m.more == nil && e.Home == u.home:
		return e // which is what Reference says of it: no baseline is kept
	case e == nil || e.Home != nil:
		return u.Reference(m, p)
	case e.Entity != nil:
		if u.isForgotten(e.Entity) {
			put(p, m.Entity, unsafe.Pointer(&u.forgotten.in(e.Entity).Entry))
		}
		return u.Reference(m, p)
	}
	if target, key, err := keyOf(p, e); err == nil {
		e = &u.Entry(target, key).Entry
		put(p, m.Entity, unsafe.Pointer(e))
	}
	return e
}

// Assigned reports that the user gave a to-one property another value since its
// views last agreed.
func (u *Unit) Assigned(m *Managed, p *mapper.Property) bool {
	return word(p, m.Entity) != u.baseline(m, p).word || u.emptied(m, p)
}

// AsRead reports a to-one view that was read, and whose field nobody has written to since: it is
// neither assigned nor does it lead elsewhere than the row said.
func (u *Unit) AsRead(m *Managed, p *mapper.Property) bool {
	return m.Snap != nil && (m.more == nil || m.more.base == nil) && m.Loaded.Has(p.Index) && word(p, m.Entity) == word(p, m.Snap)
}

// emptied reports a Ref that was not read and that the user has put an empty one into since:
// what stood there was not nil, though it had no key.
func (u *Unit) emptied(m *Managed, p *mapper.Property) bool {
	return m.Loaded != nil && m.Snap != nil && p.Relation.Style == mapper.RefField && !m.Loaded.Has(p.Index) &&
		p.Unread(m.Snap) != nil && p.Unread(m.Entity) == nil && word(p, m.Entity) == nil && !u.baseline(m, p).set
}

// resolve returns the place of what the user put into a to-one field. A new target
// gets a loose place.
func (u *Unit) resolve(at place, w unsafe.Pointer) (*slot.Entry, *Problem) {
	switch {
	case w == nil:
		return nil, nil
	case at.p.Relation.Style != mapper.RefField:
		return u.target(at, w)
	}
	e := (*slot.Entry)(w)
	switch {
	case at.p.Relation.IsAny() && at.p.Relation.Target.TargetOf(e) == nil:
		return nil, at.problem(mapper.ErrValue, "it leads to "+typeOf(e)+", which is not among the targets "+at.p.Relation.Target.Name)
	case e.Home == u.home && (e.Entity == nil || u.tracks(Of(e))):
		return e, nil
	case e.Entity != nil:
		return u.target(at, e.Entity)
	}
	target, key, err := keyOf(at.p, e)
	if err != nil {
		problem := at.problem(mapper.ErrValue, "")
		problem.Err = err
		return nil, problem
	}
	return &u.Entry(target, key).Entry, nil
}

// keyOf returns the entity that an entry is of to which p leads, and its key, which the user gave.
func keyOf(p *mapper.Property, e *slot.Entry) (*mapper.Entity, any, error) {
	target := p.Relation.Target.TargetOf(e)
	if target == nil {
		return nil, nil, &mapper.ValueError{Type: "a reference to " + p.Relation.Target.Name, GoType: typeOf(e), Reason: "it is not among the targets"}
	}
	key, err := target.KeyFrom(e.Key)
	return target, key, err
}

// typeOf names the type of an entry in a message.
func typeOf(e *slot.Entry) string {
	typ, name := e.TypeOf()
	if name == "" {
		name = fmt.Sprint(typ)
	}
	return "a " + name
}

func (u *Unit) tracks(m *Managed) bool {
	return int(m.ordinal) < len(u.tracked) && u.tracked[m.ordinal] == m
}

// target returns the place of an entity that a relation leads to. One that has a
// key only the database makes was stored by somebody, so that it cannot be new.
func (u *Unit) target(at place, x unsafe.Pointer) (*slot.Entry, *Problem) {
	if found := u.PlaceOf(x); found != nil {
		return &found.Entry, nil
	}
	target := at.p.Relation.Target
	if at.p.Relation.IsAny() {
		if target = target.TargetOf((*slot.Entry)(word(at.p, at.m.Entity))); target == nil {
			return nil, at.problem(mapper.ErrValue, "it leads to what is not among the targets "+at.p.Relation.Target.Name)
		}
	}
	key, stored := target.KeyOf(x)
	switch was := u.ended.of(x); {
	case was != nil && was.IsSubtypeOf(target):
		target = was
	case stored && madeByDatabase(target):
		return nil, at.problem(ErrDetached, "it refers to "+subject(target.Name, key)+
			", which this manager does not know; refer to it by ToKey or read it here")
	}
	m := u.loose(target, x)
	u.journal.made(m)
	return &m.Entry, nil
}

// Items returns the state of a to-many property, nil while it was never touched.
func (u *Unit) Items(m *Managed, p *mapper.Property) *slot.Items {
	if p.Relation.Style == mapper.CollectionField {
		return p.Collection(m.Entity).Items
	}
	if m.more == nil || m.more.slices == nil {
		return nil
	}
	return m.more.slices[u.Shape(m.Meta).Of(p)]
}

// HasOnly reports a collection that was just read and holds all n rows of it, and nothing else.
func (u *Unit) HasOnly(m *Managed, p *mapper.Property, n int) bool {
	s := u.Items(m, p)
	return s != nil && s.Loaded && !s.Partial && !s.Dirty && len(s.View()) == n
}

// List returns the items of a to-many property as the user sees them.
func (u *Unit) List(m *Managed, p *mapper.Property) []unsafe.Pointer {
	if p.Relation.Style == mapper.SliceField {
		return *p.Slice(m.Entity)
	}
	if s := p.Collection(m.Entity).Items; s != nil {
		return s.View()
	}
	return nil
}

// Added returns items that m has and that are not stored in a to-many property, among others where
// that is a slice which the user has changed.
func (u *Unit) Added(m *Managed, p *mapper.Property) []unsafe.Pointer {
	s := u.Items(m, p)
	if p.Relation.Style == mapper.SliceField {
		if list := *p.Slice(m.Entity); !sameItems(list, s) {
			return list
		}
	}
	if s == nil {
		return nil
	}
	return s.Added.View()
}

// keepItems stores the state of a to-many property.
func (u *Unit) keepItems(m *Managed, p *mapper.Property, s *slot.Items) {
	if p.Relation.Style == mapper.CollectionField {
		p.Collection(m.Entity).Items = s
		return
	}
	d, shape := u.detail(m), u.Shape(m.Meta)
	if d.slices == nil {
		d.slices = make([]*slot.Items, len(shape.Many))
	}
	d.slices[shape.Of(p)] = s
}

// change returns the state of a to-many property for a change.
func (u *Unit) change(m *Managed, p *mapper.Property) *slot.Items {
	var s *slot.Items
	if p.Relation.Style == mapper.CollectionField {
		s = p.Collection(m.Entity).Change()
	} else if s = u.Items(m, p); s == nil {
		s = slot.NewItems(nil, nil, m.Snap == nil)
		u.keepItems(m, p, s)
	}
	u.touch(m, p, s)
	return s
}

// touch notes a collection with changes that were not flushed.
func (u *Unit) touch(m *Managed, p *mapper.Property, s *slot.Items) {
	if !s.Noted {
		s.Noted = true
		u.touched = append(u.touched, place{m, p})
	}
}

// untouch takes the collections of m from the list of changed ones.
func (u *Unit) untouch(m *Managed) {
	u.touched = slices.DeleteFunc(u.touched, func(t place) bool {
		if t.m == m {
			if s := u.Items(m, t.p); s != nil {
				s.Noted = false
			}
		}
		return t.m == m
	})
}

// ItemsLoaded reports that all items of a to-many property are known.
func (u *Unit) ItemsLoaded(m *Managed, p *mapper.Property) bool {
	if m.IsNew() || m.State == Dropped {
		return true
	}
	s := u.Items(m, p)
	return s != nil && s.Loaded && !s.Partial && (u.forgotten == nil || !slices.ContainsFunc(s.View(), u.isForgotten))
}

// TargetLoaded reports a to-one relation that is null or whose target is in memory.
func (u *Unit) TargetLoaded(m *Managed, p *mapper.Property) bool {
	if !m.Loaded.Has(p.Index) {
		return false
	}
	if p.Relation.Style == mapper.PointerField {
		w := word(p, m.Entity)
		return w != nil && !u.isForgotten(w) || u.Reference(m, p) == nil
	}
	e := (*slot.Entry)(word(p, m.Entity))
	return e == nil || e.Entity != nil && !u.isForgotten(e.Entity)
}

// replaced reports a plain slice that the user replaced while it was not loaded.
func replaced(m *Managed, s *slot.Items, list []unsafe.Pointer) bool {
	return m.Snap != nil && list != nil && (s == nil || !s.Loaded)
}

// subject returns "Author 7", or "Author" while there is no key.
func subject(entity string, key any) string {
	if key == nil {
		return entity
	}
	return Subject(entity, key)
}

// sameItems compares a plain slice with what the unit agreed to.
func sameItems(list []unsafe.Pointer, s *slot.Items) bool {
	if s == nil || !s.Loaded {
		return len(list) == 0
	}
	return slices.Equal(list, s.Read())
}
