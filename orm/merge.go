package orm

// Merge makes a detached entity with a key managed, without asking the database,
// and returns the managed one. It is for entities from a cache, or from a manager
// that has ended.
//
// Where the manager does not have the key yet, entity itself becomes managed, as if
// it had just been read: what it holds counts as stored, later changes are written.
// Where another instance is managed and loaded, that one takes over the plain values and
// to-one references of entity, as changes, and is returned; a version other than its
// own is an *OptimisticLockError. Relations that cascade merge (cascade=merge, or all)
// are followed: what entity leads to is merged as well. Which items a collection has
// is not merged; collections of an entity that becomes managed are not loaded. A lazy property
// that entity shows nothing of counts as not read: it is neither stored nor taken over.
func Merge[T any](em *EntityManager, entity *T) (*T, error) {
	em = em.there()
	if err := em.guard.enter("merge"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	e, x, err := em.locate("merge", entity)
	if err != nil {
		return nil, err
	}
	m, err := em.unit.Merge(e, x)
	if err != nil {
		return nil, told("merge", err)
	}
	return (*T)(m.Entity), nil
}
