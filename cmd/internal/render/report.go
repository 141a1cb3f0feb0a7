package render

import (
	"slices"

	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/cmd/internal/table"
)

// Report is everything there is to print about one request.
type Report struct {
	// Entity is the root.
	Entity string
	// Targets are the back ends.
	Targets []*Target
	// Plan is the database's plan of the main statement, Rows are its first rows;
	// nil unless they were asked for.
	Plan, Rows *table.Table
}

// Target is one back end with what it would run, in order.
type Target struct {
	Name  string
	Steps []*Step
}

// Step is a planned query and what it compiles to.
type Step struct {
	Plan      *plan.Step
	Statement *compile.Statement
}

// Add compiles planned steps for a target.
func (r *Report) Add(target string, steps []*plan.Step) {
	t := &Target{Name: target}
	for _, step := range steps {
		t.Steps = append(t.Steps, &Step{step, compile.Step(step, target)})
	}
	r.Targets = append(r.Targets, t)
}

// Usable reports whether some target can run every step.
func (r *Report) Usable() bool {
	for _, t := range r.Targets {
		if !slices.ContainsFunc(t.Steps, func(s *Step) bool { return s.Statement.Err != nil }) {
			return true
		}
	}
	return false
}
