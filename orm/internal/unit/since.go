package unit

import "unsafe"

// since tells what the user has changed after weft had written it: once a later write is found
// changed, the earlier ones of the same thing are the user's as well, even where the user came
// back to what one of them had written.
type since struct {
	at map[written]int
	// run counts journals; undoing is the one that is taken back at the moment.
	run, undoing int
}

// written is something that weft writes: a value, a field, a view, or an item of a list.
type written struct {
	place
	x    unsafe.Pointer // of lists
	kind writtenKind
}

type writtenKind uint8

const (
	aValue writtenKind = iota
	aField
	aView
	aListed // in the user's slice
	anItem  // in the agreed list
)

// changed notes that the user has changed w since the journal that is taken back wrote it.
func (s *since) changed(w written) {
	if s.at == nil {
		s.at = map[written]int{}
	}
	s.at[w] = max(s.at[w], s.undoing)
}

// keeps reports that w is the user's, changed since a write that is not before the one that is
// to be taken back.
func (s *since) keeps(w written) bool { return s.at[w] >= s.undoing && s.undoing > 0 }
