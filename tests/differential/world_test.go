package differential_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// thing is a row in memory: what is stored of it, and where its relations lead.
type thing struct {
	entity *mapper.Entity
	vals   map[string]any // canonical, by property path; keys for owned references
	one    map[string]*thing
	many   map[string][]*thing
}

func (x *thing) key() any {
	parts := make([]any, len(x.entity.Key))
	for i, p := range x.entity.Key {
		parts[i] = x.vals[p.Path]
	}
	return mapper.NewTuple(parts)
}

// world is a set of random rows of all entities: few distinct values, so that conditions often tell rows apart, and
// absent values of every sort.
type world struct {
	registry *mapper.Registry
	rand     *rand.Rand
	rows     map[*mapper.Entity][]*thing
	// dangling allows keys without a row behind them.
	dangling bool
}

// rowsOf is how many rows an entity has unless sizes says otherwise.
const rowsOf = 8

var sizes = map[string]int{"Book": 11, "Tag": 5, "Publisher": 5, "Profile": 4, "Animal": 3, "Dog": 5, "Cat": 5, "Employee": 9}

func newWorld(reg *mapper.Registry, seed uint64, dangling bool) *world {
	w := &world{registry: reg, rand: rand.New(rand.NewPCG(seed, 7)), rows: map[*mapper.Entity][]*thing{}, dangling: dangling}
	for _, e := range w.inOrder() {
		if isPair(e) {
			w.pairs(e)
			continue
		}
		n := rowsOf
		if sizes[e.Name] > 0 {
			n = sizes[e.Name]
		}
		for i := range n {
			w.add(e, i)
		}
	}
	for _, e := range reg.Entities() {
		for _, p := range e.Relations {
			w.relate(e, p)
		}
	}
	return w
}

// inOrder lists the entities, those that others need first.
func (w *world) inOrder() []*mapper.Entity {
	var list []*mapper.Entity
	ready := func(e *mapper.Entity) bool {
		for _, p := range e.Relations {
			needs := p.Kind.IsToOne() && p.Relation.Owning && !p.Nullable && p.Relation.Target != e
			if needs && !slices.Contains(list, p.Relation.Target) {
				return false
			}
		}
		return true
	}
	for len(list) < len(w.registry.Entities()) {
		n := len(list)
		for _, e := range w.registry.Entities() {
			if !slices.Contains(list, e) && ready(e) {
				list = append(list, e)
			}
		}
		if len(list) == n {
			panic("required relations form a ring")
		}
	}
	return list
}

// isPair reports a key made of relations.
func isPair(e *mapper.Entity) bool { return len(e.Key) > 1 && e.Key[0].Relation != nil }

// pairs adds a row for about half of the pairs of targets.
func (w *world) pairs(e *mapper.Entity) {
	left, right := e.Key[0], e.Key[1]
	for i, a := range w.rows[left.Relation.Target] {
		for _, b := range w.rows[right.Relation.Target][:4] {
			if i < 6 && w.rand.IntN(2) == 0 {
				x := w.add(e, 0)
				x.vals[left.Path], x.one[left.Path] = a.key(), a
				x.vals[right.Path], x.one[right.Path] = b.key(), b
			}
		}
	}
}

// add makes the i-th row of an entity, without its relations.
func (w *world) add(e *mapper.Entity, i int) *thing {
	x := &thing{e, map[string]any{}, map[string]*thing{}, map[string][]*thing{}}
	w.rows[e] = append(w.rows[e], x)
	absent := map[*mapper.Property]bool{}
	for _, p := range e.Leaves {
		if p.Relation != nil || p.Virtual || p.Formula != "" {
			continue
		}
		if parent := p.Parent; parent != nil && parent.Nullable {
			if _, decided := absent[parent]; !decided {
				absent[parent] = w.rand.IntN(3) == 0
			}
			if absent[parent] {
				continue
			}
		}
		x.vals[p.Path] = w.value(e, p, i)
	}
	return x
}

func (w *world) value(e *mapper.Entity, p *mapper.Property, i int) any {
	switch {
	case p.Primary:
		return keyOf(p.Type, i+100*w.generation(e))
	case p.Unique && p.Type.Kind == mapper.String:
		if p.Nullable && w.rand.IntN(3) == 0 {
			return nil
		}
		return fmt.Sprint(texts[i%len(texts)], i)
	case p.Columns[0] == e.Discriminator || e.Discriminator != nil && p.Columns[0].Name == e.Discriminator.Name:
		return e.DiscriminatorValue
	case p.Nullable && canBeNil(e.GoType, p.Field) && w.rand.IntN(3) == 0:
		return nil
	case p.Type.Kind == mapper.JSON && len(p.Type.Shape) > 0:
		return w.preferences()
	case p.Type.Kind == mapper.JSON:
		return w.document(2)
	}
	values := pool(p.Type)
	return values[w.rand.IntN(len(values))]
}

// canBeNil reports a field that has a value for NULL of its own; inside an absent embedded value all are NULL.
func canBeNil(t reflect.Type, selector string) bool {
	for name := range strings.SplitSeq(selector, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		f, _ := t.FieldByName(name)
		t = f.Type
	}
	return slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, t.Kind())
}

// generation keeps the keys of a hierarchy in one table apart.
func (w *world) generation(e *mapper.Entity) int {
	if e.Base == nil {
		return 0
	}
	return 1 + slices.Index(e.Base.Children, e)
}

// relate gives every row of e a value for an owned relation, and the targets their way back.
func (w *world) relate(e *mapper.Entity, p *mapper.Property) {
	if p.Relation.Owning && p.Entity != e && slices.Contains(p.Entity.Relations, p) && p.Entity.Table != e.Table {
		return
	}
	targets := w.all(p.Relation.Target)
	for i, x := range w.rows[e] {
		switch {
		case !p.Relation.Owning || p.Primary:
		case p.Kind == mapper.ManyToMany:
			for _, to := range targets {
				if w.rand.IntN(4) == 0 {
					x.many[p.Path] = append(x.many[p.Path], to)
					link(to, p.Relation.Inverse, x)
				}
			}
		case p.Kind == mapper.OneToOne:
			w.refer(x, p, targets[2*i%len(targets)])
		case p.Nullable && w.rand.IntN(4) == 0:
		case p.Nullable && w.dangling && len(p.Columns) == 1 && p.Columns[0].Type.Kind == mapper.Int && w.rand.IntN(6) == 0:
			x.vals[p.Path] = int64(99)
		default:
			w.refer(x, p, targets[w.rand.IntN(len(targets))])
		}
	}
	for _, x := range w.rows[e] {
		if p.Primary && p.Relation.Owning {
			link(x.one[p.Path], p.Relation.Inverse, x)
		}
	}
}

func (w *world) refer(x *thing, p *mapper.Property, to *thing) {
	x.vals[p.Path], x.one[p.Path] = to.key(), to
	link(to, p.Relation.Inverse, x)
}

// link records a relation at its other end.
func link(to *thing, inverse *mapper.Property, from *thing) {
	switch {
	case inverse == nil:
	case inverse.Kind.IsToOne():
		to.one[inverse.Path] = from
	default:
		to.many[inverse.Path] = append(to.many[inverse.Path], from)
	}
}

// all returns the rows of an entity and its subtypes.
func (w *world) all(e *mapper.Entity) []*thing {
	var list []*thing
	for _, sub := range w.registry.Entities() {
		if sub.IsSubtypeOf(e) {
			list = append(list, w.rows[sub]...)
		}
	}
	return list
}
