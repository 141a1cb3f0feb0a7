package mapper

// Tuple is the canonical form of a composite key: the first part and the rest,
// which is another Tuple or, at the end, the last part. Tuples are comparable,
// so that they can be map keys. (Parts of kind Bytes cannot be keys.)
type Tuple struct{ Head, Tail any }

// NewTuple returns the key made of parts; one part is its own key.
func NewTuple(parts []any) any {
	if len(parts) == 1 {
		return parts[0]
	}
	return Tuple{parts[0], NewTuple(parts[1:])}
}

// Parts appends the parts of a canonical key to dst.
func Parts(dst []any, key any) []any {
	for {
		t, ok := key.(Tuple)
		if !ok {
			return append(dst, key)
		}
		dst, key = append(dst, t.Head), t.Tail
	}
}
