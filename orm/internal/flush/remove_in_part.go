package flush

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// goingInPart reads what must be known of rows that go and were read in part: the unique values
// where other rows of their kind are written, which may take them; the references to rows that go
// as well, which must go later; and what such rows refer to.
func (w *Work) goingInPart(ctx context.Context) error {
	var all *going
	for _, m := range w.removed {
		if m.Loaded == nil || m.Snap == nil {
			continue
		}
		if all == nil {
			all = w.going()
		}
		var leaves []*mapper.Property
		for _, p := range slices.Concat(w.uniqueOf(m, all), all.references(w.Unit.Shape(m.Meta)), all.named(m.Meta)) {
			if !m.Loaded.Has(p.Index) && m.Meta.IsSubtypeOf(p.Entity) && !slices.Contains(leaves, p) {
				leaves = append(leaves, p)
			}
		}
		if len(leaves) == 0 {
			continue
		}
		if err := w.Loader.Leaves(ctx, m, leaves); err != nil {
			return err
		}
	}
	return nil
}

// going are the rows that go, by their entities and the roots of these.
type going struct {
	entities map[*mapper.Entity]int
	roots    map[*mapper.Entity]int
	// written are the roots of rows that are written, and stay.
	written map[*mapper.Entity]bool
	// by are the properties of a root that rows which go refer to, with the entities of these.
	by map[*mapper.Entity][]naming
}

// naming is a property that rows of an entity refer to others by.
type naming struct {
	entity *mapper.Entity
	by     *mapper.Property
}

func (w *Work) going() *going {
	g := &going{entities: map[*mapper.Entity]int{}, roots: map[*mapper.Entity]int{}, written: map[*mapper.Entity]bool{}, by: map[*mapper.Entity][]naming{}}
	for _, list := range [][]*unit.Managed{w.synced.New, w.synced.Suspects} {
		for _, m := range list {
			if !m.Goes {
				g.written[m.Meta.Root()] = true
			}
		}
	}
	for _, m := range w.removed {
		g.roots[m.Meta.Root()]++
		if g.entities[m.Meta]++; g.entities[m.Meta] > 1 {
			continue
		}
		for _, p := range w.Unit.Shape(m.Meta).Named {
			root := p.Relation.Target.Root()
			g.by[root] = append(g.by[root], naming{m.Meta, p.Relation.By})
		}
	}
	return g
}

// references are those of a row that goes which may lead to another one.
func (g *going) references(shape *unit.Shape) (list []*mapper.Property) {
	others := len(g.roots) > 1 || g.roots[shape.Meta.Root()] > 1
	for _, p := range shape.ToOne[:shape.Owning] {
		if p.Relation.IsAny() {
			if others {
				list = append(list, p)
			}
			continue
		}
		if root := p.Relation.Target.Root(); g.roots[root] > 1 || g.roots[root] == 1 && root != shape.Meta.Root() {
			list = append(list, p)
		}
	}
	return list
}

// named are the properties by which another row that goes may refer to one of an entity.
func (g *going) named(e *mapper.Entity) (list []*mapper.Property) {
	for _, n := range g.by[e.Root()] {
		if n.entity != e || g.entities[e] > 1 {
			list = append(list, n.by)
		}
	}
	return list
}

// uniqueOf are the leaves of unique constraints that other rows may take the values of.
func (w *Work) uniqueOf(m *unit.Managed, all *going) (leaves []*mapper.Property) {
	if !all.written[m.Meta.Root()] {
		return nil
	}
	for _, u := range w.Model.Of(m.Meta).Unique {
		for _, c := range u.Columns {
			if p := c.Property; p != nil {
				leaves = append(leaves, p)
			}
		}
	}
	return leaves
}
