package mapper

import (
	"reflect"
	"unsafe"
)

// Slab keeps copies of entities of one type in a few large pieces of memory: the
// snapshots changes are computed against. It is not safe for concurrent use.
type Slab struct {
	entity *Entity
	free   reflect.Value
	used   int
	size   int
	memory memoryFor // of what fields of the copies refer to
}

// Pieces of a slab after the first copy grow between these numbers of entities.
const (
	firstPiece = 8
	lastPiece  = 256
)

// NewSlab returns an empty slab; it allocates with the first Take.
func (e *Entity) NewSlab() *Slab {
	return &Slab{entity: e}
}

// Take copies the entity at p and returns the address of the copy, which lives
// as long as it is referred to. What fields refer to is copied too, except
// targets of relations.
func (s *Slab) Take(p unsafe.Pointer) unsafe.Pointer {
	dst := s.next()
	s.entity.copyInto(dst, p, &s.memory)
	return dst
}

// next returns memory for one more copy. The first one has a piece of its own,
// because many units of work read a single row.
func (s *Slab) next() unsafe.Pointer {
	if s.size == 0 {
		s.size, s.used = 1, 1
		return s.entity.New()
	}
	if s.used == s.size {
		s.size = min(max(firstPiece, s.size*2), lastPiece)
		s.free, s.used = reflect.MakeSlice(reflect.SliceOf(s.entity.memory.typ), s.size, s.size), 0
	}
	dst := s.free.Index(s.used).Addr().UnsafePointer()
	s.used++
	return dst
}

// Copy makes the entity at dst a copy of that at src that shares nothing with it
// but the targets of relations.
func (e *Entity) Copy(dst, src unsafe.Pointer) {
	e.copyInto(dst, src, nil)
}

// copyInto is Copy with pieces of memory to clone into, nil for none.
func (e *Entity) copyInto(dst, src unsafe.Pointer, m *memoryFor) {
	t := e.memory.typ
	reflect.NewAt(t, dst).Elem().Set(reflect.NewAt(t, src).Elem())
	for i := range e.memory.clones {
		e.memory.clones[i].run(dst, src, m)
	}
}

// CopyLeaf copies one leaf from src to dst, sharing nothing but the targets of
// relations. Collections are left alone.
func (p *Property) CopyLeaf(dst, src unsafe.Pointer) error {
	switch {
	case p.Relation == nil:
		v := p.Access.Value(src)
		if err, failed := v.(error); failed {
			return err
		}
		return p.Access.Store(dst, v)
	case p.Kind.IsToOne():
		e, target := p.Reference(src)
		p.SetReference(dst, e, target)
	}
	return nil
}

// AbsentIn returns the embedded value around a leaf that is absent as a whole from the
// entity at x, the outermost one; nil when there is none.
func (p *Property) AbsentIn(x unsafe.Pointer) *Property {
	var absent *Property
	for q := p.Parent; q != nil; q = q.Parent {
		if q.Kind == Inline && q.Access.zero != nil && q.Access.IsZero(x) {
			absent = q
		}
	}
	return absent
}

// Unmake makes an embedded value behind a pointer absent from the entity at x.
func (p *Property) Unmake(x unsafe.Pointer) { p.Access.zero(x) }

// Reset makes the entity at p zero, so that a scratch entity can be filled again.
func (e *Entity) Reset(p unsafe.Pointer) { reflect.NewAt(e.memory.typ, p).Elem().SetZero() }
