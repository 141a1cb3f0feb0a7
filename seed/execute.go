package seed

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Options say how seeders run.
type Options struct {
	// Value makes values; the same one makes the same.
	Value uint64
	// Only names seeders to run, with those they call; empty runs all.
	Only []string
	// Clear deletes all rows of mapped tables first.
	Clear bool
}

// Report tells what ran.
type Report struct {
	// Seeders are the names of those that ran, in the order they ended.
	Seeders []string `json:"seeders"`
	// Rows counts the rows of each entity that were made, by name.
	Rows map[string]int `json:"rows"`
}

// Execute runs seeders in one transaction, where the engine has them: all or nothing.
func Execute(ctx context.Context, db *orm.DB, seeders []Seeder, opts Options) (*Report, error) {
	chosen, err := Named(seeders, opts.Only...)
	if err != nil {
		return nil, err
	}
	report := &Report{Rows: map[string]int{}}
	work := func(ctx context.Context, em *orm.EntityManager) error {
		if opts.Clear {
			if err := Clear(ctx, em); err != nil {
				return err
			}
		}
		run := New(em, opts.Value)
		err := run.Call(ctx, chosen...)
		for name := range run.ran {
			report.Seeders = append(report.Seeders, name)
		}
		slices.Sort(report.Seeders)
		for e, n := range run.rows {
			report.Rows[e.Name] = n
		}
		return err
	}
	em := db.Fork()
	if !db.Engine().Caps().Transactions {
		if err := work(ctx, em); err != nil {
			return nil, err
		}
		return report, nil
	}
	if err := em.Transactional(ctx, work); err != nil {
		return nil, err
	}
	return report, nil
}

// isStored reports an entity with rows of its own that can be deleted.
func isStored(e *mapper.Entity) bool { return e.Base == nil && !e.ReadOnly && e.Query == "" }
