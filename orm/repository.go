package orm

import (
	"context"
	"iter"
)

// Repository is what can be done with one entity type, bound to a manager: every
// function of this package that is about one type has a method here. Repositories of
// an application embed a *Repository[T], see [RegisterRepository]. Like its manager
// it belongs to one goroutine at a time.
type Repository[T any] struct{ em *EntityManager }

// Repo returns the repository of T in em.
func Repo[T any](em *EntityManager) *Repository[T] {
	em = em.there()
	return &Repository[T]{em}
}

// Manager returns the manager the repository is bound to.
func (r *Repository[T]) Manager() *EntityManager { return r.em }

// Find is the function [Find].
func (r *Repository[T]) Find(ctx context.Context, cond any, opts ...FindOption) ([]*T, error) {
	return Find[T](ctx, r.em, cond, opts...)
}

// FindOne is the function [FindOne].
func (r *Repository[T]) FindOne(ctx context.Context, cond any, opts ...FindOption) (*T, error) {
	return FindOne[T](ctx, r.em, cond, opts...)
}

// FindOneOrFail is the function [FindOneOrFail].
func (r *Repository[T]) FindOneOrFail(ctx context.Context, cond any, opts ...FindOption) (*T, error) {
	return FindOneOrFail[T](ctx, r.em, cond, opts...)
}

// FindAndCount is the function [FindAndCount].
func (r *Repository[T]) FindAndCount(ctx context.Context, cond any, opts ...FindOption) ([]*T, int64, error) {
	return FindAndCount[T](ctx, r.em, cond, opts...)
}

// FindByCursor is the function [FindByCursor].
func (r *Repository[T]) FindByCursor(ctx context.Context, cond any, w Window, opts ...FindOption) (*CursorPage[T], error) {
	return FindByCursor[T](ctx, r.em, cond, w, opts...)
}

// Stream is the function [Stream].
func (r *Repository[T]) Stream(ctx context.Context, cond any, opts ...FindOption) iter.Seq2[*T, error] {
	return Stream[T](ctx, r.em, cond, opts...)
}

// Watch is the function [Watch].
func (r *Repository[T]) Watch(ctx context.Context, opts ...WatchOption) iter.Seq2[WatchEvent[T], error] {
	return Watch[T](ctx, r.em, opts...)
}

// CountBy is the function [CountBy].
func (r *Repository[T]) CountBy(ctx context.Context, property string, cond any) (map[any]int64, error) {
	return CountBy[T](ctx, r.em, property, cond)
}

// LoadCount is the function [LoadCount].
func (r *Repository[T]) LoadCount(ctx context.Context, owners []*T, property string, cond any) (map[*T]int64, error) {
	return LoadCount(ctx, r.em, owners, property, cond)
}

// Create is the function [Create].
func (r *Repository[T]) Create(ctx context.Context, data M, opts ...AssignOption) (*T, error) {
	return Create[T](ctx, r.em, data, opts...)
}

// Count is the function [Count].
func (r *Repository[T]) Count(ctx context.Context, cond any, opts ...FindOption) (int64, error) {
	return Count[T](ctx, r.em, cond, opts...)
}

// QB is the function [QB].
func (r *Repository[T]) QB(alias string) *Query[T] { return QB[T](r.em, alias) }

// Populate is the function [PopulateAll].
func (r *Repository[T]) Populate(ctx context.Context, owners []*T, opts ...FindOption) error {
	return PopulateAll[T](ctx, r.em, owners, opts...)
}

// Load is the function [Load].
func (r *Repository[T]) Load(ctx context.Context, owner *T, paths ...string) error {
	return Load(ctx, r.em, owner, paths...)
}

// Assign is the function [Assign].
func (r *Repository[T]) Assign(ctx context.Context, entity *T, data M, opts ...AssignOption) error {
	return Assign(ctx, r.em, entity, data, opts...)
}

// Merge is the function [Merge].
func (r *Repository[T]) Merge(entity *T) (*T, error) { return Merge(r.em, entity) }

// Persist marks entities for insertion, see [EntityManager.Persist].
func (r *Repository[T]) Persist(entities ...*T) {
	for _, e := range entities {
		r.em.Persist(e)
	}
}

// Remove marks entities for deletion, see [EntityManager.Remove].
func (r *Repository[T]) Remove(entities ...*T) {
	for _, e := range entities {
		r.em.Remove(e)
	}
}

// Refresh is the method [EntityManager.Refresh].
func (r *Repository[T]) Refresh(ctx context.Context, entities ...*T) error {
	for _, e := range entities {
		if err := r.em.Refresh(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// NativeInsert is the function [NativeInsert].
func (r *Repository[T]) NativeInsert(ctx context.Context, rows ...M) (int64, error) {
	return NativeInsert[T](ctx, r.em, rows...)
}

// NativeUpdate is the function [NativeUpdate].
func (r *Repository[T]) NativeUpdate(ctx context.Context, cond any, set M, opts ...NativeOption) (int64, error) {
	return NativeUpdate[T](ctx, r.em, cond, set, opts...)
}

// NativeDelete is the function [NativeDelete].
func (r *Repository[T]) NativeDelete(ctx context.Context, cond any, opts ...NativeOption) (int64, error) {
	return NativeDelete[T](ctx, r.em, cond, opts...)
}

// NativeUpsert is the function [NativeUpsert].
func (r *Repository[T]) NativeUpsert(ctx context.Context, on []string, rows ...M) (int64, error) {
	return NativeUpsert[T](ctx, r.em, on, rows...)
}

// UpsertEntity is the function [UpsertEntity].
func (r *Repository[T]) UpsertEntity(ctx context.Context, entity *T, opts ...BulkOption) (*T, error) {
	return UpsertEntity(ctx, r.em, entity, opts...)
}

// Clone is the function [Clone].
func (r *Repository[T]) Clone(ctx context.Context, entity *T, opts ...CloneOption) (*T, error) {
	return Clone(ctx, r.em, entity, opts...)
}

// Reference is the function [Reference].
func (r *Repository[T]) Reference(key any) Ref[T] { return Reference[T](r.em, key) }

// BulkInsert is the function [BulkInsert].
func (r *Repository[T]) BulkInsert(ctx context.Context, entities []*T, opts ...BulkOption) error {
	return BulkInsert(ctx, r.em, entities, opts...)
}

// BulkUpsert is the function [BulkUpsert].
func (r *Repository[T]) BulkUpsert(ctx context.Context, entities []*T, opts ...BulkOption) error {
	return BulkUpsert(ctx, r.em, entities, opts...)
}

// NativeDeleteHard is the function [NativeDeleteHard].
func (r *Repository[T]) NativeDeleteHard(ctx context.Context, cond any, opts ...NativeOption) (int64, error) {
	return NativeDeleteHard[T](ctx, r.em, cond, opts...)
}

// Restore is the function [Restore].
func (r *Repository[T]) Restore(ctx context.Context, cond any, opts ...NativeOption) (int64, error) {
	return Restore[T](ctx, r.em, cond, opts...)
}

// Map is the function [Map].
func (r *Repository[T]) Map(ctx context.Context, text string, args ...any) ([]*T, error) {
	return Map[T](ctx, r.em, text, args...)
}
