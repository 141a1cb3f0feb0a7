package migrate

import (
	"fmt"
)

func (s *state) mayGoUp(to int64, o options) error {
	if err := s.sound(); err != nil {
		return err
	}
	pending := s.pending(to)
	if err := s.inOrder(pending, o); err != nil {
		return err
	}
	for _, e := range pending {
		// How far a file got on its way up is looked at once no other program can be at it.
		if e.condition == Halfway && e.record.down() {
			return &Error{Class: ErrHalfway, Names: []string{e.name()}, Remedy: "it is on its way down: end that first, by weft migrate down"}
		}
		for version := range e.file.Replaces {
			if version != e.version && s.past.applied[version] {
				return &Error{Class: ErrHistory, Names: []string{e.name()},
					Remedy: "the database has some of the migrations that this file was squashed from: bring it up to date with the files before the squash"}
			}
		}
	}
	if o.destructive {
		return nil
	}
	var list []string
	for _, e := range pending {
		for _, what := range e.file.Destroys() {
			list = append(list, e.name()+" ("+what+")")
		}
	}
	if len(list) > 0 {
		return &Error{Class: ErrDestructive, Names: list, Remedy: "allow it with --allow-destructive when the data is not needed"}
	}
	return nil
}

// inOrder refuses files that are older than what is applied: two branches that both
// added a migration.
func (s *state) inOrder(pending []*entry, o options) error {
	applied := s.appliedFiles()
	if o.anyOrder || len(applied) == 0 {
		return nil
	}
	youngest := applied[0]
	var older []string
	for _, e := range pending {
		if e.version < youngest.version && e.condition == Pending {
			older = append(older, e.name())
		}
	}
	if len(older) == 0 {
		return nil
	}
	return &Error{Class: ErrOutOfOrder, Names: older,
		Remedy: youngest.name() + " is applied already; give the file a younger version, or run it with --allow-out-of-order"}
}

// mayGoDown refuses to take the files of a list back, the youngest first, when one of them
// knows no way, or when what a younger one did in part would stay above them.
func (s *state) mayGoDown(list []*entry) error {
	for _, e := range s.in(Halfway) {
		if len(list) > 0 && !e.record.down() && e.version > list[len(list)-1].version {
			return &Error{Class: ErrHalfway, Names: []string{e.name()},
				Remedy: "end it first, by weft migrate up, or take back by hand what it did and forget it by weft migrate unlog " + fmt.Sprint(e.version)}
		}
	}
	for _, e := range list {
		switch {
		case e.file == nil:
			return &Error{Class: ErrAhead, Names: []string{e.name()}, Remedy: "its file is needed for the way back"}
		case e.condition == Edited:
			return &Error{Class: ErrEdited, Names: []string{e.name()}, Remedy: "put the file back as it was"}
		case e.file.step != nil && !e.file.step.canGoBack(), e.file.step == nil && len(e.file.Down) == 0 && len(e.file.Up) > 0:
			return &Error{Class: ErrNoDown, Names: []string{e.name()},
				Remedy: "nothing was taken back; undo it by a migration of its own, because a way down that is written now changes a file that is applied"}
		}
	}
	return nil
}
