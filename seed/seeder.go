package seed

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Seeder puts rows into a database under a name. Run twice, it should leave what
// it leaves when run once: see [Ensure].
type Seeder struct {
	// Name tells it apart, "authors".
	Name string
	// Run makes the rows. It calls other seeders by [Run.Call].
	Run func(ctx context.Context, r *Run) error
}

// Call runs seeders that did not run yet in this run, one after the other, and
// stores what each has made.
func (r *Run) Call(ctx context.Context, seeders ...Seeder) error {
	for _, s := range seeders {
		if s.Name == "" || s.Run == nil {
			return &Error{Class: ErrSeeder, Detail: "a seeder needs a name and a function"}
		}
		if slices.Contains(r.running, s.Name) {
			return &Error{Class: ErrSeeder, Detail: "they call each other: " + strings.Join(append(r.running, s.Name), " -> ")}
		}
		if r.ran[s.Name] {
			continue
		}
		r.running = append(r.running, s.Name)
		err := s.Run(ctx, r)
		if err == nil {
			err = r.Flush(ctx)
		}
		r.running = r.running[:len(r.running)-1]
		if err != nil {
			return fmt.Errorf("seed: %s: %w", s.Name, err)
		}
		r.ran[s.Name] = true
	}
	return nil
}

// Named returns the seeders of these names, or all when none are given.
func Named(seeders []Seeder, names ...string) ([]Seeder, error) {
	if len(names) == 0 {
		return seeders, nil
	}
	var known []string
	for _, s := range seeders {
		known = append(known, s.Name)
	}
	var list []Seeder
	for _, n := range names {
		i := slices.Index(known, n)
		if i < 0 {
			return nil, &Error{Class: ErrSeeder, Detail: fmt.Sprintf("there is none called %q%s", n, suggest.Hint(n, known))}
		}
		list = append(list, seeders[i])
	}
	return list, nil
}

// Ensure finds the entity whose properties by have the values they have in data,
// and gives it the others; without one it makes a new one. It is stored by the next
// flush. by may be empty: then the entity's own natural key is taken, which is the
// key where the application makes it, or else its unique properties.
func Ensure[T any](ctx context.Context, r *Run, data orm.M, by ...string) (*T, error) {
	e, err := r.entityOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	x, err := r.ensure(ctx, Of[T](), e, data, by)
	if err != nil {
		return nil, err
	}
	return x.(*T), nil
}

// Type stands for an entity type where fixtures name it. Make one with [Of].
type Type struct {
	goType reflect.Type
	find   func(ctx context.Context, em *orm.EntityManager, cond orm.M) (any, error)
}

// Of returns the Type of T.
func Of[T any]() Type {
	return Type{reflect.TypeFor[T](), func(ctx context.Context, em *orm.EntityManager, cond orm.M) (any, error) {
		found, err := orm.FindOne[T](ctx, em, cond)
		if found == nil || err != nil {
			return nil, err
		}
		return found, nil
	}}
}

// ensure finds an entity by its natural key or makes it.
func (r *Run) ensure(ctx context.Context, t Type, e *mapper.Entity, data orm.M, by []string) (any, error) {
	if len(by) == 0 {
		by = naturalKey(e, data)
	}
	if len(by) == 0 {
		return nil, &Error{Class: ErrNoNaturalKey, Entity: e.Name, Detail: "nothing in the data tells a row apart; name properties that do"}
	}
	cond, rest := orm.M{}, orm.M{}
	for name, v := range data {
		if slices.Contains(by, name) {
			cond[name] = v
		} else {
			rest[name] = v
		}
	}
	for _, name := range by {
		if _, ok := data[name]; !ok {
			return nil, &Error{Class: ErrNoNaturalKey, Entity: e.Name, Path: name, Detail: "the data does not have it"}
		}
	}
	// What was made and not stored cannot be found.
	if err := r.Flush(ctx); err != nil {
		return nil, err
	}
	found, err := t.find(ctx, r.em, cond)
	if err != nil {
		return nil, &Error{Class: ErrProperty, Entity: e.Name, Err: err}
	}
	if found == nil {
		return r.insert(ctx, t, e, data)
	}
	r.pool[e.Root()] = append(r.pool[e.Root()], found)
	return found, r.assign(ctx, e, found, rest)
}

// insert makes an entity of data alone.
func (r *Run) insert(ctx context.Context, t Type, e *mapper.Entity, data orm.M) (any, error) {
	x := reflect.New(t.goType).Interface()
	if err := r.assign(ctx, e, x, data); err != nil {
		return nil, err
	}
	r.add(e, x)
	return x, nil
}

// naturalKey returns properties of the data that tell a row apart.
func naturalKey(e *mapper.Entity, data orm.M) []string {
	for _, props := range constraints(e) {
		var names []string
		for _, p := range props {
			if v, ok := data[p.Path]; ok && v != nil {
				names = append(names, p.Path)
			}
		}
		if len(names) == len(props) && len(names) > 0 {
			return names
		}
	}
	return nil
}
