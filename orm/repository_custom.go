package orm

import "reflect"

// RegisterRepository names the repository of the application for T: an R, which
// make builds from the standard one, and which [RepoAs] hands out. A second one for the
// same R makes Open fail with ErrInvalidOption, as does a T that is no entity.
//
//	type Authors struct{ *orm.Repository[Author] }
//	func (r *Authors) Famous(ctx context.Context) ([]*Author, error) {
//		return r.Find(ctx, orm.M{"fame >": 9})
//	}
//
//	db, err := orm.Open(ctx, connector, orm.Entities(Author{}),
//		orm.RegisterRepository(func(r *orm.Repository[Author]) *Authors { return &Authors{r} }))
//	authors := orm.RepoAs[*Authors](em)
func RegisterRepository[T, R any](make func(*Repository[T]) R) Option {
	return func(c *config) {
		if make == nil {
			c.faults = append(c.faults, &Error{Class: ErrInvalidOption, Op: "open", Detail: "the function that makes a repository is nil"})
			return
		}
		c.repositories = append(c.repositories, customRepository{
			entity: reflect.TypeFor[T](),
			of:     reflect.TypeFor[R](),
			make:   func(em *EntityManager) any { return make(Repo[T](em)) },
		})
	}
}

// customRepository is a repository of the application.
type customRepository struct {
	entity, of reflect.Type
	make       func(*EntityManager) any
}

// RepoAs returns the repository of type R in em, made anew. An R that
// [RegisterRepository] did not name is ErrUnknownRepository.
func RepoAs[R any](em *EntityManager) (R, error) {
	em = em.there()
	if em.guard.fault != nil {
		var none R
		return none, em.guard.fault
	}
	of := reflect.TypeFor[R]()
	for _, r := range em.db.config.repositories {
		if r.of == of {
			return r.make(em).(R), nil
		}
	}
	var none R
	return none, &Error{Class: ErrUnknownRepository, Op: "repository", Detail: of.String() + "; name it by orm.RegisterRepository when the database is opened"}
}

// checkRepositories refuses repositories of what is no entity, and two of one type.
func (db *DB) checkRepositories() error {
	seen := map[reflect.Type]bool{}
	faults := db.config.faults
	for _, r := range db.config.repositories {
		if db.registry.ByType(r.entity) == nil {
			faults = append(faults, &Error{Class: ErrUnknownEntity, Op: "open", Detail: r.entity.String() + " has the repository " + r.of.String()})
		}
		if seen[r.of] {
			faults = append(faults, &Error{Class: ErrInvalidOption, Op: "open", Detail: "the repository " + r.of.String() + " is registered twice"})
		}
		seen[r.of] = true
	}
	return join(faults...)
}
