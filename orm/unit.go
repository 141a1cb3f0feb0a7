package orm

import (
	"errors"
	"reflect"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/identity"
)

// unit is the unit of work: which entities are managed, under which keys, and
// what is to become of them. It does no I/O.
type unit struct {
	db   *DB
	home slot.Home
	ids  identity.Map
	// tracked are the entities in order of arrival; nil where one was forgotten.
	tracked []*managed
	// byPointer is built at the first Persist or Flush, so that reading alone does not pay for it.
	byPointer map[unsafe.Pointer]*managed
	slabs     []*mapper.Slab // by Entity.Ordinal
	// loaded are entities whose hooks run at the end of the read.
	loaded []*managed
	// mistakes of Persist and Remove, reported together by the flush.
	mistakes []error
	// pending reports that Persist or Remove was called since the last flush.
	pending bool
	// readOnly reports a unit that takes no snapshots and is thrown away after a read.
	readOnly bool
}

// entry returns the managed entity of a key, making an unloaded one when there is none.
func (u *unit) entry(e *mapper.Entity, key any) *managed {
	if found := u.ids.Get(e, key); found != nil {
		return of(found)
	}
	m := &managed{Entry: slot.Entry{Key: key, Home: u.home}, meta: e}
	u.ids.Put(e, key, &m.Entry)
	return m
}

// track gives m an ordinal and a place in the unit.
func (u *unit) track(m *managed) {
	m.ordinal = len(u.tracked)
	u.tracked = append(u.tracked, m)
	if u.byPointer != nil {
		u.byPointer[m.Entity] = m
	}
}

// adopt makes the entity at p the one behind m, which was only referenced.
func (u *unit) adopt(m *managed, p unsafe.Pointer) {
	m.Entity = p
	m.state = clean
	for _, r := range u.db.shape(m.meta).many {
		if r.Relation.Style == mapper.CollectionField {
			r.Collection(p).Owner = &m.Entry
		}
	}
	u.track(m)
}

// snapshot remembers the present state of m.
func (u *unit) snapshot(m *managed) {
	if u.readOnly {
		return
	}
	for len(u.slabs) <= m.meta.Ordinal {
		u.slabs = append(u.slabs, nil)
	}
	slab := u.slabs[m.meta.Ordinal]
	if slab == nil {
		slab = m.meta.NewSlab()
		u.slabs[m.meta.Ordinal] = slab
	}
	m.snap = slab.Take(m.Entity)
}

// pointers builds the map from entities to their places.
func (u *unit) pointers() {
	if u.byPointer != nil {
		return
	}
	u.byPointer = make(map[unsafe.Pointer]*managed, len(u.tracked)+8)
	for _, m := range u.tracked {
		if m != nil {
			u.byPointer[m.Entity] = m
		}
	}
}

// find returns the place of the entity at p, or nil.
func (u *unit) find(p unsafe.Pointer) *managed {
	u.pointers()
	return u.byPointer[p]
}

// persist marks the entity at p for insertion, or takes its removal back.
func (u *unit) persist(e *mapper.Entity, p unsafe.Pointer) *managed {
	m := u.find(p)
	switch {
	case m == nil:
		m = &managed{Entry: slot.Entry{Entity: p, Home: u.home}, meta: e, state: fresh}
		u.track(m)
	case m.state == fresh && e.IsSubtypeOf(m.meta):
		m.meta = e // it was reached through a field of the base's type before
	case m.state == removed:
		m.state = clean
		if m.snap == nil && m.Key == nil {
			m.state = fresh
		}
	}
	u.pending = true
	return m
}

// remove marks the entity at p for deletion; one that was never inserted is forgotten.
func (u *unit) remove(e *mapper.Entity, p unsafe.Pointer) {
	m := u.find(p)
	switch {
	case m == nil:
		u.removeDetached(e, p)
	case m.state == fresh:
		u.forget(m)
	default:
		m.state = removed
	}
	u.pending = true
}

// removeDetached deletes the row of an entity the manager does not know.
func (u *unit) removeDetached(e *mapper.Entity, p unsafe.Pointer) {
	key, ok := e.KeyOf(p)
	if !ok {
		u.mistake("remove", e, nil, ErrDetached, "it has no key and was never persisted")
		return
	}
	m := u.entry(e, key)
	if m.Entity != nil {
		u.mistake("remove", e, key, ErrDetached, "another instance of it is managed; remove that one")
		return
	}
	u.adopt(m, p)
	u.snapshot(m)
	m.state = removed
}

// forget ends the management of m.
func (u *unit) forget(m *managed) {
	if m.Key != nil {
		u.ids.Delete(m.meta, m.Key, &m.Entry)
	}
	if u.byPointer != nil {
		delete(u.byPointer, m.Entity)
	}
	if m.ordinal < len(u.tracked) && u.tracked[m.ordinal] == m {
		u.tracked[m.ordinal] = nil
	}
}

// clear forgets everything and answers to another home from now on.
func (u *unit) clear(home slot.Home) {
	u.home = home
	u.ids = identity.Map{}
	u.tracked, u.byPointer, u.slabs, u.loaded, u.mistakes, u.pending = nil, nil, nil, nil, nil, false
}

// compact closes the gaps in tracked when there are many, and renumbers.
func (u *unit) compact() {
	kept := u.tracked[:0]
	for _, m := range u.tracked {
		if m != nil {
			m.ordinal = len(kept)
			kept = append(kept, m)
		}
	}
	clear(u.tracked[len(kept):])
	u.tracked = kept
}

// locate returns metadata and address of what the user handed in: a *T.
func (u *unit) locate(op string, entity any) (*mapper.Entity, unsafe.Pointer, error) {
	v := reflect.ValueOf(entity)
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil, &Error{Class: ErrInvalidOption, Op: op, Detail: "the " + typeName(entity) + " is nil"}
	}
	if v.Kind() != reflect.Pointer {
		return nil, nil, &Error{Class: ErrUnknownEntity, Op: op, Detail: "got " + typeName(entity) + ", want a pointer to an entity"}
	}
	e := u.db.registry.ByType(v.Type().Elem())
	if e == nil {
		return nil, nil, &Error{Class: ErrUnknownEntity, Op: op, Detail: typeName(entity)}
	}
	return e, v.UnsafePointer(), nil
}

func (u *unit) mistake(op string, e *mapper.Entity, key any, class error, detail string) {
	u.mistakes = append(u.mistakes, &Error{Class: class, Op: op, Entity: e.Name, Key: key, Detail: detail})
}

// failures joins the mistakes made since the last flush.
func (u *unit) failures() error { return errors.Join(u.mistakes...) }

func typeName(v any) string {
	if v == nil {
		return "nil"
	}
	return reflect.TypeOf(v).String()
}
