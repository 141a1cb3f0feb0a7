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
	// building counts steps that make what a history begins with, reading those that
	// read, after the unit was cleared.
	building, reading int
}

func newDrawing(seed uint64, r *run, kinds []string) *drawing {
	g := &drawing{r: r, rng: rand.New(rand.NewPCG(seed, 1)), kinds: kinds}
	g.building = begins
	for _, k := range kinds {
		g.total += actions[k].weight
	}
	return g
}

func (g *drawing) below(n int) int { return g.rng.IntN(max(n, 1)) }

func (g *drawing) next() int { return g.last + 1 }

func (g *drawing) begun() bool { return g.scopes == 1 && !g.r.scopes[0].nested }

func (g *drawing) nested() bool { return g.scopes > 0 && g.r.scopes[g.scopes-1].nested }

// begins is the number of steps that make what a history begins with: entities that
// are connected, stored, and most often read again by the unit.
const begins = 14

// step draws one that means something.
func (g *drawing) step() step {
	switch g.building--; {
	case g.building == 1:
		return step{Do: "flush"}
	case g.building == 0 && g.below(3) > 0 && slices.Contains(g.kinds, "clear"):
		g.reading = 4 + g.below(5)
		return step{Do: "clear"}
	}
	g.scopes = len(g.r.scopes)
	for range 60 {
		kind := g.kind()
		for n := 0; n < 8 && g.suits(kind); n++ { // rather this kind than another
			st, ok := actions[kind].draw(g)
			a := actions[st.Do]
			if ok && (a.may == nil || a.may(g.r.m, st)) {
				g.last = max(g.last, st.H)
				if st.Do == "clear" {
					g.reading = 3 + g.below(4)
				}
				return st
			}
		}
	}
	return step{Do: "flush"}
}

// kind picks one.
func (g *drawing) kind() string {
	if g.building > 1 {
		if k := []string{"new", "new", "attach", "attach", "add", "point"}[g.below(6)]; slices.Contains(g.kinds, k) {
			return k
		}
	}
	if g.reading > 0 && len(g.r.m.db.rows) > 0 {
		g.reading--
		if k := []string{"find", "find", "find", "part", "populate", "merge"}[g.below(6)]; slices.Contains(g.kinds, k) {
			return k
		}
	}
	n := g.below(g.total)
	return g.kinds[slices.IndexFunc(g.kinds, func(k string) bool { n -= actions[k].weight; return n < 0 })]
}

// suits keeps a history small enough, makes it end what it cannot flush, and leaves
// out what would do nothing.
func (g *drawing) suits(kind string) bool {
	switch kind {
	case "clear":
		out := g.r.m.settle()
		return out.unclear != "" || len(out.errs) > 0 && g.below(4) == 0 || !out.writes && g.scopes == 0 && len(g.r.m.mem) > 3 || !out.writes && g.scopes > 0 && len(g.r.m.mem) > 3 && g.below(3) == 0 || g.below(60) == 0
	case "flush":
		return g.r.m.settle().writes || g.below(30) == 0
	case "new", "attach":
		return len(g.r.m.mem) < 16 || g.below(30) == 0
	}
	return true
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

// apart picks a row that the unit does not have, of those that fit.
func (g *drawing) apart(fits func(h int, r *row) bool) int {
	var list []int
	for h, r := range g.r.m.db.rows {
		if g.r.m.mem[h] == nil && fits(h, r) {
			list = append(list, h)
		}
	}
	slices.Sort(list)
	return first(g.some(list, 1))
}

// typ picks a type that can be made, most often one that others have to do with.
func (g *drawing) typ() *typ {
	for n := 0; ; n++ {
		t := g.r.types[g.below(len(g.r.types))]
		if t.abstract || n < 12 && len(g.r.m.mem) > 0 && !g.related(t) {
			continue
		}
		possible := true
		for _, v := range t.needs() {
			possible = possible && len(g.candidates(v)) > 0
		}
		if possible {
			return t
		}
	}
}

// related reports a type that an object of the unit may be connected with.
func (g *drawing) related(t *typ) bool {
	for _, a := range g.r.assocs {
		for _, o := range g.r.m.mem {
			if t.is(a.left) && o.typ.is(a.right) || t.is(a.right) && o.typ.is(a.left) {
				return true
			}
		}
	}
	return false
}

// view picks a view of an object.
func (g *drawing) view(fits func(h int, v *view) bool) (int, *view) {
	type choice struct {
		h int
		v *view
	}
	var list []choice
	for _, h := range g.r.m.objects() {
		if o := g.r.m.mem[h]; o.living() {
			for _, v := range o.typ.allViews() {
				if (!v.left || !v.assoc.key) && fits(h, v) {
					list = append(list, choice{h, v})
				}
			}
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	c := list[g.below(len(list))]
	return c.h, c.v
}

// others reports that there is something that a view could hold and does not.
func (g *drawing) others(h int, v *view) bool {
	now := g.r.m.content(h, v)
	return slices.ContainsFunc(g.candidates(v), func(x int) bool { return !slices.Contains(now, x) })
}

// targets picks objects that a view can hold.
func (g *drawing) targets(v *view, n int) []int { return g.some(g.candidates(v), n) }

// candidates are all of them.
func (g *drawing) candidates(v *view) []int {
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
	return list
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
