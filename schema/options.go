package schema

import (
	"fmt"
	"path"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
)

// Option changes how the schema is described or compared.
type Option func(*options)

type options struct {
	wildcard string
	addOnly  bool
	dropping bool
	// split restricts everything to the tables of the schema part.
	split bool
	part  string
	// gone are tables that were made for entities, to be dropped when none is mapped onto them.
	gone []string
	// goneViews are views that were made for entities.
	goneViews []string
	// ignored are patterns of tables that are not looked at.
	ignored []string
	// renamed are former names by "table" and "table.column".
	renamed map[string]string
	// objects are triggers and routines; managesObjects says that these are all of them.
	objects        []Object
	managesObjects bool
	// withoutPolicies leaves out the policies of the mapping.
	withoutPolicies bool
	// database is the name of the connection's own database, where that is what a schema is.
	database string
}

// InSchema names the schema (the database on MySQL and MariaDB) that stands for
// the wildcard "*" in the mapping. Without it "*" is the connection's own.
func InSchema(name string) Option { return func(o *options) { o.wildcard = name } }

// AddOnly leaves out everything that removes or changes what exists: the plan
// then only adds tables, columns, indexes, checks and foreign keys.
func AddOnly() Option { return func(o *options) { o.addOnly = true } }

// Gone names tables that were made for entities. Those that no entity is mapped onto
// any more are dropped.
func Gone(tables ...string) Option {
	return func(o *options) { o.gone = append(o.gone, tables...) }
}

// GoneViews names views that were made for entities. Those that the mapping makes no
// more are dropped.
func GoneViews(views ...string) Option {
	return func(o *options) { o.goneViews = append(o.goneViews, views...) }
}

// Ignore names tables, as patterns such as "tmp_*", that are left alone even where a
// tool looks at all of them, or [Gone] names them.
func Ignore(patterns ...string) Option {
	return func(o *options) { o.ignored = append(o.ignored, patterns...) }
}

// Renamed gives the former name of a table ("books", "tomes") or of a column
// ("books.title", "heading"), as was= in the mapping does.
func Renamed(now, before string) Option {
	return func(o *options) {
		if o.renamed == nil {
			o.renamed = map[string]string{}
		}
		o.renamed[now] = before
	}
}

func (o *options) isGone(schemaName, table string) bool {
	return slices.ContainsFunc(o.gone, func(name string) bool {
		s, t := cutSchema(name)
		return s == schemaName && t == table
	})
}

// usable refuses arguments that are nil.
func usable(t Target, opts []Option) error {
	if err := reachable(t, opts); err != nil {
		return err
	}
	if t.Registry() == nil {
		return fmt.Errorf("schema: %w: the registry of the target", ErrArgument)
	}
	return nil
}

// reachable is usable where no mapping is needed.
func reachable(t Target, opts []Option) error {
	if t == nil || t.Engine() == nil {
		return fmt.Errorf("schema: %w: the target, which is an *orm.DB, or has a registry and an engine", ErrArgument)
	}
	return usableOptions(opts)
}

func usableOptions(opts []Option) error {
	if slices.ContainsFunc(opts, func(o Option) bool { return o == nil }) {
		return fmt.Errorf("schema: %w: one of the options", ErrArgument)
	}
	return nil
}

// usableMapping refuses a registry or a dialect that is nil.
func usableMapping(reg *mapper.Registry, d *sql.Dialect, opts []Option) error {
	if reg == nil || d == nil {
		return fmt.Errorf("schema: %w: the registry or the dialect", ErrArgument)
	}
	return usableOptions(opts)
}

func collect(opts []Option) options {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	o.gone = slices.DeleteFunc(slices.Clone(o.gone), o.isIgnored)
	return o
}

// isIgnored reports a table, as "table" or "schema.table", that Ignore names.
func (o *options) isIgnored(name string) bool {
	_, table := cutSchema(name)
	return slices.ContainsFunc(o.ignored, func(pattern string) bool {
		for _, text := range []string{name, table} {
			if ok, err := path.Match(pattern, text); ok && err == nil {
				return true
			}
		}
		return false
	})
}
