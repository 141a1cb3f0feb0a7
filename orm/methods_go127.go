//go:build go1.27

package orm

import (
	"context"
	"iter"
)

// From Go 1.27 on methods have type parameters: the functions about one entity type are
// methods of the manager, too.

// Find is the function [Find].
func (em *EntityManager) Find[T any](ctx context.Context, cond any, opts ...FindOption) ([]*T, error) {
	return Find[T](ctx, em, cond, opts...)
}

// FindOne is the function [FindOne].
func (em *EntityManager) FindOne[T any](ctx context.Context, cond any, opts ...FindOption) (*T, error) {
	return FindOne[T](ctx, em, cond, opts...)
}

// FindOneOrFail is the function [FindOneOrFail].
func (em *EntityManager) FindOneOrFail[T any](ctx context.Context, cond any, opts ...FindOption) (*T, error) {
	return FindOneOrFail[T](ctx, em, cond, opts...)
}

// FindAndCount is the function [FindAndCount].
func (em *EntityManager) FindAndCount[T any](ctx context.Context, cond any, opts ...FindOption) ([]*T, int64, error) {
	return FindAndCount[T](ctx, em, cond, opts...)
}

// FindByCursor is the function [FindByCursor].
func (em *EntityManager) FindByCursor[T any](ctx context.Context, cond any, w Window, opts ...FindOption) (*CursorPage[T], error) {
	return FindByCursor[T](ctx, em, cond, w, opts...)
}

// Stream is the function [Stream].
func (em *EntityManager) Stream[T any](ctx context.Context, cond any, opts ...FindOption) iter.Seq2[*T, error] {
	return Stream[T](ctx, em, cond, opts...)
}

// Watch is the function [Watch].
func (em *EntityManager) Watch[T any](ctx context.Context, opts ...WatchOption) iter.Seq2[WatchEvent[T], error] {
	return Watch[T](ctx, em, opts...)
}

// Count is the function [Count].
func (em *EntityManager) Count[T any](ctx context.Context, cond any, opts ...FindOption) (int64, error) {
	return Count[T](ctx, em, cond, opts...)
}

// Repo is the function [Repo].
func (em *EntityManager) Repo[T any]() *Repository[T] { return Repo[T](em) }

// QB is the function [QB].
func (em *EntityManager) QB[T any](alias string) *Query[T] { return QB[T](em, alias) }

// Into is the function [Result] for the query.
func (q *Query[T]) Into[R any](ctx context.Context) ([]R, error) { return Result[R](ctx, q.em, q) }
