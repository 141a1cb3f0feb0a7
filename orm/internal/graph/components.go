package graph

import "slices"

// Components returns the strongly connected components of n nodes, every
// component sorted, and for each node the index of its component. Components
// come in the order of Tarjan's algorithm: what depends on others comes first.
func Components(n int, edges []Edge) (components [][]int, of []int) {
	t := tarjan{out: adjacency(n, edges), index: make([]int, n), low: make([]int, n), of: make([]int, n)}
	for v := range n {
		if t.index[v] == 0 {
			t.visit(v)
		}
	}
	return t.components, t.of
}

// Cyclic reports, for each component, whether it holds a cycle: several nodes,
// or one with an edge to itself.
func Cyclic(components [][]int, of []int, edges []Edge) []bool {
	cyclic := make([]bool, len(components))
	for i, c := range components {
		cyclic[i] = len(c) > 1
	}
	for _, e := range edges {
		if e.From == e.To {
			cyclic[of[e.From]] = true
		}
	}
	return cyclic
}

// tarjan is the state of Tarjan's algorithm with an explicit stack, so that a
// chain of any length does not grow the goroutine's.
type tarjan struct {
	out        neighbours
	index, low []int // 0 is unvisited
	next       int
	stack      []int
	of         []int // the component, onStack while it is unknown
	components [][]int
}

// frame is one node being visited and the position among its edges.
type frame struct{ node, edge int }

const onStack = -1

func (t *tarjan) visit(root int) {
	frames := []frame{t.enter(root)}
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		out := t.out.of(f.node)
		if f.edge == len(out) {
			t.leave(f.node)
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				parent := frames[len(frames)-1].node
				t.low[parent] = min(t.low[parent], t.low[f.node])
			}
			continue
		}
		to := int(out[f.edge])
		f.edge++
		if t.index[to] == 0 {
			frames = append(frames, t.enter(to))
		} else if t.of[to] == onStack {
			t.low[f.node] = min(t.low[f.node], t.index[to])
		}
	}
}

func (t *tarjan) enter(v int) frame {
	t.next++
	t.index[v], t.low[v], t.of[v] = t.next, t.next, onStack
	t.stack = append(t.stack, v)
	return frame{node: v}
}

func (t *tarjan) leave(v int) {
	if t.low[v] != t.index[v] {
		return
	}
	at := len(t.stack) - 1
	for t.stack[at] != v {
		at--
	}
	component := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	slices.Sort(component)
	for _, member := range component {
		t.of[member] = len(t.components)
	}
	t.components = append(t.components, component)
}

// neighbours are the targets of the edges of each node, in the order of edges.
type neighbours struct {
	start   []int32 // by node, and the end
	targets []int32
}

// of returns the targets of a node's edges.
func (a *neighbours) of(v int) []int32 { return a.targets[a.start[v]:a.start[v+1]] }

func adjacency(n int, edges []Edge) neighbours {
	a := neighbours{start: make([]int32, n+2), targets: make([]int32, len(edges))}
	for _, e := range edges {
		a.start[e.From+2]++
	}
	for v := range n {
		a.start[v+2] += a.start[v+1]
	}
	for _, e := range edges { // start[v+1] grows from the start of v to its end
		a.targets[a.start[e.From+1]] = e.To
		a.start[e.From+1]++
	}
	a.start = a.start[:n+1]
	return a
}
