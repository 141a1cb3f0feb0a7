package orm

import (
	"context"
	"errors"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// preparation is the stage before the pure ones: it may load, call user code and
// touch entities. It finds what is new, gives references their canonical places
// and brings both sides of relations together.
type preparation struct {
	em   *EntityManager
	unit *unit
	errs []error
}

// prepare brings the unit into a state the pure stages can work on.
func (em *EntityManager) prepare(ctx context.Context) error {
	p := &preparation{em: em, unit: em.unit}
	em.unit.pointers()
	done := 0
	for {
		if err := p.reach(ctx, &done); err != nil {
			return err
		}
		if len(p.errs) > 0 {
			return errors.Join(p.errs...)
		}
		before := len(em.unit.tracked)
		if err := p.settle(ctx); err != nil {
			return err
		}
		if len(em.unit.tracked) == before {
			return errors.Join(p.errs...)
		}
	}
}

// reach walks all relations of entities not walked yet; what it finds joins the
// end of the list.
func (p *preparation) reach(ctx context.Context, done *int) error {
	*done = 0
	for ; *done < len(p.unit.tracked); *done++ {
		m := p.unit.tracked[*done]
		if m == nil || m.Entity == nil || m.snap == nil && m.state == clean {
			continue
		}
		shape := p.unit.db.shape(m.meta)
		if m.state == removed {
			if err := p.removeCascade(ctx, m, shape); err != nil {
				return err
			}
			continue
		}
		p.toOne(m, shape.owning)
		p.toOne(m, shape.inverse)
		for _, r := range shape.many {
			if err := p.toMany(ctx, m, r); err != nil {
				return err
			}
		}
		if m.state == fresh {
			p.generate(m)
		}
	}
	return nil
}

// toOne finds the places of to-one targets.
func (p *preparation) toOne(m *managed, relations []*mapper.Property) {
	for _, r := range relations {
		e, target := r.Reference(m.Entity)
		switch {
		case e != nil && e.Home == slot.Home(p.unit.home):
		case e != nil && e.Entity == nil:
			p.byKey(m, r, e)
		case e != nil:
			if found := p.target(m, r, e.Entity); found != nil {
				r.SetReference(m.Entity, &found.Entry, found.Entity)
				p.resnap(m, r, e, found)
			}
		case target != nil:
			p.target(m, r, target)
		}
	}
}

// resnap keeps a snapshot that held the same detached reference equal to the field.
func (p *preparation) resnap(m *managed, r *mapper.Property, old *slot.Entry, found *managed) {
	if m.snap == nil {
		return
	}
	if e, _ := r.Reference(m.snap); e == old {
		r.SetReference(m.snap, &found.Entry, found.Entity)
	}
}

// byKey gives a reference made with ToKey its place.
func (p *preparation) byKey(m *managed, r *mapper.Property, e *slot.Entry) {
	key, err := r.Relation.Target.KeyFrom(e.Key)
	if err != nil {
		p.fail(m, r, err)
		return
	}
	found := p.unit.entry(r.Relation.Target, key)
	r.SetReference(m.Entity, &found.Entry, found.Entity)
	p.resnap(m, r, e, found)
}

// target returns the place of an entity reached through a relation. A new one
// is persisted when the relation cascades.
func (p *preparation) target(m *managed, r *mapper.Property, at unsafe.Pointer) *managed {
	if found := p.unit.find(at); found != nil {
		return found
	}
	target := r.Relation.Target
	if key, ok := target.KeyOf(at); ok && generated(target) {
		p.errs = append(p.errs, &Error{Class: ErrDetached, Op: "flush", Entity: m.meta.Name, Key: m.Key, Path: r.Path,
			Detail: "it refers to " + subject(target.Name, key) + ", which this manager does not know; refer to it by ToKey or read it here"})
		return nil
	}
	if !r.Relation.Cascade.Has(mapper.CascadePersist) {
		p.errs = append(p.errs, &Error{Class: ErrNotPersisted, Op: "flush", Entity: m.meta.Name, Key: m.Key, Path: r.Path,
			Detail: "it leads to a new " + target.Name + "; persist that, or let the relation cascade"})
		return nil
	}
	return p.unit.persist(target, at)
}

// generated reports a key made by the database: an entity that has one was stored before.
func generated(e *mapper.Entity) bool {
	return len(e.Key) == 1 && e.Key[0].Generated == mapper.AutoIncrement
}

// toMany finds the places of items, and makes sure that what is compared is known.
func (p *preparation) toMany(ctx context.Context, m *managed, r *mapper.Property) error {
	if r.Relation.Style == mapper.CollectionField {
		c := r.Collection(m.Entity)
		if c.Items != nil && c.Items.Self != c {
			c.Items = c.Items.CloneFor(c)
		}
	}
	s := p.unit.items(m, r)
	if s == nil {
		return nil
	}
	for _, item := range s.List {
		p.target(m, r, item)
	}
	replaced := s.Replaced && (r.Kind == mapper.OneToMany || r.Relation.OrphanRemoval)
	if m.state != fresh && (replaced || r.Relation.Ordered && s.Dirty && !s.Loaded) {
		return p.em.loader.reload(ctx, m, r)
	}
	return nil
}

// generate makes the values that are made before an insert.
func (p *preparation) generate(m *managed) {
	if leaf, err := generate(m.meta, m.Entity); err != nil {
		p.fail(m, leaf, err)
	}
}

func (p *preparation) fail(m *managed, r *mapper.Property, err error) {
	p.errs = append(p.errs, &Error{Class: mapper.ErrValue, Op: "flush", Entity: m.meta.Name, Key: m.Key, Path: r.Path, Err: err})
}

// removeCascade spreads a removal; targets that are not known are loaded first.
func (p *preparation) removeCascade(ctx context.Context, m *managed, shape *shape) error {
	for _, relations := range [][]*mapper.Property{shape.owning, shape.inverse} {
		for _, r := range relations {
			if !r.Relation.Cascade.Has(mapper.CascadeRemove) {
				continue
			}
			e := p.unit.reference(m, r)
			if e == nil || e.Home != slot.Home(p.unit.home) {
				continue
			}
			if err := p.em.loader.entity(ctx, of(e)); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			if e.Entity != nil {
				p.unit.remove(of(e).meta, e.Entity)
			}
		}
	}
	for _, r := range shape.many {
		if !r.Relation.Cascade.Has(mapper.CascadeRemove) && !r.Relation.OrphanRemoval {
			continue
		}
		if !p.unit.itemsLoaded(m, r) {
			if err := p.em.loader.collection(ctx, m, r); err != nil {
				return err
			}
		}
		for _, item := range p.unit.items(m, r).List {
			if found := p.unit.find(item); found != nil {
				p.unit.remove(found.meta, item)
			}
		}
	}
	return nil
}
