package migrate

import (
	"context"
	"maps"
	"slices"

	"github.com/pressly/goose/v3/database"
)

// prepare makes the tables, and lets squashed files that are applied take the place of
// those they stand for.
func (h *history) prepare(ctx context.Context, db database.DBTxConn) error {
	if err := h.ensure(ctx, db); err != nil {
		return err
	}
	var squashed []*File
	for _, f := range h.set.files {
		if len(f.Replaces) > 0 {
			squashed = append(squashed, f)
		}
	}
	if len(squashed) == 0 {
		return nil
	}
	p, err := h.read(ctx, db)
	if err != nil {
		return err
	}
	for _, f := range squashed {
		if !p.applied[f.Version] {
			continue
		}
		for _, version := range slices.Sorted(maps.Keys(f.Replaces)) {
			if version != f.Version && p.applied[version] {
				if err := h.Delete(ctx, db, version); err != nil {
					return err
				}
			}
		}
		if r := p.records[f.Version]; r != nil && r.checksum == f.Replaces[f.Version] {
			if err := h.put(ctx, db, finished(f)); err != nil {
				return err
			}
		}
	}
	return nil
}
