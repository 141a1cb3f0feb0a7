package ask

import (
	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/cmd/internal/render"
	"github.com/weft-orm/weft/mapper"
)

// Query is a find in words.
type Query struct {
	// Entity is the name of the root.
	Entity string
	// Where is a condition as JSON, Having one on groups, as JSON or SQL.
	Where, Having string
	// Populate has the relations to load: "books.tags,publisher", or one with options,
	// `books={"limit": 5}`.
	Populate []string
	// PopulateWhere is "$infer", or a condition about the roots.
	PopulateWhere string
	// Order, Fields and Group are lists of paths.
	Order, Fields, Group []string
	// Filters have a condition wherever an entity is read: `Tag={"name:ne": "x"}`; or
	// switch a filter of the mapping on, with its parameters: `open`, `tenant={"id": 1}`.
	Filters []string
	// Mapping asks for the filters that the mapping has on by default, those in Without
	// excepted: their names, or "*".
	Mapping bool
	Without []string
	// Limit and Offset are -1 for none.
	Limit, Offset int
	// Strategy is "", "auto", "select-in", "joined" or "balanced".
	Strategy string
	// Count asks for the number of roots.
	Count bool
	// Exists and KeyIn ask for semi-joins as EXISTS, or as key IN (sub-query).
	Exists, KeyIn bool
}

// fewRoots are driver.Caps.FewRoots of the targets, none for those that never join by "auto".
var fewRoots = map[string]int{"sqlite": 16, "postgres": 128, "mysql": 128, "mariadb": 128}

// Report plans the query and compiles it for each target. Mistakes are a [*Mistake].
func (q *Query) Report(reg *mapper.Registry, targets []string) (*render.Report, error) {
	request, err := q.Request(reg)
	if err != nil {
		return nil, err
	}
	report := &render.Report{Entity: request.Entity.Name}
	for _, target := range targets {
		request.JoinToOneOnly, request.FewRoots = target == compile.Mongo, fewRoots[target]
		steps, err := plan.Make(request)
		if err != nil {
			return nil, q.mistake(err)
		}
		report.Add(target, steps)
	}
	return report, nil
}
