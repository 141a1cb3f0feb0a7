package migrate

import (
	"strings"
)

// resumes checks that a file can go on where it stopped.
func (x *fileRun) resumes(old *record) error { return resumable(x.file, x.list, old) }

func resumable(f *File, list []Statement, old *record) error {
	switch {
	case old.begun != old.done:
		return &Error{Class: ErrHalfway, Names: []string{f.Base()}, Remedy: halfwayRemedy(f, old)}
	case old.done > len(list) || prefix(list[:old.done]) != old.prefix:
		return &Error{Class: ErrEdited, Names: []string{f.Base()}, Remedy: "the statements that were run already must stay as they were; mend those after them"}
	}
	return nil
}

// prefix is the checksum of statements.
func prefix(list []Statement) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.SQL)
		b.WriteByte(0)
	}
	return checksum([]byte(b.String()))
}
