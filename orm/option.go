package orm

import (
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
}

// Entities registers entities: struct values or pointers, or definitions made
// with mapper.Define. It may be given several times.
func Entities(entities ...any) Option {
	return func(c *config) { c.entities = append(c.entities, entities...) }
}

// Naming sets the strategy for table and column names; the default is underscore.
func Naming(s naming.Strategy) Option { return func(c *config) { c.mapping.Naming = s } }

// Registry uses a registry that was already built, instead of Entities.
func Registry(r *mapper.Registry) Option { return func(c *config) { c.registry = r } }
