package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/orm/internal/graph"
)

// parse reads edges over single-letter nodes: "a>b" is required, "a~b" a
// patchable key, "a?b" a patchable unique value, "a-b" preferred; a digit is the cost.
func parse(text string) []graph.Edge {
	kinds := map[byte]graph.Kind{'>': graph.Required, '~': graph.PatchKey, '?': graph.PatchUnique, '-': graph.Preferred}
	var edges []graph.Edge
	for i, f := range strings.Fields(text) {
		e := graph.Edge{From: int32(f[0] - 'a'), To: int32(f[2] - 'a'), Kind: kinds[f[1]], Tag: int32(i)}
		if len(f) > 3 {
			e.Cost = int32(f[3] - '0')
		}
		edges = append(edges, e)
	}
	return edges
}

func nodes(edges []graph.Edge) int {
	n := 0
	for _, e := range edges {
		n = max(n, int(e.From)+1, int(e.To)+1)
	}
	return n
}

func TestCut(t *testing.T) {
	tests := []struct{ name, edges, broken string }{
		{"nothing", "", ""},
		{"chain", "a>b b>c", ""},
		{"nullable self-reference", "a~a", "a~a"},
		{"two types, both nullable", "a~b b~a", "a~b"},
		{"two types, one nullable", "a>b b~a", "b~a"},
		{"cheaper edge", "a~b2 b~a1", "b~a1"},
		{"preferred before nullable key", "a~b b-c c>a", "b-c"},
		{"key before unique value", "a?b b~a", "b~a"},
		{"nullable chosen over mandatory in a mixed ring", "a>b b>c c~a d>a", "c~a"},
		{"two rings", "a~b b>a c~d d>c", "a~b c~d"},
		{"two rings sharing a node", "a~b b>a b>c c~b", "a~b c~b"},
		{"one edge opens both rings", "a~b b>c c>a b>d d>a", "a~b"},
		{"restored when another break suffices", "a~b1 b>a b~c2 c>b c~a", "a~b1 b~c2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			edges := parse(tt.edges)
			broken, err := graph.Cut(nodes(edges), edges)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range broken {
				got = append(got, strings.Fields(tt.edges)[edges[i].Tag])
			}
			if s := strings.Join(got, " "); s != tt.broken {
				t.Errorf("broken = %q, want %q", s, tt.broken)
			}
		})
	}
}

func TestCutReportsRing(t *testing.T) {
	tests := []struct{ edges, want string }{
		{"a>a", "unbreakable cycle: 0 -> 0"},
		{"a>b b>a", "unbreakable cycle: 0 -> 1 -> 0"},
		{"a>b b>c c>d d>a b>a", "unbreakable cycle: 0 -> 1 -> 0"},
		{"a>b b>c c>b c~a", "unbreakable cycle: 1 -> 2 -> 1"},
	}
	for _, tt := range tests {
		edges := parse(tt.edges)
		_, err := graph.Cut(nodes(edges), edges)
		var cycle *graph.CycleError
		if !errors.As(err, &cycle) || cycle.Error() != tt.want {
			t.Errorf("%s: error = %v, want %s", tt.edges, err, tt.want)
		}
	}
}

func TestBatches(t *testing.T) {
	tests := []struct {
		name, edges string
		groups      []int
		want        string
	}{
		{"one group", "", []int{0, 0, 0}, "[[0 1 2]]"},
		{"groups in order", "", []int{1, 0, 1}, "[[1] [0 2]]"},
		{"edges before groups", "a>b", []int{1, 0}, "[[0] [1]]"},
		{"a chain splits its group", "c>b b>a", []int{0, 0, 0}, "[[2] [1] [0]]"},
		{"levels of a tree", "a>b a>c b>d c>e", []int{0, 0, 0, 0, 0}, "[[0] [1 2] [3 4]]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fmt.Sprint(graph.Batches(len(tt.groups), parse(tt.edges), tt.groups))
			if got != tt.want {
				t.Errorf("batches = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOrderRespectsEveryKeptEdge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "nodes")
		edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) graph.Edge {
			return graph.Edge{
				From: rapid.Int32Range(0, int32(n-1)).Draw(t, "from"), To: rapid.Int32Range(0, int32(n-1)).Draw(t, "to"),
				Kind: graph.Kind(rapid.IntRange(1, 4).Draw(t, "kind")), Cost: rapid.Int32Range(0, 2).Draw(t, "cost"),
			}
		}), 0, 30).Draw(t, "edges")
		broken, err := graph.Cut(n, edges)
		if err != nil {
			checkRing(t, err)
			return
		}
		var kept []graph.Edge
		for i, e := range edges {
			if !slices.Contains(broken, i) {
				kept = append(kept, e)
			} else if e.Kind == graph.Required {
				t.Fatalf("required edge %v broken", e)
			}
		}
		group := rapid.SliceOfN(rapid.IntRange(0, 3), n, n).Draw(t, "groups")
		checkOrder(t, graph.Batches(n, kept, group), n, kept)
		again, _ := graph.Cut(n, edges)
		if !slices.Equal(again, broken) {
			t.Fatalf("second cut %v differs from %v", again, broken)
		}
	})
}

func checkRing(t *rapid.T, err error) {
	var cycle *graph.CycleError
	if !errors.As(err, &cycle) {
		t.Fatal(err)
	}
	for i, e := range cycle.Ring {
		if next := cycle.Ring[(i+1)%len(cycle.Ring)]; e.Kind != graph.Required && e.To != next.From {
			t.Fatalf("not a ring: %v", cycle.Ring)
		}
	}
}

func checkOrder(t *rapid.T, batches [][]int, n int, edges []graph.Edge) {
	position := make([]int, n)
	for i := range position {
		position[i] = -1
	}
	for i, batch := range batches {
		for _, v := range batch {
			position[v] = i
		}
	}
	if slices.Contains(position, -1) {
		t.Fatalf("a node is missing in %v", batches)
	}
	for _, e := range edges {
		if position[int(e.From)] >= position[int(e.To)] {
			t.Fatalf("edge %d -> %d not respected by %v", e.From, e.To, batches)
		}
	}
}
