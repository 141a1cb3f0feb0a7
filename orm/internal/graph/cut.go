package graph

import "slices"

// Cut chooses the edges to break so that the rest is free of cycles: in every
// cyclic component the weakest kind, then the cheapest, then the first edge
// given. It returns the indexes of the broken edges in ascending order, or a
// [*CycleError] when a ring consists of required edges. A broken edge is
// necessary: putting it back would close a ring.
func Cut(n int, edges []Edge) (broken []int, err error) {
	if acyclic(n, edges) {
		return nil, nil
	}
	gone := make([]bool, len(edges))
	for {
		kept := keep(edges, gone)
		components, of := Components(n, kept)
		cyclic := Cyclic(components, of, kept)
		if !slices.Contains(cyclic, true) {
			break
		}
		weakest, err := weakestEdges(edges, gone, of, cyclic)
		if err != nil {
			return nil, err
		}
		for _, i := range weakest {
			gone[i] = true
			broken = append(broken, i)
		}
	}
	broken = restore(n, edges, gone, broken)
	slices.Sort(broken)
	return broken, nil
}

// acyclic reports edges without a cycle, as those of nearly all flushes are: it costs
// less than to find the components.
func acyclic(n int, edges []Edge) bool {
	forward := func(e Edge) bool { return e.From < e.To }
	if !slices.ContainsFunc(edges, func(e Edge) bool { return !forward(e) }) {
		return true
	}
	out, waiting := adjacency(n, edges), waitingFor(n, edges)
	ready := make([]int32, 0, n)
	for v := range n {
		if waiting[v] == 0 {
			ready = append(ready, int32(v))
		}
	}
	for i := 0; i < len(ready); i++ {
		for _, to := range out.of(int(ready[i])) {
			if waiting[to]--; waiting[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	return len(ready) == n
}

// weakestEdges returns one edge to break for each cyclic component.
func weakestEdges(edges []Edge, gone []bool, of []int, cyclic []bool) ([]int, error) {
	best := make([]int, len(cyclic))
	for i := range best {
		best[i] = -1
	}
	for i, e := range edges {
		c := of[e.From]
		if gone[i] || c != of[e.To] || !cyclic[c] {
			continue
		}
		if best[c] < 0 || weaker(e, edges[best[c]]) {
			best[c] = i
		}
	}
	var chosen []int
	for c, i := range best {
		switch {
		case !cyclic[c]:
		case edges[i].Kind == Required:
			return nil, &CycleError{ring(edges, gone, of, c)}
		default:
			chosen = append(chosen, i)
		}
	}
	return chosen, nil
}

func weaker(a, b Edge) bool {
	if a.Kind != b.Kind {
		return a.Kind < b.Kind
	}
	return a.Cost < b.Cost
}

// restore puts broken edges back, the strongest first, as long as no ring
// appears: breaking one edge may have made breaking another unnecessary.
func restore(n int, edges []Edge, gone []bool, broken []int) []int {
	if len(broken) < 2 {
		return broken
	}
	candidates := slices.Clone(broken)
	slices.SortFunc(candidates, func(a, b int) int {
		if weaker(edges[a], edges[b]) != weaker(edges[b], edges[a]) {
			if weaker(edges[b], edges[a]) {
				return -1
			}
			return 1
		}
		return a - b
	})
	reach := newReach(n, edges, gone)
	kept := broken[:0]
	for _, i := range candidates {
		if reach.path(int(edges[i].To), int(edges[i].From)) {
			kept = append(kept, i)
			continue
		}
		gone[i] = false
		reach.add(edges[i])
	}
	return kept
}

// ring returns a shortest ring through the smallest node of component c.
func ring(edges []Edge, gone []bool, of []int, c int) []Edge {
	out := map[int32][]Edge{}
	for i, e := range edges {
		if !gone[i] && of[e.From] == c && of[e.To] == c {
			out[e.From] = append(out[e.From], e)
		}
	}
	start := int32(slices.Index(of, c))
	via := map[int32]Edge{} // node -> edge it was reached by
	for queue := []int32{start}; len(queue) > 0; queue = queue[1:] {
		for _, e := range out[queue[0]] {
			if _, seen := via[e.To]; seen {
				continue
			}
			via[e.To] = e
			if e.To == start {
				return unwind(via, start)
			}
			queue = append(queue, e.To)
		}
	}
	return nil
}

// unwind follows the edges back from start to itself.
func unwind(via map[int32]Edge, start int32) []Edge {
	path := []Edge{via[start]}
	for path[len(path)-1].From != start {
		path = append(path, via[path[len(path)-1].From])
	}
	slices.Reverse(path)
	return path
}

func keep(edges []Edge, gone []bool) []Edge {
	kept := make([]Edge, 0, len(edges))
	for i, e := range edges {
		if !gone[i] {
			kept = append(kept, e)
		}
	}
	return kept
}
