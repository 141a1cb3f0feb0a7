package migrate

func (s *state) conditionOf(e *entry) Condition {
	applied := s.past.applied[e.version]
	switch {
	case e.record != nil && (e.record.halfway() || e.record.down()):
		return Halfway
	case !applied:
		return Pending
	case e.file == nil && s.set.replaced(e.version) != nil:
		return Replaced
	case e.file == nil:
		return Missing
	case e.record == nil:
		return Unrecorded
	case e.record.checksum != e.file.Checksum && e.file.Replaces[e.version] != e.record.checksum:
		return Edited
	}
	return Applied
}

// sound is the check before any run.
func (s *state) sound() error {
	if list := s.in(Edited); len(list) > 0 {
		return &Error{Class: ErrEdited, Names: entryNames(list), Remedy: "put the file back as it was and say what is new in a migration of its own"}
	}
	if list := s.in(Missing); len(list) > 0 {
		return &Error{Class: ErrAhead, Names: entryNames(list), Remedy: "get the files of these versions, or weft migrate unlog them when they are not to come back"}
	}
	return nil
}
