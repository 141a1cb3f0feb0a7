package orm

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// The steps of a query are those of the builder it is made of; they keep its type.

// Comment is the step of [qb.Builder].
func (q *Query[T]) Comment(text string) *Query[T] { return q.of(q.Builder.Comment(text)) }

// UseIndex is the step of [qb.Builder].
func (q *Query[T]) UseIndex(names ...string) *Query[T] { return q.of(q.Builder.UseIndex(names...)) }

// Schema is the step of [qb.Builder].
func (q *Query[T]) Schema(name string) *Query[T] { return q.of(q.Builder.Schema(name)) }

// Join is the step of [qb.Builder].
func (q *Query[T]) Join(path, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.Join(path, alias, on...))
}

// InnerJoin is the step of [qb.Builder].
func (q *Query[T]) InnerJoin(path, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.InnerJoin(path, alias, on...))
}

// LeftJoin is the step of [qb.Builder].
func (q *Query[T]) LeftJoin(path, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.LeftJoin(path, alias, on...))
}

// JoinAndSelect is the step of [qb.Builder].
func (q *Query[T]) JoinAndSelect(path, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.JoinAndSelect(path, alias, on...))
}

// LeftJoinAndSelect is the step of [qb.Builder].
func (q *Query[T]) LeftJoinAndSelect(path, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.LeftJoinAndSelect(path, alias, on...))
}

// JoinQuery is the step of [qb.Builder].
func (q *Query[T]) JoinQuery(other qb.Source, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.JoinQuery(other, alias, on...))
}

// LeftJoinQuery is the step of [qb.Builder].
func (q *Query[T]) LeftJoinQuery(other qb.Source, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.LeftJoinQuery(other, alias, on...))
}

// JoinLateral is the step of [qb.Builder].
func (q *Query[T]) JoinLateral(other qb.Source, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.JoinLateral(other, alias, on...))
}

// LeftJoinLateral is the step of [qb.Builder].
func (q *Query[T]) LeftJoinLateral(other qb.Source, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.LeftJoinLateral(other, alias, on...))
}

// JoinCTE is the step of [qb.Builder].
func (q *Query[T]) JoinCTE(name, entity, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.JoinCTE(name, entity, alias, on...))
}

// JoinEntity is the step of [qb.Builder].
func (q *Query[T]) JoinEntity(entity, alias string, on ...any) *Query[T] {
	return q.of(q.Builder.JoinEntity(entity, alias, on...))
}

// Select is the step of [qb.Builder].
func (q *Query[T]) Select(columns ...any) *Query[T] { return q.of(q.Builder.Select(columns...)) }

// AddSelect is the step of [qb.Builder].
func (q *Query[T]) AddSelect(columns ...any) *Query[T] { return q.of(q.Builder.AddSelect(columns...)) }

// Distinct is the step of [qb.Builder].
func (q *Query[T]) Distinct() *Query[T] { return q.of(q.Builder.Distinct()) }

// DistinctOn is the step of [qb.Builder].
func (q *Query[T]) DistinctOn(paths ...string) *Query[T] { return q.of(q.Builder.DistinctOn(paths...)) }

// GroupBy is the step of [qb.Builder].
func (q *Query[T]) GroupBy(exprs ...any) *Query[T] { return q.of(q.Builder.GroupBy(exprs...)) }

// OrderBy is the step of [qb.Builder].
func (q *Query[T]) OrderBy(entries ...any) *Query[T] { return q.of(q.Builder.OrderBy(entries...)) }

// Limit is the step of [qb.Builder].
func (q *Query[T]) Limit(n int) *Query[T] { return q.of(q.Builder.Limit(n)) }

// Offset is the step of [qb.Builder].
func (q *Query[T]) Offset(n int) *Query[T] { return q.of(q.Builder.Offset(n)) }

// Lock is the step of [qb.Builder].
func (q *Query[T]) Lock(l qb.Lock) *Query[T] { return q.of(q.Builder.Lock(l)) }

// NullsLowest is the step of [qb.Builder].
func (q *Query[T]) NullsLowest() *Query[T] { return q.of(q.Builder.NullsLowest()) }

// KeyIn is the step of [qb.Builder].
func (q *Query[T]) KeyIn() *Query[T] { return q.of(q.Builder.KeyIn()) }

// Exists is the step of [qb.Builder].
func (q *Query[T]) Exists() *Query[T] { return q.of(q.Builder.Exists()) }

// From is the step of [qb.Builder].
func (q *Query[T]) From(source qb.Source) *Query[T] { return q.of(q.Builder.From(source)) }

// FromCTE is the step of [qb.Builder].
func (q *Query[T]) FromCTE(name string) *Query[T] { return q.of(q.Builder.FromCTE(name)) }

// With is the step of [qb.Builder].
func (q *Query[T]) With(name string, other qb.Source) *Query[T] {
	return q.of(q.Builder.With(name, other))
}

// WithRecursive is the step of [qb.Builder].
func (q *Query[T]) WithRecursive(name string, other qb.Source) *Query[T] {
	return q.of(q.Builder.WithRecursive(name, other))
}

// Union is the step of [qb.Builder].
func (q *Query[T]) Union(other qb.Source) *Query[T] { return q.of(q.Builder.Union(other)) }

// UnionAll is the step of [qb.Builder].
func (q *Query[T]) UnionAll(other qb.Source) *Query[T] { return q.of(q.Builder.UnionAll(other)) }

// Within is the step of [qb.Builder].
func (q *Query[T]) Within(around qb.Source) *Query[T] { return q.of(q.Builder.Within(around)) }

// Filter is the step of [qb.Builder].
func (q *Query[T]) Filter(name string, params map[string]any) *Query[T] {
	return q.of(q.Builder.Filter(name, params))
}

// WithoutFilter is the step of [qb.Builder].
func (q *Query[T]) WithoutFilter(names ...string) *Query[T] {
	return q.of(q.Builder.WithoutFilter(names...))
}

// FiltersFrom is the step of [qb.Builder].
func (q *Query[T]) FiltersFrom(of func(*mapper.Entity) []*mapper.Filter) *Query[T] {
	return q.of(q.Builder.FiltersFrom(of))
}

// Where is the step of [qb.Builder].
func (q *Query[T]) Where(cond any, args ...any) *Query[T] {
	return q.of(q.Builder.Where(cond, args...))
}

// AndWhere is the step of [qb.Builder].
func (q *Query[T]) AndWhere(cond any, args ...any) *Query[T] {
	return q.of(q.Builder.AndWhere(cond, args...))
}

// OrWhere is the step of [qb.Builder].
func (q *Query[T]) OrWhere(cond any, args ...any) *Query[T] {
	return q.of(q.Builder.OrWhere(cond, args...))
}

// Having is the step of [qb.Builder].
func (q *Query[T]) Having(cond any, args ...any) *Query[T] {
	return q.of(q.Builder.Having(cond, args...))
}

// Insert is the step of [qb.Builder].
func (q *Query[T]) Insert(rows ...M) *Query[T] { return q.of(q.Builder.Insert(rows...)) }

// Upsert is the step of [qb.Builder].
func (q *Query[T]) Upsert(rows ...M) *Query[T] { return q.of(q.Builder.Upsert(rows...)) }

// InsertFrom is the step of [qb.Builder].
func (q *Query[T]) InsertFrom(source qb.Source, properties ...string) *Query[T] {
	return q.of(q.Builder.InsertFrom(source, properties...))
}

// OnConflict is the step of [qb.Builder].
func (q *Query[T]) OnConflict(properties ...string) *Query[T] {
	return q.of(q.Builder.OnConflict(properties...))
}

// Merge is the step of [qb.Builder].
func (q *Query[T]) Merge(properties ...string) *Query[T] { return q.of(q.Builder.Merge(properties...)) }

// Ignore is the step of [qb.Builder].
func (q *Query[T]) Ignore() *Query[T] { return q.of(q.Builder.Ignore()) }

// Returning is the step of [qb.Builder].
func (q *Query[T]) Returning(properties ...string) *Query[T] {
	return q.of(q.Builder.Returning(properties...))
}

// Update is the step of [qb.Builder].
func (q *Query[T]) Update(set M) *Query[T] { return q.of(q.Builder.Update(set)) }

// Delete is the step of [qb.Builder].
func (q *Query[T]) Delete() *Query[T] { return q.of(q.Builder.Delete()) }

// Truncate is the step of [qb.Builder].
func (q *Query[T]) Truncate() *Query[T] { return q.of(q.Builder.Truncate()) }

// AllowAll is the step of [qb.Builder].
func (q *Query[T]) AllowAll() *Query[T] { return q.of(q.Builder.AllowAll()) }
