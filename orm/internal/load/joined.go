package load

import (
	"cmp"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// wires reports a joined reference that leads to its target by the place it got from the row.
func (s *source) wires() bool {
	p := s.node.Relation
	return p.Kind.IsToOne() && p.Relation.Owning && p.Relation.Through == nil && p.Relation.Of == nil && p.Relation.Style == mapper.RefField
}

// join takes note that a row holds owner and target together; target is nil where the outer join
// found none.
func (h *hydration) join(owner, target *managed) error {
	if !owner.Meta.IsSubtypeOf(h.src.node.Relation.Entity) {
		return nil
	}
	if target == nil {
		h.links.add(owner, nil, h.parent.first)
		return nil
	}
	if err := h.spelled(owner, target); err != nil {
		return err
	}
	if h.wired {
		h.links.meet(target)
	}
	if !h.wired || owner.Ordinal() < h.since {
		h.links.add(owner, target, h.parent.first)
	}
	return nil
}

// finish wires joined relations, once all rows were read.
func (r *reader) finish() {
	for _, h := range r.all[1:] {
		p := h.src.node.Relation
		targets := h.links.family(h.unit, h.src.node.Unordered)
		for i, owner := range h.links.owners {
			h.wire(owner, p, targets.of(i))
		}
	}
}

// madeAll reports that rows have made all owners of a joined node, each once in the list, and that no view
// in the unit waits for entities to be read.
func (r *reader) madeAll(path string, owners []*managed) bool {
	for _, h := range r.all[1:] {
		if h.src.node.Path == path {
			return h.parent.quiet && h.parent.src.loaded == nil && h.parent.made == len(owners) && !r.unit.Awaits()
		}
	}
	return false
}

// found returns the targets of a joined node, each once, in the order of their owners.
func (r *reader) found(path string) []*managed {
	for _, h := range r.all[1:] {
		if h.src.node.Path == path {
			return h.targets()
		}
	}
	return nil
}

// targets returns the targets that rows had, each once: those of the first owner, then those of
// the second, ... Where rows came in no order, that of the owners is the one they have themselves.
func (h *hydration) targets() []*managed {
	if h.wired {
		return h.links.distinct(h.unit)
	}
	targets := h.links.family(h.unit, h.src.node.Unordered)
	list := make([]*managed, 0, len(targets.flat))
	if !h.parent.shuffled() {
		met := h.unit.Mark()
		for _, m := range targets.flat {
			if met.First(m) {
				list = append(list, m)
			}
		}
		return list
	}
	owners := h.parent.targets()
	met := h.unit.Mark()
	for _, owner := range owners {
		for _, m := range targets.of(int(h.links.number(owner, false))) {
			if met.First(m) {
				list = append(list, m)
			}
		}
	}
	return list
}

// shuffled reports that the entities of h came in no order.
func (h *hydration) shuffled() bool {
	return h.parent != nil && (h.src.node.Unordered || h.parent.shuffled())
}

// arrange puts what rows have brought into the order of roots, then of one joined relation
// after the other, where the rows came in none.
func (r *reader) arrange(arrived, roots []*managed) {
	if len(arrived) == 0 || !slices.ContainsFunc(r.all, (*hydration).shuffled) {
		return
	}
	rank := make(map[*managed]int, len(arrived))
	note := func(list []*managed) {
		for _, m := range list {
			if _, known := rank[m]; !known {
				rank[m] = len(rank)
			}
		}
	}
	note(roots)
	for _, h := range r.all[1:] {
		note(h.targets())
	}
	slices.SortStableFunc(arrived, func(a, b *managed) int { return cmp.Compare(rank[a], rank[b]) })
}

// wire gives a relation of owner its targets.
func (h *hydration) wire(owner *managed, p *mapper.Property, targets []*managed) {
	switch {
	case p.Kind.IsToMany():
		if !h.unit.ItemsLoaded(owner, p) || h.opts.Refresh {
			h.unit.SetItems(owner, p, targets, restricted(h.src.node))
		}
	case !p.Relation.Owning && len(targets) > 0:
		h.unit.SetTarget(owner, p, targets[0])
	case !p.Relation.Owning && slices.Contains(h.parent.src.doubtful, p): // see Loader.hidden
	case !p.Relation.Owning && !owner.Loaded.Has(p.Index) && !restricted(h.src.node):
		h.unit.SetTarget(owner, p, nil)
	case len(targets) == 0:
		h.unit.Hide(h.unit.Reference(owner, p))
	default:
		h.unit.Own(owner, p)
		h.unit.Point(owner, p)
	}
}

// links are the owners and targets that rows of a join hold together.
type links struct {
	owners []*managed // each once, in order of appearance
	// numbers are made when rows of an owner come that is not the one before.
	numbers map[*managed]int32
	last    int32 // the number of the owner before
	// owner and target are the pairs, one that follows itself once.
	owner  []int32
	target []*managed
	made   *family
	// met are the targets of a reference that is wired, one that follows itself once.
	met []*managed
}

// meet notes the target of a reference that is wired.
func (k *links) meet(target *managed) {
	if n := len(k.met) - 1; n < 0 || k.met[n] != target {
		k.met = append(k.met, target)
	}
}

// distinct returns what was met, each once: an owner has one target, so that their order is that of
// the owners.
func (k *links) distinct(u *unit.Unit) []*managed {
	list, met := make([]*managed, 0, len(k.met)), u.Mark()
	for _, m := range k.met {
		if met.First(m) {
			list = append(list, m)
		}
	}
	return list
}

// add notes that a row holds owner and target together; target is nil where the outer
// join found none. first says that no row before held the owner.
func (k *links) add(owner, target *managed, first bool) {
	i := k.number(owner, first)
	if n := len(k.owner) - 1; target != nil && (n < 0 || k.owner[n] != i || k.target[n] != target) {
		k.owner, k.target = append(k.owner, i), append(k.target, target)
	}
}

// number numbers owners. Rows of one mostly follow each other.
func (k *links) number(owner *managed, first bool) int32 {
	if len(k.owners) > 0 && k.owners[k.last] == owner {
		return k.last
	}
	if !first && k.numbers == nil {
		k.numbers = make(map[*managed]int32, 2*len(k.owners))
		for i, m := range k.owners {
			k.numbers[m] = int32(i)
		}
	}
	i, known := k.numbers[owner]
	if !known {
		i = int32(len(k.owners))
		if k.owners = append(k.owners, owner); k.numbers != nil {
			k.numbers[owner] = i
		}
	}
	k.last = i
	return i
}

// expect makes room for about as many owners and pairs of them with targets.
func (k *links) expect(owners, pairs int) {
	if cap(k.owners) < owners {
		k.owners = make([]*managed, 0, owners)
	}
	if cap(k.owner) < pairs {
		k.owner, k.target = make([]int32, 0, pairs), make([]*managed, 0, pairs)
	}
}

// keptLinks is how many links have their memory kept for the next query.
const keptLinks = 1 << 14

// reset forgets the links, and keeps the memory.
func (k *links) reset() {
	if cap(k.owner)+cap(k.met) > keptLinks {
		*k = links{}
		return
	}
	clear(k.owners)
	clear(k.target)
	clear(k.met)
	*k = links{owners: k.owners[:0], owner: k.owner[:0], target: k.target[:0], met: k.met[:0]}
}

// family returns the targets by owner, each once, when all rows were read; byKey says that those of
// an owner belong into the order of their keys.
func (k *links) family(u *unit.Unit, byKey bool) *family {
	if k.made == nil {
		k.made = arrange(len(k.owners), k.owner, k.target, nil)
		if k.made.distinct(u); byKey {
			k.made.sort()
		}
	}
	return k.made
}
