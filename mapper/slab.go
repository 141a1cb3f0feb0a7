package mapper

import (
	"reflect"
	"unsafe"
)

// Slab keeps entities of one type in a few large pieces of memory: those that are
// read together, or the snapshots changes are computed against. It is not safe for
// concurrent use.
type Slab struct {
	entity *Entity
	free   unsafe.Pointer // the next one of the piece at hand
	left   int            // of the piece
	size   int            // of the piece
	most   int
	// expected is how many more are likely to be taken, as far as that is known.
	expected int
	memory   memoryFor // of what fields of the copies refer to
	// piece is a slice of structs while it is made.
	piece struct {
		data     unsafe.Pointer
		len, cap int
	}
}

// Pieces of a slab after the first entity grow from firstPiece. Those of snapshots may
// become longer than those of entities, whose users may keep one of many.
const (
	firstPiece   = 8
	lastPiece    = 256
	lastEntities = 64
	lastStreamed = 16 // of which one may be kept and all others not
)

// NewSlab returns an empty slab for snapshots; it allocates with the first Take.
func (e *Entity) NewSlab() *Slab {
	return &Slab{entity: e, most: lastPiece}
}

// Entities makes s, which may be zero, an empty slab for entities of which about n are
// expected; 0 is not known. It allocates with the first New.
func (s *Slab) Entities(e *Entity, n int) {
	*s = Slab{entity: e, most: lastEntities, expected: n}
}

// Streamed is Entities for a stream, whose entities seldom live together.
func (s *Slab) Streamed(e *Entity) {
	*s = Slab{entity: e, most: lastStreamed}
}

// Expect says that about n more are going to be taken.
func (s *Slab) Expect(n int) { s.expected = max(0, n-s.left) }

// New returns a zero entity, which lives as long as it is referred to.
func (s *Slab) New() unsafe.Pointer { return s.next() }

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
	if s.left == 0 {
		s.grow()
	}
	p := s.free
	if s.left--; s.left > 0 {
		s.free = unsafe.Add(p, s.entity.memory.size)
	} else {
		s.free = nil // an address behind the piece is that of something else
	}
	return p
}

// grow makes the next piece.
func (s *Slab) grow() {
	switch {
	case s.expected > 1:
		s.size = min(s.expected, s.most)
	case s.size == 0:
		s.size = 1
	default:
		s.size = min(max(firstPiece, s.size*2), s.most)
	}
	if s.left = s.size; s.size == 1 {
		s.free = s.entity.New()
		return
	}
	// A slice that grows gets all of the memory that the runtime has for its length.
	reflect.NewAt(s.entity.memory.list, unsafe.Pointer(&s.piece)).Elem().Grow(s.size)
	s.free, s.left = s.piece.data, s.piece.cap
	s.piece.data, s.piece.cap = nil, 0
	s.expected = max(0, s.expected-s.left)
}

// Copy makes the entity at dst a copy of that at src that shares nothing with it
// but the targets of relations.
func (e *Entity) Copy(dst, src unsafe.Pointer) {
	e.copyInto(dst, src, nil)
}

// copyInto is Copy with pieces of memory to clone into, nil for none.
func (e *Entity) copyInto(dst, src unsafe.Pointer, m *memoryFor) {
	e.set(dst, src)
	for i := range e.memory.clones {
		e.memory.clones[i].run(dst, src, m)
	}
}

// set copies the memory of an entity as it is.
func (e *Entity) set(dst, src unsafe.Pointer) { e.memory.layout.copy(dst, src) }

// CopyLeaf copies one leaf from src to dst, sharing nothing but the targets of
// relations. Collections are left alone.
func (p *Property) CopyLeaf(dst, src unsafe.Pointer) error {
	switch {
	case p.Relation == nil:
		v := p.Access.Value(src)
		if err, failed := v.(error); failed {
			return err
		}
		if v != nil {
			return p.Access.Store(dst, v)
		}
		p.Restore(dst, nil)
	case p.Kind.IsToOne():
		e, target := p.Reference(src)
		p.SetReference(dst, e, target)
	}
	return nil
}

// Restore gives the entity at x a canonical value back that its property had. Unlike Store it takes
// nil where there must be a value: nobody had assigned one.
func (p *Property) Restore(x unsafe.Pointer, canonical any) {
	if canonical == nil && !p.Nullable && p.Access.zero != nil {
		p.Access.zero(x)
		return
	}
	_ = p.Access.Store(x, canonical) // it was there before
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
func (e *Entity) Reset(p unsafe.Pointer) { e.memory.layout.zero(p) }
