package seed

import (
	"context"
	"reflect"
	"slices"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Factory makes entities of type T. It is a value: every method returns a changed
// copy, so that a factory may be kept and built upon. It is safe for concurrent use.
type Factory[T any] struct {
	settings []setting
	lists    []listing
	each     []func(*T, int)
}

// Maker is a factory, of whatever type.
type Maker interface {
	recipe() *recipe
}

// Trait is a change of a factory that has a name of its own:
//
//	func cheap(f seed.Factory[Book]) seed.Factory[Book] { return f.With("price", 1) }
type Trait[T any] func(Factory[T]) Factory[T]

// setting says how a property gets its value.
type setting struct {
	property string
	value    func(n int, f *gofakeit.Faker) any
	maker    Maker
}

// listing says what a to-many relation holds.
type listing struct {
	relation string
	maker    Maker
	n        int
}

// recipe is a factory without its type.
type recipe struct {
	goType   reflect.Type
	settings []setting
	lists    []listing
	each     func(entity any, n int)
}

// For returns the factory that makes everything up.
func For[T any]() Factory[T] { return Factory[T]{} }

func (f Factory[T]) recipe() *recipe {
	return &recipe{reflect.TypeFor[T](), f.settings, f.lists, func(entity any, n int) {
		for _, change := range f.each {
			change(entity.(*T), n)
		}
	}}
}

func (f Factory[T]) set(s setting) Factory[T] {
	f.settings = append(slices.Clip(f.settings), s)
	return f
}

// With gives a property a value: what orm.Assign takes, an entity for a reference
// included. A later word about a property wins over an earlier one.
func (f Factory[T]) With(property string, value any) Factory[T] {
	if m, ok := value.(Maker); ok {
		return f.set(setting{property: property, maker: m})
	}
	return f.set(setting{property: property, value: func(int, *gofakeit.Faker) any { return value }})
}

// Sequence gives a property a value by the number of the entity among those of its
// type in the run, from 0.
func (f Factory[T]) Sequence(property string, value func(n int) any) Factory[T] {
	return f.set(setting{property: property, value: func(n int, _ *gofakeit.Faker) any { return value(n) }})
}

// Fake gives a property a made-up value: fake is always the same source for the
// same entity and property.
func (f Factory[T]) Fake(property string, value func(fake *gofakeit.Faker) any) Factory[T] {
	return f.set(setting{property: property, value: func(_ int, fake *gofakeit.Faker) any { return value(fake) }})
}

// Refer makes a new target, by another factory, for a to-one relation of each entity.
func (f Factory[T]) Refer(relation string, to Maker) Factory[T] {
	return f.set(setting{property: relation, maker: to})
}

// Has puts n new entities, made by another factory, into a to-many relation of each entity.
func (f Factory[T]) Has(relation string, items Maker, n int) Factory[T] {
	f.lists = append(slices.Clip(f.lists), listing{relation, items, n})
	return f
}

// Each changes every entity after its values were set; n is its number as in [Factory.Sequence].
func (f Factory[T]) Each(change func(entity *T, n int)) Factory[T] {
	f.each = append(slices.Clip(f.each), change)
	return f
}

// As applies traits.
func (f Factory[T]) As(traits ...Trait[T]) Factory[T] {
	for _, t := range traits {
		f = t(f)
	}
	return f
}

// Make makes an entity and does not store it.
func (f Factory[T]) Make(ctx context.Context, r *Run) (*T, error) {
	x, err := r.make(ctx, f.recipe())
	if err != nil {
		return nil, err
	}
	return x.(*T), nil
}

// One makes an entity and stores it, with everything that was made for it.
func (f Factory[T]) One(ctx context.Context, r *Run) (*T, error) {
	list, err := f.Many(ctx, r, 1)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Many makes n entities and stores them, each changed by each beforehand.
func (f Factory[T]) Many(ctx context.Context, r *Run, n int, each ...func(entity *T, i int)) ([]*T, error) {
	list := make([]*T, 0, n)
	for i := range n {
		x, err := f.Make(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, change := range each {
			change(x, i)
		}
		list = append(list, x)
	}
	return list, r.Flush(ctx)
}

// Pick returns a value for [Factory.Sequence] that goes through a list, again and again.
func Pick[E any](list ...E) func(n int) any {
	return func(n int) any { return list[n%len(list)] }
}

// entityOf returns the metadata of a type.
func (r *Run) entityOf(t reflect.Type) (*mapper.Entity, error) {
	e := r.em.DB().Registry().ByType(t)
	if e == nil {
		return nil, &Error{Class: ErrEntity, Entity: t.String(), Detail: "it is not among those the database was opened with"}
	}
	return e, nil
}

// Seed returns the function of a [Seeder] that makes and stores n entities, unless
// the table has rows already.
func (f Factory[T]) Seed(n int) func(ctx context.Context, r *Run) error {
	return func(ctx context.Context, r *Run) error {
		there, err := orm.Count[T](ctx, r.em, nil)
		if err != nil || there > 0 {
			return err
		}
		_, err = f.Many(ctx, r, n)
		return err
	}
}
