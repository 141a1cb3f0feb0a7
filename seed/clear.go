package seed

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// Clear deletes all rows of all entities, and with them links of many-to-many
// relations, in an order that foreign keys allow; references that go round in a ring are set to
// NULL first. Numbers of keys go on where they were. What the manager knows of
// entities is forgotten.
func Clear(ctx context.Context, em *orm.EntityManager) error {
	reg := em.DB().Registry()
	em.Clear()
	order, loose := deletionOrder(reg.Entities())
	for _, p := range loose {
		q := qb.New(reg, p.Entity.Name, "").WithoutFilter().Update(orm.M{p.Path: nil}).AllowAll()
		if _, err := orm.Exec(ctx, em, q); err != nil {
			return &Error{Class: ErrProperty, Entity: p.Entity.Name, Path: p.Path, Detail: "its references could not be taken away", Err: err}
		}
	}
	for _, e := range order {
		if p := stuckLinks(e); p != nil && em.DB().Engine().Caps().ForeignKeys {
			return &Error{Class: ErrProperty, Entity: e.Name, Path: p.Path,
				Detail: "its links do not go with their rows (onDelete=" + string(p.Relation.OnDelete) + "): map the join table as an entity, or delete them first"}
		}
	}
	for _, e := range order {
		q := qb.New(reg, e.Name, "").WithoutFilter().Delete().AllowAll()
		if _, err := orm.Exec(ctx, em, q); err != nil {
			return &Error{Class: ErrEntity, Entity: e.Name, Detail: "its rows could not be deleted", Err: err}
		}
	}
	return nil
}

// stuckLinks returns a many-to-many relation whose links keep their rows from being deleted.
func stuckLinks(e *mapper.Entity) *mapper.Property {
	for _, p := range e.Leaves {
		if p.Kind == mapper.ManyToMany && p.Relation.Owning && p.Relation.Pivot != nil && p.Relation.Pivot.Entity == nil && !p.Relation.NoConstraint {
			switch p.Relation.OnDelete {
			case mapper.RuleRestrict, mapper.RuleNoAction:
				return p
			}
		}
	}
	return nil
}

// deletionOrder returns roots so that an entity stands before those it refers to.
// loose are nullable references that would make a ring.
func deletionOrder(entities []*mapper.Entity) (order []*mapper.Entity, loose []*mapper.Property) {
	waiting := map[*mapper.Entity]bool{}
	var roots []*mapper.Entity
	for _, e := range entities {
		if isStored(e) {
			waiting[e] = true
			roots = append(roots, e)
		}
	}
	references := referencesOf(entities)
	for len(waiting) > 0 {
		free := func(e *mapper.Entity) bool {
			return !slices.ContainsFunc(references, func(p *mapper.Property) bool {
				from, to := p.Entity.Root(), p.Relation.Target.Root()
				return to == e && from != e && waiting[from] && !slices.Contains(loose, p)
			})
		}
		i := slices.IndexFunc(roots, func(e *mapper.Entity) bool { return waiting[e] && free(e) })
		if i < 0 {
			// A ring: take away the nullable references within what waits; where there are none, begin anywhere.
			n := len(loose)
			for _, p := range references {
				if p.Nullable && !p.Primary && waiting[p.Entity.Root()] && waiting[p.Relation.Target.Root()] && !slices.Contains(loose, p) {
					loose = append(loose, p)
				}
			}
			if len(loose) > n {
				continue
			}
			i = slices.IndexFunc(roots, func(e *mapper.Entity) bool { return waiting[e] })
		}
		order = append(order, roots[i])
		delete(waiting, roots[i])
	}
	// Rows that refer to others of their own table stand in each other's way.
	for _, p := range references {
		if p.Entity.Root() == p.Relation.Target.Root() && p.Nullable && !p.Primary && !slices.Contains(loose, p) {
			loose = append(loose, p)
		}
	}
	return order, loose
}

// referencesOf are the owning to-one relations that a foreign key may stand behind.
func referencesOf(entities []*mapper.Entity) []*mapper.Property {
	var list []*mapper.Property
	for _, e := range entities {
		for _, p := range e.Leaves {
			if p.Entity == e && p.Relation != nil && p.Kind.IsToOne() && p.Relation.Owning && isStored(e.Root()) && len(p.Columns) > 0 {
				list = append(list, p)
			}
		}
	}
	return list
}
