package orm

import "slices"

// groups are entities by what they belong to, each once in its group, in order of
// appearance.
type groups[K comparable] struct {
	lists map[K][]*managed
	// seen has the members of long groups.
	seen map[K]map[*managed]struct{}
}

// add puts m into a group, unless it is there.
func (g *groups[K]) add(key K, m *managed) {
	if list := g.lists[key]; !g.has(key, list, m) {
		g.put(key, append(list, m))
	}
}

// put replaces a group.
func (g *groups[K]) put(key K, list []*managed) {
	if g.lists == nil {
		g.lists = map[K][]*managed{}
	}
	g.lists[key] = list
}

// has reports whether m is in the list of a group, and counts it as a member of a long one.
func (g *groups[K]) has(key K, list []*managed, m *managed) bool {
	const few = 32
	if len(list) < few {
		return slices.Contains(list, m)
	}
	set := g.seen[key]
	if set == nil {
		set = make(map[*managed]struct{}, 2*len(list))
		for _, x := range list {
			set[x] = struct{}{}
		}
		if g.seen == nil {
			g.seen = map[K]map[*managed]struct{}{}
		}
		g.seen[key] = set
	}
	before := len(set)
	set[m] = struct{}{}
	return len(set) == before
}
