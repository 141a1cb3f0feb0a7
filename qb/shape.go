package qb

import (
	"encoding/binary"

	"github.com/weft-orm/weft/mapper"
)

// shape collects what a bulk write is, but for its values, its registry and its schema. Its zero
// value collects nothing.
type shape struct{ bytes []byte }

// begin starts with the steps of a builder that stand for themselves.
func (s *shape) begin(b *Builder) {
	s.bytes = binary.AppendUvarint(append(make([]byte, 0, 192), byte(b.kind)), uint64(b.entity.Ordinal))
	s.text(b.alias)
	for _, list := range [][]string{b.comments, b.returning} {
		s.bytes = binary.AppendUvarint(s.bytes, uint64(len(list)))
		for _, text := range list {
			s.text(text)
		}
	}
	if len(b.outer) > 0 {
		s.bytes = nil // it belongs to another query
	}
}

// text adds a text with its length.
func (s *shape) text(text string) {
	if s.bytes != nil {
		s.bytes = append(binary.AppendUvarint(s.bytes, uint64(len(text))), text...)
	}
}

// condition adds the shape of a condition about an entity; nil ends the collection, because the
// condition is not told.
func (s *shape) condition(e *mapper.Entity, of []byte) {
	switch {
	case s.bytes == nil:
	case of == nil:
		s.bytes = nil
	default:
		s.bytes = binary.AppendUvarint(s.bytes, uint64(e.Ordinal))
		s.bytes = append(binary.AppendUvarint(s.bytes, uint64(len(of))), of...)
	}
}
