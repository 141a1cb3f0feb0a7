package migrate

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
