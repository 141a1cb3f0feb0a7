package orm

import (
	"context"
	"slices"
	"strings"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// CloneOption configures [Clone].
type CloneOption func(*cloning)

// CloneDeep clones what relations lead to along these paths, too: "books",
// "books.chapters". References among what is cloned lead to the clones.
func CloneDeep(paths ...string) CloneOption {
	return func(c *cloning) { c.deep = append(c.deep, paths...) }
}

// CloneExcept leaves properties out of the clones, by path from the entity: they stay
// zero, relations empty.
func CloneExcept(paths ...string) CloneOption {
	return func(c *cloning) { c.except = append(c.except, paths...) }
}

// CloneSet assigns properties of the clone, as [Assign] does: a unique name, for one.
func CloneSet(data M) CloneOption { return func(c *cloning) { c.set = append(c.set, data) } }

// Clone returns a new entity with the values of another one, which may be new itself.
// Persist stores it.
//
//   - The key is left out, and with it values made for a new row: versions, and what is
//     made on create. Of a composite key the parts that are references and plain values
//     are kept.
//   - References and the links of many-to-many relations lead to the same targets. Items
//     that belong to the entity (one-to-many, the inverse side of one-to-one) stay where
//     they are: the clone has none, unless CloneDeep names the relation.
//
// Whatever is copied must have been read: a property that was left out, and a relation
// that is cloned and not loaded, is ErrNotLoaded; CloneExcept does without. Views of relations are
// brought together first, as a flush does; where they contradict each other that is ErrConflict.
func Clone[T any](ctx context.Context, em *EntityManager, entity *T, opts ...CloneOption) (*T, error) {
	em = em.there()
	e, x, err := em.locate("clone", entity)
	if err != nil {
		return nil, err
	}
	c := &cloning{em: em, root: e, made: map[unsafe.Pointer]unsafe.Pointer{}}
	for _, opt := range opts {
		if opt == nil {
			return nil, &Error{Class: ErrInvalidOption, Op: "clone", Detail: "one of the options is nil"}
		}
		opt(c)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	clone, err := c.make(e, x)
	if err != nil {
		return nil, err
	}
	out := (*T)(clone)
	for _, data := range c.set {
		if err := Assign(ctx, em, out, data); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// make clones the entity at x with all that goes along.
func (c *cloning) make(e *mapper.Entity, x unsafe.Pointer) (unsafe.Pointer, error) {
	if err := c.em.guard.enter("clone"); err != nil {
		return nil, err
	}
	defer c.em.guard.leave()
	if err := c.em.unit.Meet(); err != nil { // what is copied is what all views say
		return nil, told("clone", err)
	}
	if m := c.em.unit.Find(x); m != nil {
		e = m.Meta
	}
	clone := c.entity(e, x, "")
	for _, do := range c.do {
		do()
	}
	return clone, join(c.errs...)
}

// cloning is one Clone.
type cloning struct {
	em           *EntityManager
	root         *mapper.Entity
	deep, except []string
	set          []M
	// made are the clones by what they were made of.
	made map[unsafe.Pointer]unsafe.Pointer
	// do sets relations, when all clones are there.
	do   []func()
	errs []error
}

// check refuses paths that lead nowhere.
func (c *cloning) check() error {
	for i, path := range slices.Concat(c.deep, c.except) {
		if err := checkPath("clone", c.root, path, i < len(c.deep)); err != nil {
			return err
		}
	}
	return nil
}

func (c *cloning) listed(list []string, path string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return have == path || strings.HasPrefix(have, path+".") })
}

// left reports a property that CloneExcept names, or the embedded value around it.
func (c *cloning) left(path string) bool {
	return slices.ContainsFunc(c.except, func(name string) bool { return name == path || strings.HasPrefix(path, name+".") })
}

// entity clones the entity at x, to which a path leads, once.
func (c *cloning) entity(e *mapper.Entity, x unsafe.Pointer, path string) unsafe.Pointer {
	if clone := c.made[x]; clone != nil {
		return clone
	}
	clone := e.New()
	c.made[x] = clone
	m := c.em.unit.Find(x)
	for _, p := range e.Leaves {
		at := strings.TrimPrefix(path+"."+p.Path, ".")
		switch {
		case c.left(at) || c.remade(e, p) || p.Absent(x):
		case p.Kind.IsToMany():
			c.items(m, p, x, clone, at)
		case p.Kind.IsToOne():
			c.target(m, p, x, clone, at)
		case m != nil && !m.IsNew() && !m.Loaded.Has(p.Index):
			c.missing(e, m, at, "it was left out when the entity was read")
		default:
			if err := p.CopyLeaf(clone, x); err != nil {
				c.errs = append(c.errs, &Error{Class: ErrValue, Op: "clone", Entity: e.Name, Path: at, Err: err})
			}
		}
	}
	return clone
}

// remade reports a value that a new row gets anew.
func (c *cloning) remade(e *mapper.Entity, p *mapper.Property) bool {
	switch {
	case p.Relation != nil:
		return p.Primary && len(e.Key) == 1
	case p.Version, p.Virtual, p.Formula != "", p.OnCreate != nil, p.Generated != mapper.Assigned:
		return true
	case len(p.Columns) > 0 && (p.Columns[0].Generated != "" || p.Columns[0] == e.Discriminator):
		return true
	}
	return p.Primary && len(e.Key) == 1
}

func (c *cloning) missing(e *mapper.Entity, m *managed, path, detail string) {
	err := &Error{Class: ErrNotLoaded, Op: "clone", Entity: e.Name, Path: path, Detail: detail + "; load it, or name it in CloneExcept"}
	if m != nil {
		err.Key = m.Key
	}
	c.errs = append(c.errs, err)
}

// target gives the clone the reference, or a clone of the target.
func (c *cloning) target(m *managed, p *mapper.Property, x, clone unsafe.Pointer, at string) {
	deep := c.listed(c.deep, at)
	if p.Relation.ReadOnly || !p.Relation.Owning && !deep {
		return // the target refers to the original
	}
	entry, target := p.Reference(x)
	if entry != nil {
		target = entry.Entity
	}
	known := m == nil || m.IsNew() || entry != nil || target != nil || m.Loaded.Has(p.Index)
	if m != nil && !m.IsNew() && target == nil && entry == nil {
		if own := c.em.unit.Reference(m, p); own != nil { // a plain pointer that was not loaded
			entry = own
		}
	}
	switch {
	case !known, entry != nil && target == nil && (deep || p.Relation.Style == mapper.PointerField):
		c.missing(p.Entity, m, at, "its target is not loaded")
	case target == nil:
		if entry != nil {
			p.SetReference(clone, entry, nil)
		}
	case deep:
		meta := c.typeOf(p, entry, target)
		made := c.entity(meta, target, at)
		p.SetReference(clone, p.NewEntry(meta, made, nil), made)
	default:
		c.do = append(c.do, func() {
			if made := c.made[target]; made != nil {
				p.SetReference(clone, p.NewEntry(c.typeOf(p, entry, target), made, nil), made)
				return
			}
			if entry == nil {
				entry = &slot.Entry{Entity: target}
			}
			p.SetReference(clone, entry, target)
		})
	}
}

// typeOf returns the type of the target of a to-one relation.
func (c *cloning) typeOf(p *mapper.Property, entry *slot.Entry, target unsafe.Pointer) *mapper.Entity {
	if of := c.em.unit.Find(target); of != nil {
		return of.Meta
	}
	if entry != nil {
		if of := p.Relation.Target.TargetOf(entry); of != nil {
			return of
		}
	}
	return p.Relation.Target
}

// items gives the clone the items of a collection, or clones of them.
func (c *cloning) items(m *managed, p *mapper.Property, x, clone unsafe.Pointer, at string) {
	deep := c.listed(c.deep, at)
	if p.Relation.ReadOnly || p.Kind == mapper.OneToMany && !deep {
		return // they refer to the original
	}
	if m != nil && !m.IsNew() && !c.em.unit.ItemsLoaded(m, p) {
		c.missing(p.Entity, m, at, "its items are not loaded")
		return
	}
	list := slices.Clone(itemsAt(p, x))
	if deep {
		for i, item := range list {
			meta := p.Relation.Target
			if of := c.em.unit.Find(item); of != nil {
				meta = of.Meta
			}
			list[i] = c.entity(meta, item, at)
		}
	}
	c.do = append(c.do, func() {
		for i, item := range list {
			if made := c.made[item]; made != nil {
				list[i] = made
			}
		}
		setItemsAt(p, clone, list)
	})
}
