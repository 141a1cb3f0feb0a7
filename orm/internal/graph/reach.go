package graph

// reach answers whether one node leads to another while edges are added.
type reach struct {
	out  neighbours
	more map[int][]int32 // of edges that were added
	seen []int           // round in which a node was last seen
	now  int
}

func newReach(n int, edges []Edge, gone []bool) *reach {
	return &reach{out: adjacency(n, keep(edges, gone)), more: map[int][]int32{}, seen: make([]int, n)}
}

func (r *reach) add(e Edge) { r.more[int(e.From)] = append(r.more[int(e.From)], e.To) }

// path reports whether from leads to to; a node leads to itself.
func (r *reach) path(from, to int) bool {
	r.now++
	stack := []int{from}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v == to {
			return true
		}
		if r.seen[v] == r.now {
			continue
		}
		r.seen[v] = r.now
		for _, list := range [2][]int32{r.out.of(v), r.more[v]} {
			for _, to := range list {
				stack = append(stack, int(to))
			}
		}
	}
	return false
}
