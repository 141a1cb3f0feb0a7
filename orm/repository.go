package orm

import "context"

// Repository is the reads and marks of one entity type, bound to a manager.
// Custom repositories embed a *Repository[T].
type Repository[T any] struct{ em *EntityManager }

// Repo returns the repository of T in em.
func Repo[T any](em *EntityManager) *Repository[T] { return &Repository[T]{em} }

// Manager returns the manager the repository is bound to.
func (r *Repository[T]) Manager() *EntityManager { return r.em }

// Find is the function Find.
func (r *Repository[T]) Find(ctx context.Context, cond any, opts ...FindOption) ([]*T, error) {
	return Find[T](ctx, r.em, cond, opts...)
}

// FindOne is the function FindOne.
func (r *Repository[T]) FindOne(ctx context.Context, cond any, opts ...FindOption) (*T, error) {
	return FindOne[T](ctx, r.em, cond, opts...)
}

// FindOneOrFail is the function FindOneOrFail.
func (r *Repository[T]) FindOneOrFail(ctx context.Context, cond any, opts ...FindOption) (*T, error) {
	return FindOneOrFail[T](ctx, r.em, cond, opts...)
}

// FindAndCount is the function FindAndCount.
func (r *Repository[T]) FindAndCount(ctx context.Context, cond any, opts ...FindOption) ([]*T, int64, error) {
	return FindAndCount[T](ctx, r.em, cond, opts...)
}

// FindByCursor is the function FindByCursor.
func (r *Repository[T]) FindByCursor(ctx context.Context, cond any, w Window, opts ...FindOption) (*CursorPage[T], error) {
	return FindByCursor[T](ctx, r.em, cond, w, opts...)
}

// Count is the function Count.
func (r *Repository[T]) Count(ctx context.Context, cond any, opts ...FindOption) (int64, error) {
	return Count[T](ctx, r.em, cond, opts...)
}

// Persist marks entities for insertion, see EntityManager.Persist.
func (r *Repository[T]) Persist(entities ...*T) {
	for _, e := range entities {
		r.em.Persist(e)
	}
}

// Remove marks entities for deletion, see EntityManager.Remove.
func (r *Repository[T]) Remove(entities ...*T) {
	for _, e := range entities {
		r.em.Remove(e)
	}
}
