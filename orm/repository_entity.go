package orm

import (
	"context"
	"io"
	"iter"
)

// What can be done with an entity at hand.

// Contains is the method [EntityManager.Contains].
func (r *Repository[T]) Contains(entity *T) bool { return r.em.Contains(entity) }

// Forget is the method [EntityManager.Forget].
func (r *Repository[T]) Forget(entities ...*T) {
	for _, e := range entities {
		r.em.Forget(e)
	}
}

// RemoveHard is the method [EntityManager.RemoveHard].
func (r *Repository[T]) RemoveHard(entities ...*T) {
	for _, e := range entities {
		r.em.RemoveHard(e)
	}
}

// Lock is the method [EntityManager.Lock].
func (r *Repository[T]) Lock(ctx context.Context, entity *T, opts ...FindOption) error {
	return r.em.Lock(ctx, entity, opts...)
}

// LockVersion is the method [EntityManager.LockVersion].
func (r *Repository[T]) LockVersion(ctx context.Context, entity *T, version any) error {
	return r.em.LockVersion(ctx, entity, version)
}

// LoadHint is the function [LoadHint].
func (r *Repository[T]) LoadHint(ctx context.Context, owner *T, hints ...Hint) error {
	return LoadHint(ctx, r.em, owner, hints...)
}

// ItemKeys is the function [ItemKeys].
func (r *Repository[T]) ItemKeys(ctx context.Context, owner *T, property string) ([]any, error) {
	return ItemKeys(ctx, r.em, owner, property)
}

// CanPopulate is the function [CanPopulate].
func (r *Repository[T]) CanPopulate(path string) bool { return CanPopulate[T](r.em.there().db, path) }

// Key is the function [Key].
func (r *Repository[T]) Key(owner *T, property string) (any, error) {
	return Key(r.em, owner, property)
}

// IsLoaded is the function [IsLoaded].
func (r *Repository[T]) IsLoaded(owner *T, property string) (bool, error) {
	return IsLoaded(r.em, owner, property)
}

// IsHidden is the function [IsHidden].
func (r *Repository[T]) IsHidden(owner *T, property string) (bool, error) {
	return IsHidden(r.em, owner, property)
}

// SetShadow is the function [SetShadow].
func (r *Repository[T]) SetShadow(entity *T, property string, value any) error {
	return SetShadow(r.em, entity, property, value)
}

// ToDTO is the function [ToDTO].
func (r *Repository[T]) ToDTO(entity *T, opts ...SerializeOption) (map[string]any, error) {
	return ToDTO(r.em, entity, opts...)
}

// JSON is the function [JSON].
func (r *Repository[T]) JSON(entity *T, opts ...SerializeOption) ([]byte, error) {
	return JSON(r.em, entity, opts...)
}

// WriteJSON is the function [WriteJSON].
func (r *Repository[T]) WriteJSON(to io.Writer, list iter.Seq2[*T, error], opts ...SerializeOption) error {
	return WriteJSON(to, r.em, list, opts...)
}

// FromJSON is the function [FromJSON].
func (r *Repository[T]) FromJSON(raw []byte, policy Policy) (D, error) {
	return FromJSON[T](r.em.there().db, raw, policy)
}
