package plan

import (
	"encoding/binary"
)

// shape is a group of operations with the same statement.
type shape struct {
	key  string
	op   *Op // the first of its kind
	seen int
}

// group returns the shapes in order of appearance, and the shape of each operation.
func group(ops []*Op) (shapes []*shape, of []int) {
	index := map[string]int{}
	of = make([]int, len(ops))
	var key []byte
	for i, op := range ops {
		if op.group > 0 {
			of[i] = op.group - 1
			continue
		}
		key = op.shape(key[:0])
		at, ok := index[string(key)]
		if !ok {
			at = len(shapes)
			s := &shape{key: string(key), op: op, seen: at}
			index[s.key] = at
			shapes = append(shapes, s)
		}
		of[i], op.group = at, at+1
	}
	return shapes, of
}

func (s *shape) compare(t *shape) int {
	if d := int(s.op.Role) - int(t.op.Role); d != 0 {
		return d
	}
	if d := s.op.entity().Ordinal - t.op.entity().Ordinal; d != 0 {
		return d
	}
	return s.seen - t.seen
}

// shape appends what the statement of the operation depends on.
func (o *Op) shape(key []byte) []byte {
	key = append(key, byte(o.Role))
	key = binary.AppendUvarint(key, uint64(o.entity().Ordinal))
	if o.Links != nil {
		key = append(key, o.Links.Relation.Path...)
		return append(key, byte(len(o.Set)), byte(len(o.Match)), o.links)
	}
	for _, c := range o.Set {
		key = binary.AppendUvarint(key, uint64(c.Index))
	}
	key = append(key, 0xff)
	for _, c := range o.Match {
		key = binary.AppendUvarint(key, uint64(c.Index))
	}
	key = append(key, 0xff)
	for _, c := range o.Returning {
		key = binary.AppendUvarint(key, uint64(c.Index))
	}
	return key
}
