package plan

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/graph"
)

// Input is what a flush wants done, in order of ordinals.
type Input struct {
	Registry *mapper.Registry
	Model    *constraint.Model
	Changes  []*changeset.Change
	Links    []*changeset.LinkChange
	// Carried are rows whose keys follow those of others, and change no more than that.
	Carried []Carried
	// Whole reports an engine that keeps an entity in one place although its
	// mapping spreads it over several tables (driver.Caps.WholeEntities).
	Whole bool
	// Defers reports an engine that checks deferrable constraints at the end when asked
	// (driver.Caps.DeferrableUnique).
	Defers bool
	// OwnReferences reports an engine that lets no row go that refers to itself
	// (driver.Caps.OwnReferences).
	OwnReferences bool
	// KeyArrays reports an engine that keeps links as arrays of keys on the owner
	// (driver.Caps.KeyArrays), which no constraint clears when a target goes.
	KeyArrays bool
	// Apart asks for an operation for each link, where it must be told which of them were
	// written when a flush fails.
	Apart bool
	// Revises reports an engine that writes what differs inside of documents and lists
	// (driver.Caps.Revisions).
	Revises bool
}

// Build plans the changes. The error is a [*CycleError] when a ring of rows
// cannot be broken.
func Build(in Input) (*Plan, error) {
	for i, c := range in.Changes {
		c.Number = int32(i)
	}
	b := &build{in: &in, releases: releases{in: &in}}
	b.ownReferences()
	for {
		ops := decompose(b)
		if b.unrelated(ops) {
			return b.finish(ops, nil), nil
		}
		edges, causes := connect(b, ops)
		broken, err := graph.Cut(len(ops), edges)
		if err != nil {
			return nil, b.named(err, ops, causes)
		}
		more := false
		for _, i := range broken {
			if d := causes[edges[i].Tag].patch; d != nil && b.give(d) {
				more = true
			}
		}
		if !more {
			return b.finish(ops, without(edges, broken)), nil
		}
	}
}

// unrelated reports operations between which there can be no edges: all make rows, or all end
// them, of entities that refer to nothing and with which nothing goes.
func (b *build) unrelated(ops []*Op) bool {
	if len(b.patches) > 0 {
		return false
	}
	var entity *mapper.Entity // of the operation before
	for _, op := range ops {
		if op.Role != ops[0].Role || op.Role != Insert && op.Role != Delete || !op.whole {
			return false
		}
		if op.Change.Entity == entity {
			continue
		}
		entity = op.Change.Entity
		if rules := b.in.Model.Of(entity); len(rules.References)+len(rules.Frees) > 0 {
			return false
		}
	}
	return true
}

// build is the state of one Build: what was decided in its rounds.
type build struct {
	in       *Input
	patches  []*deferral
	known    table[deferral, bool]
	releases releases
	// refused are the unique values that nothing can stand for, with the reason.
	refused table[deferral, string]
	// deferred are the constraints to be checked at the end.
	deferred table[*constraint.Unique, bool]
}

// give decides how a row gives up a value, and reports whether that is news.
func (b *build) give(d *deferral) bool {
	if d.unique == nil {
		return b.patch(d)
	}
	if d.unique.Deferrable && b.in.Defers {
		b.deferred.put(d.unique, true)
		return true
	}
	if why := b.releases.choose(*d); why != "" {
		b.refused.put(*d, why)
		return true
	}
	return b.patch(d)
}

func (b *build) patch(d *deferral) bool {
	if b.known[*d] {
		return false
	}
	b.known.put(*d, true)
	b.patches = append(b.patches, d)
	return true
}

// ownReferences lets rows give up references to themselves before they go, where the
// engine asks for that.
func (b *build) ownReferences() {
	if !b.in.OwnReferences {
		return
	}
	for _, c := range b.in.Changes {
		if c.Kind != changeset.Delete || c.Soft {
			continue
		}
		for _, ref := range b.in.Model.Of(c.Entity).References {
			if ref.Target != c.Entity.Root() || !ref.Nullable || !ref.Enforced || ref.Cascades {
				continue
			}
			if by := ref.Property.Relation.By; by != nil {
				own, known := keyOf(valuesOf(c, by.Columns, before))
				if key, ok := keyOf(valuesOf(c, ref.Property.Columns, before)); ok && known && key == own {
					b.patch(&deferral{change: c, reference: ref})
				}
				continue
			}
			if key, ok := keyOf(valuesOf(c, ref.Property.Columns, before)); ok && key == c.Key {
				b.patch(&deferral{change: c, reference: ref})
			}
		}
	}
}

// finish orders the operations.
func (b *build) finish(ops []*Op, edges []graph.Edge) *Plan {
	p := order(ops, edges)
	p.Changes = len(b.in.Changes)
	for _, d := range b.patches {
		if free := b.releases.chosen[*d].free; free != nil {
			p.Free = append(p.Free, free)
		}
	}
	if len(b.deferred) == 0 {
		return p
	}
	for _, e := range b.in.Registry.Entities() {
		for _, u := range b.in.Model.Of(e).Unique {
			if b.deferred[u] && !slices.Contains(p.Deferred, u) {
				p.Deferred = append(p.Deferred, u)
			}
		}
	}
	return p
}

func without(edges []graph.Edge, broken []int) []graph.Edge {
	if len(broken) == 0 {
		return edges
	}
	kept := make([]graph.Edge, 0, len(edges))
	for i, e := range edges {
		if _, gone := slices.BinarySearch(broken, i); !gone {
			kept = append(kept, e)
		}
	}
	return kept
}

// named turns node numbers into names of entities and properties.
func (b *build) named(err error, ops []*Op, causes []cause) error {
	var ring *graph.CycleError
	if !errors.As(err, &ring) {
		return err
	}
	c := &CycleError{}
	for _, e := range ring.Ring {
		why := &causes[e.Tag]
		c.Path = append(c.Path, why.String())
		c.Entities = append(c.Entities, ops[e.From].name())
		if why.missing != "" && !slices.Contains(c.Missing, why.missing) {
			c.Missing = append(c.Missing, why.missing)
		}
	}
	return c
}
