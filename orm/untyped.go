package orm

import (
	"context"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// FindAny is [Find] for programs that know an entity by its name alone, such as tools that
// read whatever is mapped. The results are pointers to the entity's Go type, managed by em.
// A name that is no entity is an error that matches ErrUnknownEntity.
func FindAny(ctx context.Context, em *EntityManager, entity string, cond any, opts ...FindOption) ([]any, error) {
	em = em.there()
	list, err := em.findManaged(ctx, "find", entityNamed(entity), cond, opts)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, m := range list {
		out[i] = m.Meta.Interface(m.Entity)
	}
	return out, nil
}

// CountAny is [Count] of an entity by its name.
func CountAny(ctx context.Context, em *EntityManager, entity string, cond any, opts ...FindOption) (int64, error) {
	em = em.there()
	return em.count(ctx, entityNamed(entity), cond, opts)
}

// entityNamed looks an entity up by its name.
func entityNamed(name string) lookup {
	return func(r *mapper.Registry) (*mapper.Entity, error) {
		if e := r.Entity(name); e != nil {
			return e, nil
		}
		var names []string
		for _, e := range r.Entities() {
			names = append(names, e.Name)
		}
		return nil, &Error{Class: ErrUnknownEntity, Op: "find", Detail: name + suggest.Hint(name, names)}
	}
}
