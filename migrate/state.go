package migrate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Condition is what has become of a migration.
type Condition string

// The conditions of a migration.
const (
	// Pending: not applied yet.
	Pending Condition = "pending"
	// Applied: applied, and its file is as it was then.
	Applied Condition = "applied"
	// Edited: applied, and its file was changed since.
	Edited Condition = "edited"
	// Halfway: run in part.
	Halfway Condition = "halfway"
	// Missing: applied, and there is no file.
	Missing Condition = "missing"
	// Replaced: applied, and a squashed file stands for it now.
	Replaced Condition = "replaced"
	// Unrecorded: applied by another tool, so that what the file said is not known.
	Unrecorded Condition = "unrecorded"
)

// Status is what has become of one migration.
type Status struct {
	// Version, Name identify it.
	Version int64  `json:"version"`
	Name    string `json:"name"`
	// Condition is what has become of it.
	Condition Condition `json:"condition"`
	// Applied is when it was applied, in RFC 3339, "" when that is not known.
	Applied string `json:"applied,omitempty"`
	// Done of Statements were run, when it is half-way; Problem is what stopped it. Unsure: it
	// is not known whether one more was run.
	Done       int    `json:"done,omitempty"`
	Unsure     bool   `json:"unsure,omitempty"`
	Statements int    `json:"statements,omitempty"`
	Problem    string `json:"problem,omitempty"`
	// Destroys is what data it destroys, when it is pending.
	Destroys []string `json:"destroys,omitempty"`
	// Obstacles are the rows in its way, when it is pending and that can be told now: see
	// [Migrator.Obstacles].
	Obstacles []Obstacle `json:"obstacles,omitempty"`
}

// Status tells what has become of each migration, in order of version. It changes
// nothing, and needs no more than the right to read.
func (m *Migrator) Status(ctx context.Context) ([]Status, error) {
	s, err := m.state(ctx)
	if err != nil {
		return nil, err
	}
	found, err := m.obstaclesOf(ctx, s)
	if err != nil {
		return nil, err
	}
	list := make([]Status, 0, len(s.list))
	for _, e := range s.list {
		status := e.status()
		for _, o := range found {
			if o.File == status.Name {
				status.Obstacles = append(status.Obstacles, o)
			}
		}
		list = append(list, status)
	}
	return list, nil
}

// state is the files and the past of a database put together.
type state struct {
	set  *Set
	past *past
	list []*entry
}

// entry is one version.
type entry struct {
	version   int64
	file      *File
	record    *record
	condition Condition
}

func (m *Migrator) state(ctx context.Context) (*state, error) {
	p, err := m.past(ctx)
	if err != nil {
		return nil, &RunError{Doing: "read the history", Done: "nothing was run", Err: m.classify(err)}
	}
	s := &state{set: m.set, past: p}
	known := map[int64]bool{}
	for _, f := range m.set.files {
		known[f.Version] = true
		s.list = append(s.list, &entry{version: f.Version, file: f, record: p.records[f.Version]})
	}
	for version := range p.applied {
		if !known[version] {
			s.list = append(s.list, &entry{version: version, record: p.records[version]})
		}
	}
	slices.SortFunc(s.list, func(a, b *entry) int { return cmp.Compare(a.version, b.version) })
	for _, e := range s.list {
		e.condition = s.conditionOf(e)
	}
	return s, nil
}

// past reads what the database says about its past.
func (m *Migrator) past(ctx context.Context) (*past, error) {
	if m.documents != nil {
		return m.documents.read(ctx)
	}
	return m.history.read(ctx, m.db)
}

func (e *entry) name() string {
	switch {
	case e.file != nil:
		return e.file.Base()
	case e.record != nil:
		return e.record.name
	}
	return fmt.Sprint(e.version)
}

func (e *entry) status() Status {
	s := Status{Version: e.version, Name: e.name(), Condition: e.condition}
	if e.record != nil {
		s.Applied = e.record.at
	}
	switch e.condition {
	case Halfway:
		s.Done, s.Statements, s.Problem, s.Applied = e.record.done, e.record.statements-1, e.record.problem, ""
		s.Unsure = e.record.begun != e.record.done
	case Pending:
		s.Destroys, s.Applied = e.file.Destroys(), ""
	}
	return s
}

// in lists the entries of a condition.
func (s *state) in(c ...Condition) []*entry {
	var list []*entry
	for _, e := range s.list {
		if slices.Contains(c, e.condition) {
			list = append(list, e)
		}
	}
	return list
}

func entryNames(list []*entry) []string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.name()
	}
	return names
}

// pending lists what a run up to a version has to do.
func (s *state) pending(to int64) []*entry {
	return slices.DeleteFunc(s.in(Pending, Halfway), func(e *entry) bool { return e.version > to })
}

// appliedFiles lists what is applied, the youngest first.
func (s *state) appliedFiles() []*entry {
	list := s.in(Applied, Edited, Missing, Unrecorded, Replaced, Halfway)
	list = slices.DeleteFunc(list, func(e *entry) bool { return !s.past.applied[e.version] || e.condition == Replaced })
	slices.Reverse(list)
	return list
}

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
