package plan

import (
	"slices"

	"github.com/weft-orm/weft/orm/internal/graph"
)

// order groups the operations by shape and puts the groups in order.
func order(ops []*Op, edges []graph.Edge) *Plan {
	if len(ops) > 0 && len(edges) == 0 && !slices.ContainsFunc(ops, func(op *Op) bool { return op.Form != ops[0].Form }) {
		return oneStep(ops)
	}
	shapes, of := group(ops)
	rank := rankGroups(shapes, of, edges)
	ranked := make([]int, len(ops))
	for i := range ops {
		ranked[i] = rank[of[i]]
	}
	p := &Plan{}
	for _, batch := range graph.Batches(len(ops), edges, ranked) {
		s := shapes[of[batch[0]]]
		step := &Step{Role: s.op.Role, Shape: s.key, Ops: make([]*Op, len(batch))}
		for i, at := range batch {
			step.Ops[i] = ops[at]
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

// rankGroups gives each shape its place: what must come first by the edges,
// then by role, entity and first appearance. Shapes on a common ring keep that
// natural order among themselves and are taken apart row by row.
func rankGroups(shapes []*shape, of []int, edges []graph.Edge) []int {
	natural := make([]int, len(shapes)) // shape -> natural position
	sorted := make([]int, len(shapes))
	for i := range sorted {
		sorted[i] = i
	}
	slices.SortFunc(sorted, func(a, b int) int { return shapes[a].compare(shapes[b]) })
	for position, s := range sorted {
		natural[s] = position
	}
	between := groupEdges(natural, of, edges)
	components, component := graph.Components(len(shapes), between)
	first := make([]int, len(components)) // component -> smallest natural position
	for i, members := range components {
		first[i] = members[0]
	}
	condensed := make([]graph.Edge, 0, len(between))
	for _, e := range between {
		if from, to := component[e.From], component[e.To]; from != to {
			condensed = append(condensed, graph.Edge{From: int32(from), To: int32(to)})
		}
	}
	rank := make([]int, len(shapes))
	next := 0
	for _, batch := range graph.Batches(len(components), condensed, first) {
		for _, c := range batch {
			for _, position := range components[c] {
				rank[sorted[position]] = next
				next++
			}
		}
	}
	return rank
}

// groupEdges returns the distinct edges between shapes, by natural position.
func groupEdges(natural, of []int, edges []graph.Edge) []graph.Edge {
	type pair struct{ from, to int }
	seen := map[pair]bool{}
	var list []graph.Edge
	var last pair // the edges of many rows come one after the other
	for _, e := range edges {
		p := pair{natural[of[e.From]], natural[of[e.To]]}
		if p.from != p.to && p != last && !seen[p] {
			seen[p] = true
			list = append(list, graph.Edge{From: int32(p.from), To: int32(p.to)})
		}
		last = p
	}
	return list
}

// oneStep is the plan of operations that all have one form.
func oneStep(ops []*Op) *Plan {
	op := ops[0]
	one := &single{step: Step{Role: op.Role, Shape: string(op.shape(make([]byte, 0, 64))), Ops: ops}}
	one.steps[0] = &one.step
	one.plan.Steps = one.steps[:]
	return &one.plan
}

// single is a plan of one step, in one piece.
type single struct {
	plan  Plan
	step  Step
	steps [1]*Step
}
