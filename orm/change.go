package orm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Change is what a flush does to one entity, as data. It is the caller's own.
type Change struct {
	// Kind is "create", "update" or "delete"; an entity of which links alone change is updated.
	Kind string
	// Entity is the *T; Name the name of its type, which subtypes have of their own.
	Entity any
	Name   string
	// Key is the canonical key, nil while the database, or another row, has to make it.
	Key any
	// Properties are those whose columns are written, in order of declaration, but for the
	// version: for a new entity all that are not NULL, for a deleted one all that are known.
	Properties []PropertyChange
	// Links are the changes of many-to-many relations that the entity owns.
	Links []LinkChange
}

// PropertyChange is a property before and after a flush.
type PropertyChange struct {
	// Path is that of the property, "address.city".
	Path string
	// Old and New are canonical values, nil for NULL, Old for a new entity and New for a
	// deleted one. A reference is the key of its target; while that has none yet, it is the
	// target itself, a *T.
	Old, New any
	// Redacted reports a property that is kept out of logs.
	Redacted bool
}

// LinkChange is a many-to-many relation before and after a flush.
type LinkChange struct {
	Path string
	// Added and Removed are the keys of items, or the items while they have none.
	Added, Removed []any
	// Cleared reports that all links are removed first, those that were never read included.
	Cleared bool
}

// Property returns the change of a property; ok is false when it does not change.
func (c Change) Property(path string) (change PropertyChange, ok bool) {
	for _, p := range c.Properties {
		if p.Path == path {
			return p, true
		}
	}
	return PropertyChange{}, false
}

// String returns "update Author 7: name, books", for messages.
func (c Change) String() string {
	var paths []string
	for _, p := range c.Properties {
		paths = append(paths, p.Path)
	}
	for _, l := range c.Links {
		paths = append(paths, l.Path)
	}
	return strings.TrimSuffix(c.Kind+" "+subject(c.Name, c.Key)+": "+strings.Join(paths, ", "), ": ")
}

// Changes returns what a flush would do now, without doing it, in the order of its
// rows: for tests. Hooks before a flush run, and what they do to entities stays.
func Changes(ctx context.Context, em *EntityManager) ([]Change, error) {
	em = em.there()
	if err := em.guard.enter("changes"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	if err := em.refused("changes", "FlushEvent.Changes tells them in OnFlush and Written"); err != nil {
		return nil, err
	}
	w, err := em.work(ctx)
	defer w.takeBack()
	if err != nil {
		return nil, err
	}
	return w.list(), nil
}

// list tells all changes of a flush.
func (w *work) list() []Change {
	out := make([]Change, 0, len(w.Changes))
	listed := map[int]bool{}
	for _, c := range w.Changes {
		out, listed[c.Ordinal] = append(out, w.tell(c)), true
	}
	for _, l := range w.Links {
		if listed[l.Ordinal] {
			continue
		}
		listed[l.Ordinal] = true
		m := w.Unit.At(l.Ordinal)
		out = append(out, Change{Kind: "update", Entity: m.Meta.Interface(m.Entity), Name: m.Meta.Name, Key: m.Key, Links: w.links(l.Ordinal)})
	}
	return out
}

// keep tells the deletions before their entities leave the unit, and what updated rows held
// before their snapshots are renewed, for after-hooks.
func (w *work) keep() {
	if !w.db.after {
		return
	}
	for _, c := range w.Changes {
		switch c.Kind {
		case changeset.Update:
			c.Remember()
		case changeset.Delete:
			if w.gone == nil {
				w.gone = map[*changeset.Change]Change{}
			}
			w.gone[c] = w.tell(c)
		}
	}
}

// tell makes data of a change.
func (w *work) tell(c *changeset.Change) Change {
	if gone, ok := w.gone[c]; ok {
		return gone
	}
	out := Change{Kind: eventKinds[c.Kind], Entity: c.Entity.Interface(c.Current), Name: c.Entity.Name, Key: c.Key, Links: w.links(c.Ordinal)}
	if c.Key == nil && w.Outcome != nil {
		out.Key = w.Outcome.Key(c)
	}
	for _, p := range c.Entity.Leaves {
		if p.Version || p.Virtual || p.Formula != "" || len(p.Columns) == 0 {
			continue
		}
		change, changed := w.property(c, p)
		if changed {
			out.Properties = append(out.Properties, change)
		}
	}
	return out
}

// property tells what becomes of a property.
func (w *work) property(c *changeset.Change, p *mapper.Property) (PropertyChange, bool) {
	out := PropertyChange{Path: p.Path, Redacted: p.Redacted}
	if c.Kind == changeset.Delete {
		if !c.Loaded.Has(p.Index) || c.Snapshot == nil {
			return out, false
		}
		if p.Kind.IsRelation() {
			if stored := w.Unit.Stored(w.At(c), p); stored != nil {
				out.Old = p.Relation.Target.Join(unit.Of(stored).Meta, stored.Key)
			} else if cell, ok := c.Cell(p.Columns[0]); ok && len(p.Columns) == 1 {
				out.Old = cell.Before
			}
		} else {
			out.Old = p.Access.Value(c.Snapshot)
		}
		return out, true
	}
	var old, new []any
	found := false
	for _, column := range p.Columns {
		for i, written := range c.Columns() {
			if written == column {
				found = true
				cell := c.Written(i)
				old, new = append(old, cell.Before), append(new, cell.After)
			}
		}
	}
	if !found {
		return out, false
	}
	out.Old, out.New = w.key(old), w.key(new)
	return out, c.Kind != changeset.Insert || out.New != nil
}

// key is the value of the parts of a reference, or of the one column of a scalar.
func (w *work) key(parts []any) any {
	for i, part := range parts {
		h, ok := part.(changeset.Handle)
		if !ok {
			continue
		}
		if w.Outcome == nil {
			return h.Of.Entity.Interface(h.Of.Current)
		}
		parts[i] = w.keyPart(h)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	if slices.Contains(parts, any(nil)) {
		return nil
	}
	return mapper.NewTuple(parts)
}

func (w *work) keyPart(h changeset.Handle) any {
	if parts := mapper.Parts(nil, w.Outcome.Key(h.Of)); h.Part < len(parts) {
		return parts[h.Part]
	}
	return nil
}

// links tells the changed links of an owner.
func (w *work) links(ordinal int) []LinkChange {
	var out []LinkChange
	for _, l := range w.Links {
		if l.Ordinal != ordinal {
			continue
		}
		change := LinkChange{Path: l.Relation.Path, Cleared: l.Clear}
		for _, link := range l.Added {
			change.Added = append(change.Added, w.key(slices.Clone(link.Target)))
		}
		for _, link := range l.Removed {
			change.Removed = append(change.Removed, w.key(slices.Clone(link.Target)))
		}
		out = append(out, change)
	}
	return out
}

// fingerprint tells two states of a change apart.
func fingerprint(c *Change) string {
	return fmt.Sprintf("%s %v %v", c.Kind, c.Properties, c.Links)
}
