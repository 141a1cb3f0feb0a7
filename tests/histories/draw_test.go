package histories_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// drawing proposes steps for the moment a history has come to.
type drawing struct {
	r      *run
	rng    *rand.Rand
	last   int // handle
	scopes int
	kinds  []string
	total  int
}

func newDrawing(seed uint64, r *run, kinds []string) *drawing {
	g := &drawing{r: r, rng: rand.New(rand.NewPCG(seed, 1)), kinds: kinds}
	for _, k := range kinds {
		g.total += actions[k].weight
	}
	return g
}

func (g *drawing) below(n int) int { return g.rng.IntN(max(n, 1)) }

func (g *drawing) next() int { return g.last + 1 }

func (g *drawing) begun() bool { return g.scopes == 1 && !g.r.scopes[0].nested }

func (g *drawing) nested() bool { return g.scopes > 0 && g.r.scopes[g.scopes-1].nested }

// step draws one that means something.
func (g *drawing) step() step {
	g.scopes = len(g.r.scopes)
	for range 60 {
		n := g.below(g.total)
		for _, k := range g.kinds {
			if n -= actions[k].weight; n >= 0 {
				continue
			}
			a := actions[k]
			st, ok := a.draw(g)
			if ok && (a.may == nil || a.may(g.r.m, st)) && g.fits(st) {
				g.last = max(g.last, st.H)
				return st
			}
			break
		}
	}
	return step{Do: "flush"}
}

// fits keeps a history small enough, and makes it end what it cannot flush.
func (g *drawing) fits(st step) bool {
	if st.Do == "clear" {
		return g.r.m.settle().unclear != "" || g.below(3) == 0
	}
	return st.Do != "new" && st.Do != "attach" || len(g.r.m.mem) < 14 || g.below(4) == 0
}

// some takes up to n of a list.
func (g *drawing) some(list []int, n int) []int { return g.shuffled(list)[:min(n, len(list))] }

func (g *drawing) shuffled(list []int) []int {
	out := slices.Clone(list)
	g.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// object picks one of the unit, 0 when there is none.
func (g *drawing) object(fits func(o *object) bool) int {
	var list []int
	for _, h := range g.r.m.objects() {
		if fits(g.r.m.mem[h]) {
			list = append(list, h)
		}
	}
	return first(g.some(list, 1))
}

func first(list []int) int {
	if len(list) == 0 {
		return 0
	}
	return list[0]
}

// row picks one of the database.
func (g *drawing) row() int {
	return first(g.some(slices.Sorted(maps.Keys(g.r.m.db.rows)), 1))
}

// typ picks a type that can be made, often one that few exist of.
func (g *drawing) typ() *typ {
	for {
		t := g.r.types[g.below(len(g.r.types))]
		if t.abstract {
			continue
		}
		possible := true
		for _, v := range t.needs() {
			possible = possible && len(g.targets(v, 1)) > 0
		}
		if possible {
			return t
		}
	}
}

// view picks a view of an object.
func (g *drawing) view(fits func(v *view) bool) (int, *view) {
	h := g.object((*object).living)
	if h == 0 {
		return 0, nil
	}
	var list []*view
	for _, v := range g.r.m.mem[h].typ.allViews() {
		if fits(v) {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	return h, list[g.below(len(list))]
}

// targets picks objects that a view can hold.
func (g *drawing) targets(v *view, n int) []int {
	t := v.assoc.right
	if !v.left {
		t = v.assoc.left
	}
	var list []int
	for _, h := range g.r.m.objects() {
		if o := g.r.m.mem[h]; o.living() && o.typ.is(t) {
			list = append(list, h)
		}
	}
	return g.some(list, n)
}

// readView picks a relation to read of an object.
func (g *drawing) readView(do string, h int) (step, bool) {
	t := g.r.typeAt(h)
	if t == nil {
		return step{}, false
	}
	var list []*view
	for _, v := range t.allViews() {
		if v.style != asScalar {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return step{}, false
	}
	return step{Do: do, H: h, F: list[g.below(len(list))].name, N: g.below(3)}, true
}

// scalar picks a scalar of an object.
func (g *drawing) scalar() (int, *scalar) {
	h := g.object((*object).living)
	if h == 0 {
		return 0, nil
	}
	list := g.r.m.mem[h].typ.scalars
	return h, list[g.below(len(list))]
}

// values draws all values of a new entity.
func (g *drawing) values(t *typ) []any {
	out := make([]any, len(t.scalars))
	for i, s := range t.scalars {
		if out[i] = g.value(t, s); s.name == "H" {
			out[i] = g.next()
		}
	}
	return out
}

// value draws one: of few, so that they meet, but for unique ones, which meet seldom.
func (g *drawing) value(t *typ, s *scalar) any {
	n := 1 + g.below(4)
	if t.isUnique(s.name) && g.below(12) > 0 {
		n = 10 + g.below(1000)
	}
	switch s.kind {
	case number:
		return n
	case text:
		return fmt.Sprintf("%s%d", string(s.name[0]), n)
	case embedded:
		return fmt.Sprintf("s%d|c%d", n, g.below(2))
	}
	if g.below(3) == 0 {
		return nil
	}
	switch s.kind {
	case maybeNumber:
		return n
	case maybeEmbedded:
		return fmt.Sprintf("s%d|c%d", n, g.below(2))
	}
	return fmt.Sprintf("%s%d", string(s.name[0]), n)
}

func (t *typ) isUnique(name string) bool {
	return slices.ContainsFunc(t.unique, func(g group) bool { return slices.Contains(g.names, name) })
}
