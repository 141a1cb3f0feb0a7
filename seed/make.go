package seed

import (
	"context"
	"reflect"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// make makes one entity by a recipe.
func (r *Run) make(ctx context.Context, rec *recipe) (any, error) {
	e, err := r.entityOf(rec.goType)
	if err != nil {
		return nil, err
	}
	if e.Abstract || e.ReadOnly {
		return nil, &Error{Class: ErrEntity, Entity: e.Name, Detail: "no rows of it can be stored"}
	}
	n := r.count[e]
	r.count[e]++
	b := &building{run: r, meta: e, n: n, entity: reflect.New(rec.goType).Interface(), values: map[*mapper.Property]any{}, fixed: map[*mapper.Property]bool{}}
	r.making = append(r.making, made{e, b.entity})
	err = b.build(ctx, rec)
	r.making = r.making[:len(r.making)-1]
	if err != nil {
		return nil, err
	}
	if rec.each != nil {
		rec.each(b.entity, n)
	}
	r.add(e, b.entity)
	return b.entity, nil
}

// building is one entity on its way.
type building struct {
	run    *Run
	meta   *mapper.Entity
	n      int
	entity any
	// values are by leaf; fixed are those the recipe gives.
	values map[*mapper.Property]any
	fixed  map[*mapper.Property]bool
}

func (b *building) build(ctx context.Context, rec *recipe) error {
	for _, s := range rec.settings {
		if err := b.set(ctx, s); err != nil {
			return err
		}
	}
	bounds := boundsOf(b.meta)
	for _, p := range b.meta.Leaves {
		if b.fixed[p] {
			continue
		}
		v, wanted, err := b.value(ctx, p, bounds, 0)
		if err != nil {
			return err
		}
		if wanted {
			b.values[p] = v
		}
	}
	b.chooseVariants()
	if err := b.distinguish(ctx, bounds); err != nil {
		return err
	}
	if err := b.assign(ctx); err != nil {
		return err
	}
	for _, l := range rec.lists {
		if err := b.list(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// chooseVariants settles which type an embedded value of one of several has: one that has all that the recipe
// gives, and nothing else is set.
func (b *building) chooseVariants() {
	for _, p := range b.meta.Leaves {
		of := p.OneOf()
		if of == nil || p != of.VariantType() {
			continue
		}
		chosen, _ := of.VariantFor(b.values[p])
		if !b.fixed[p] {
			for _, v := range of.Variants {
				if b.has(of, v) && (chosen == nil || !b.has(of, chosen)) {
					chosen = v
				}
			}
		}
		if chosen == nil {
			continue
		}
		b.values[p] = chosen.Value
		for q := range b.values {
			if q.OneOf() == of && q != p && !b.fixed[q] && !chosen.Has(q) {
				delete(b.values, q)
			}
		}
	}
}

// has reports a type that has all that the recipe gives of the value.
func (b *building) has(of *mapper.Property, v *mapper.Variant) bool {
	for q := range b.fixed {
		if q.OneOf() == of && q != of.VariantType() && !v.Has(q) {
			return false
		}
	}
	return true
}

// leaf finds a property by its path.
func leaf(e *mapper.Entity, path string) *mapper.Property {
	for _, p := range e.Leaves {
		if p.Path == path {
			return p
		}
	}
	if p := e.Property(path); p != nil && p.Index >= 0 {
		return p
	}
	return nil
}

// set follows one word of the recipe.
func (b *building) set(ctx context.Context, s setting) error {
	p := leaf(b.meta, s.property)
	if p == nil {
		return unknownProperty(b.meta, s.property)
	}
	var v any
	switch {
	case s.maker == nil:
		v = s.value(b.n, b.fake(p, 0))
	case p.Relation == nil || !p.Kind.IsToOne():
		return &Error{Class: ErrProperty, Entity: b.meta.Name, Path: p.Path, Detail: "a factory makes targets of to-one relations; Has fills the others"}
	default:
		x, err := b.run.make(ctx, s.maker.recipe())
		if err != nil {
			return err
		}
		v = x
	}
	b.values[p], b.fixed[p] = v, true
	return nil
}

// value makes a value up; wanted reports that the property is to be set at all.
func (b *building) value(ctx context.Context, p *mapper.Property, bounds bounds, attempt int) (v any, wanted bool, err error) {
	if p.Relation != nil {
		if p.Kind.IsToMany() || !p.Relation.Owning || p.Nullable {
			return nil, false, nil
		}
		v, err = b.target(ctx, p, attempt)
		return v, true, err
	}
	if !b.fills(p) {
		return nil, false, nil
	}
	v, ok := madeUp(b, p, bounds[p], attempt)
	return v, ok, nil
}

// fills reports a property that somebody must give a value: not the database, and
// not weft.
func (b *building) fills(p *mapper.Property) bool {
	if p.Virtual || p.Formula != "" || p.Version || p.Optional || p.Field == "" || p.OnCreate != nil || p.OnUpdate != nil {
		return false
	}
	if p.Generated != mapper.Assigned || len(p.Columns) == 0 || p.Columns[0].Generated != "" {
		return false
	}
	return b.meta.Discriminator == nil || p != b.meta.Discriminator.Property
}

// target chooses what a required reference leads to: an entity that is being made
// where the reference leads back to it, one of the run, or a new one.
func (b *building) target(ctx context.Context, p *mapper.Property, attempt int) (any, error) {
	to := p.Relation.Target
	if of := to.Targets; of != nil {
		to = of[b.fake(p, attempt).Number(0, len(of)-1)].Entity
	}
	for i := len(b.run.making) - 1; i >= 0; i-- {
		if m := b.run.making[i]; m.meta == to || m.meta.IsSubtypeOf(to) {
			return m.entity, nil
		}
	}
	pool := b.run.pool[to.Root()]
	fits := pool[:0:0]
	for _, x := range pool {
		if m := b.run.em.DB().Registry().ByType(reflect.TypeOf(x).Elem()); m == to || m.IsSubtypeOf(to) {
			fits = append(fits, x)
		}
	}
	f := b.fake(p, attempt)
	if fresh := p.Kind == mapper.OneToOne || attempt > 10; !fresh && len(fits) > 0 && (len(fits) > 8 || f.Number(0, 3) > 0) {
		return fits[f.Number(0, len(fits)-1)], nil
	}
	for to.Abstract && len(to.Children) > 0 {
		to = to.Children[0]
	}
	rec := b.run.defaults[to.GoType]
	if rec == nil {
		rec = &recipe{goType: to.GoType}
	}
	return b.run.make(ctx, rec)
}

// list fills a to-many relation with new entities.
func (b *building) list(ctx context.Context, l listing) error {
	p := leaf(b.meta, l.relation)
	switch {
	case p == nil:
		return unknownProperty(b.meta, l.relation)
	case p.Relation == nil || !p.Kind.IsToMany():
		return &Error{Class: ErrProperty, Entity: b.meta.Name, Path: p.Path, Detail: "it is no to-many relation; Refer makes the target of a reference"}
	}
	var items []any
	for range l.n {
		x, err := b.run.make(ctx, l.maker.recipe())
		if err != nil {
			return err
		}
		items = append(items, x)
	}
	return b.run.assign(ctx, b.meta, b.entity, orm.M{l.relation: items})
}

// assign sets the values in the entity.
func (b *building) assign(ctx context.Context) error {
	data := orm.M{}
	for _, p := range b.meta.Leaves {
		v, ok := b.values[p]
		if !ok {
			continue
		}
		if p.Shadow {
			if err := orm.SetShadow(b.run.em, b.entity, p.Name, v); err != nil {
				return err
			}
			continue
		}
		nest(data, strings.Split(p.Path, "."), v)
	}
	return b.run.assign(ctx, b.meta, b.entity, data)
}

// nest puts a value at a path.
func nest(data orm.M, path []string, v any) {
	for ; len(path) > 1; path = path[1:] {
		inner, ok := data[path[0]].(orm.M)
		if !ok {
			inner = orm.M{}
			data[path[0]] = inner
		}
		data = inner
	}
	data[path[0]] = v
}

func (r *Run) assign(ctx context.Context, e *mapper.Entity, entity any, data orm.M) error {
	if err := orm.Assign(ctx, r.em, entity, data); err != nil {
		return &Error{Class: ErrProperty, Entity: e.Name, Err: err}
	}
	return nil
}

// number names the entity for its sources of values.
func (b *building) number() string { return strconv.Itoa(b.n) }
