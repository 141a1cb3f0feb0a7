package orm

import (
	"maps"
	"reflect"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// Option configures [Open].
type Option func(*config)

type config struct {
	entities    []any
	mapping     mapper.Options
	log         *logging
	registry    *mapper.Registry
	subscribers []Subscriber
	trace       Tracer
	// cache keeps answers of finds, nil without one.
	cache *resultCache
	// repositories are those of the application.
	repositories []customRepository
	// serial are the rules of serialization; checkHidden refuses hidden fields that json.Marshal writes.
	serial      []*serialRules
	checkHidden bool
	// filters are declared for every entity that has a property.
	filters []declaredFilter
	// ignoreChecks opens databases that cannot hold some of the checks.
	ignoreChecks bool
	// faults are mistakes in the options themselves.
	faults []error
	// subscribed are the types that some of them are about.
	subscribed []reflect.Type
}

// Entities registers entities: struct values or pointers, or definitions made
// with mapper.Define. It may be given several times.
func Entities(entities ...any) Option {
	return func(c *config) { c.entities = append(c.entities, entities...) }
}

// Naming sets the strategy for table and column names; the default is underscore.
func Naming(s naming.Strategy) Option { return func(c *config) { c.mapping.Naming = s } }

// CustomType maps every field of type T by c, as mapper.Options.Custom does.
func CustomType[T any](c mapper.CustomType) Option {
	return func(o *config) {
		if c == nil {
			o.faults = append(o.faults, &Error{Class: ErrInvalidOption, Op: "open", Detail: "the custom type of " + reflect.TypeFor[T]().String() + " is nil"})
			return
		}
		custom := maps.Clone(o.mapping.Custom)
		if custom == nil {
			custom = map[reflect.Type]mapper.CustomType{}
		}
		custom[reflect.TypeFor[T]()] = c
		o.mapping.Custom = custom
	}
}

// EachEntity calls fn for every entity while the registry is built, before the mapping of the
// entity is read, with what its struct has. It may add to the mapping, for conventions of a
// program:
//
//	orm.EachEntity(func(s *mapper.StructInfo, e *mapper.EntityBuilder) {
//		if s.Field("DeletedAt") != nil {
//			e.Field("DeletedAt").SoftDelete()
//		}
//	})
//
// What it says wins over tags and definitions. It may run more than once and says the same
// each time. Several are called in order. Tools that read mappings from source do not run it. With
// [Registry], which is built already, it is a mistake.
func EachEntity(fn func(s *mapper.StructInfo, e *mapper.EntityBuilder)) Option {
	return func(c *config) {
		before := c.mapping.Each
		c.mapping.Each = func(s *mapper.StructInfo, e *mapper.EntityBuilder) {
			if before != nil {
				before(s, e)
			}
			fn(s, e)
		}
		if fn == nil {
			c.faults = append(c.faults, &Error{Class: ErrInvalidOption, Op: "open", Detail: "the function of EachEntity is nil"})
			c.mapping.Each = before
		}
	}
}

// TimePrecision sets the number of fractional second digits of times that
// declare none; the default is 6, or less where the database keeps less.
func TimePrecision(digits int) Option {
	return func(c *config) { c.mapping.TimePrecision = &digits }
}

// Limits sets what the mapping has to keep within, for a model that several
// databases share; the default is what the connector's database keeps.
func Limits(l mapper.Limits) Option { return func(c *config) { c.mapping.Limits = &l } }

// Registry uses a registry that was already built, instead of Entities.
func Registry(r *mapper.Registry) Option { return func(c *config) { c.registry = r } }

// apply applies options in order; a nil one is a mistake.
func apply[O ~func(*A), A any](op string, to *A, opts []O) error {
	for _, opt := range opts {
		if opt == nil {
			return &Error{Class: ErrInvalidOption, Op: op, Detail: "one of the options is nil"}
		}
		opt(to)
	}
	return nil
}
