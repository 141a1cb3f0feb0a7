package schema

// Option changes how the schema is described or compared.
type Option func(*options)

type options struct {
	wildcard string
	addOnly  bool
	// split restricts everything to the tables of the schema part.
	split bool
	part  string
	// database is the name of the connection's own database, where that is what a schema is.
	database string
}

// InSchema names the schema (the database on MySQL and MariaDB) that stands for
// the wildcard "*" in the mapping. Without it "*" is the connection's own.
func InSchema(name string) Option { return func(o *options) { o.wildcard = name } }

// AddOnly leaves out everything that removes or changes what exists: the plan
// then only adds tables, columns, indexes, checks and foreign keys.
func AddOnly() Option { return func(o *options) { o.addOnly = true } }

func collect(opts []Option) options {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
