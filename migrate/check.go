package migrate

import (
	"context"

	"github.com/weft-orm/weft/schema"
)

// Verify reports what is wrong with the history of the database: files changed after
// they were applied, versions without a file, files older than what is applied. nil is
// nothing; that files are pending is nothing wrong.
func (m *Migrator) Verify(ctx context.Context) error {
	s, err := m.state(ctx)
	if err != nil {
		return err
	}
	if err := s.sound(); err != nil {
		return err
	}
	if list := s.in(Halfway); len(list) > 0 {
		return &Error{Class: ErrHalfway, Names: entryNames(list), Remedy: "weft migrate status tells how far it got; up goes on from there"}
	}
	return s.inOrder(s.in(Pending), m.options)
}

// Drift compares the database with the mapping: what it has more, less or otherwise
// in the tables of the entities, in spite of its files. It is empty where files are
// pending that would bring the difference.
func (m *Migrator) Drift(ctx context.Context, t schema.Target, opts ...schema.Option) (*schema.Plan, error) {
	s, err := m.state(ctx)
	if err != nil {
		return nil, err
	}
	if list := s.in(Pending, Halfway); len(list) > 0 {
		return nil, &Error{Class: ErrHistory, Names: entryNames(list), Remedy: "these are pending: the database is compared when it is up to date"}
	}
	own := []schema.Option{schema.Gone(m.set.Tables()...), schema.GoneViews(m.set.Views()...)}
	return schema.Diff(ctx, t, append(own, opts...)...)
}
