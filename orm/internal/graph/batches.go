package graph

import (
	"container/heap"
	"slices"
)

// Batches orders n nodes so that every edge is respected, and puts nodes of the
// same group together as far as the edges allow: each batch holds all nodes of
// one group that were ready when the group's turn came. Groups are numbers; the
// smallest group that is ready goes next. The edges must be free of cycles.
func Batches(n int, edges []Edge, group []int) [][]int {
	out, waiting := adjacency(n, edges), waitingFor(n, edges)
	var ready groups
	members := roomFor(group)
	add := func(v int) {
		g := group[v]
		if len(members[g]) == 0 {
			heap.Push(&ready, g)
		}
		members[g] = append(members[g], v)
	}
	for v := range n {
		if waiting[v] == 0 {
			add(v)
		}
	}
	var batches [][]int
	for ready.Len() > 0 {
		g := heap.Pop(&ready).(int)
		batch := members[g]
		members[g] = batch[len(batch):] // the room of those to come
		slices.Sort(batch)
		batches = append(batches, slices.Clip(batch))
		for _, v := range batch {
			for _, to := range out.of(v) {
				if waiting[to]--; waiting[to] == 0 {
					add(int(to))
				}
			}
		}
	}
	return batches
}

// waitingFor counts the edges that lead to each node.
func waitingFor(n int, edges []Edge) []int32 {
	waiting := make([]int32, n)
	for _, e := range edges {
		waiting[e.To]++
	}
	return waiting
}

// roomFor returns an empty list for each group with room for all of its nodes.
func roomFor(group []int) [][]int {
	var size []int
	for _, g := range group {
		for len(size) <= g {
			size = append(size, 0)
		}
		size[g]++
	}
	memory, lists := make([]int, len(group)), make([][]int, len(size))
	for g, n := range size {
		lists[g], memory = memory[:0:n], memory[n:]
	}
	return lists
}

// groups is a heap of group numbers.
type groups []int

func (g groups) Len() int           { return len(g) }
func (g groups) Less(i, j int) bool { return g[i] < g[j] }
func (g groups) Swap(i, j int)      { g[i], g[j] = g[j], g[i] }

// Push appends a group, as heap.Interface asks.
func (g *groups) Push(x any) { *g = append(*g, x.(int)) }

// Pop removes the last group, as heap.Interface asks.
func (g *groups) Pop() any {
	last := (*g)[len(*g)-1]
	*g = (*g)[:len(*g)-1]
	return last
}
