package qb

import "github.com/weft-orm/weft/mapper"

// Pipeline is an aggregation written by a user in MongoDB's terms, for engines that
// have them; others refuse it. Its rows are documents: they implement driver.Documents.
type Pipeline struct {
	// Entity is the one whose collection is read; Schema stands for the wildcard schema "*".
	Entity *mapper.Entity
	Schema string
	// Stages are conditions.D, lists ([]any) and, for values, conditions.Slot; what else
	// there is stands for itself.
	Stages []any
	// Redacted tells, by slot, which values stay out of logs.
	Redacted []bool
}

func (*Pipeline) query() {}
