package seed

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"reflect"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Run is one filling of a database: it numbers the entities that are made, knows
// which unique values were given out, and which seeders ran. It belongs to an
// EntityManager and, like one, is not safe for concurrent use.
type Run struct {
	em    *orm.EntityManager
	value uint64
	// count numbers entities, pool has those that references may lead to.
	count map[*mapper.Entity]int
	pool  map[*mapper.Entity][]any
	used  map[string]bool
	// defaults are the factories of entities made along the way.
	defaults map[reflect.Type]*recipe
	// rows counts what was made; pool has what was found as well.
	rows map[*mapper.Entity]int
	// made are entities that are not stored yet, making those that are being made.
	made   []any
	making []made
	// ran are the seeders that ran, running those that are.
	ran     map[string]bool
	running []string
}

// made is an entity that is being made.
type made struct {
	meta   *mapper.Entity
	entity any
}

// New begins a run. The same value gives the same entities.
func New(em *orm.EntityManager, value uint64) *Run {
	return &Run{
		em: em, value: value, count: map[*mapper.Entity]int{}, pool: map[*mapper.Entity][]any{}, rows: map[*mapper.Entity]int{}, used: map[string]bool{},
		defaults: map[reflect.Type]*recipe{}, ran: map[string]bool{},
	}
}

// Manager returns the EntityManager of the run.
func (r *Run) Manager() *orm.EntityManager { return r.em }

// Use says by which factories entities are made that others refer to; without one
// they are made up.
func (r *Run) Use(factories ...Maker) {
	for _, f := range factories {
		recipe := f.recipe()
		r.defaults[recipe.goType] = recipe
	}
}

// add takes in an entity that was made.
func (r *Run) add(e *mapper.Entity, x any) {
	r.pool[e.Root()] = append(r.pool[e.Root()], x)
	r.rows[e.Root()]++
	r.made = append(r.made, x)
}

// Flush stores what was made.
func (r *Run) Flush(ctx context.Context) error {
	r.em.Persist(r.made...)
	r.made = nil
	return r.em.Flush(ctx)
}

// fake returns a source of values that depends on the run's value and on names
// and numbers only.
func (r *Run) fake(names ...string) *gofakeit.Faker {
	h := fnv.New64a()
	for _, n := range names {
		h.Write([]byte(n))
		h.Write([]byte{0})
	}
	return gofakeit.NewFaker(rand.NewPCG(r.value, h.Sum64()), false)
}
