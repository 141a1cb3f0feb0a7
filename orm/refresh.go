package orm

import "context"

// Refresh reads the rows of managed entities again and takes their values, local
// changes included: values, those of lazy properties that were read or assigned too, and
// references in these entities. What others say of them, a
// collection that holds one or the other side of a one-to-one relation, is theirs: it stays and
// is written by the next flush. An entity whose row is gone is ErrNotFound.
func (em *EntityManager) Refresh(ctx context.Context, entities ...any) error {
	em = em.there()
	for _, x := range entities {
		m, err := em.managedOf("refresh", x)
		if err != nil {
			return err
		}
		if err := em.refresh(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (em *EntityManager) refresh(ctx context.Context, m *managed) error {
	if err := em.guard.enter("refresh"); err != nil {
		return err
	}
	defer em.guard.leave()
	if m.Key == nil {
		return &Error{Class: ErrDetached, Op: "refresh", Entity: m.Meta.Name, Detail: "it is new and has no row yet"}
	}
	found, err := em.loader.Refresh(ctx, m)
	if err != nil {
		return err
	}
	if !found {
		return &Error{Class: ErrNotFound, Op: "refresh", Entity: m.Meta.Name, Key: m.Key, Detail: "its row is gone"}
	}
	return em.loadHooks(ctx, em.loader)
}
