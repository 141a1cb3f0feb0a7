package orm

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/weft-orm/weft/mapper"
)

// ForkOption configures a manager made by [DB.Fork].
type ForkOption func(*EntityManager)

// Schema names the schema (on MySQL and MariaDB the database, on SQLite the
// attached database, on MongoDB the database) that stands for the wildcard "*" in
// the mapping, for all the manager does. Without it "*" is the connection's own. A
// name that no engine can hold, and a schema for a model without wildcards, make
// every operation of the manager fail with ErrInvalidOption.
func Schema(name string) ForkOption {
	return func(em *EntityManager) {
		em.scope.Schema = name
		switch {
		case !validSchema(name):
			em.guard.fault = &Error{Class: ErrInvalidOption, Op: "fork", Detail: fmt.Sprintf("%q is no name of a schema", name)}
		case !em.db.wildcard:
			em.guard.fault = &Error{Class: ErrInvalidOption, Op: "fork",
				Detail: fmt.Sprintf("no entity is mapped to the schema \"*\", so that %q would have no effect", name)}
		}
	}
}

// maxSchema is the length PostgreSQL cuts names at: two longer ones could be the same.
const maxSchema = 63

func validSchema(name string) bool {
	return name != "" && name != "*" && len(name) <= maxSchema && utf8.ValidString(name) && !strings.ContainsRune(name, 0)
}

// Fork returns a new EntityManager with an empty identity map.
func (db *DB) Fork(opts ...ForkOption) *EntityManager {
	em := newManager(db.there())
	if db == nil {
		em.guard.fault = errNilDB
	}
	em.set(opts)
	return em
}

// set applies the options of a fork; a mistake in them is told by every operation.
func (em *EntityManager) set(opts []ForkOption) {
	for _, opt := range opts {
		if opt == nil {
			em.guard.fault = &Error{Class: ErrInvalidOption, Op: "fork", Detail: "one of the options is nil"}
			continue
		}
		opt(em)
	}
	em.checkSettings()
}

// fork returns a manager with the settings of em, for work beside its own.
func (em *EntityManager) fork() *EntityManager {
	other := newManager(em.db)
	other.scope.Schema, other.guard.fault = em.scope.Schema, em.guard.fault
	other.filtering.filters = append(other.filtering.filters, em.filtering.filters...)
	other.filtering.added, other.scope.Variables = em.filtering.added, em.scope.Variables
	other.mode, other.strict, other.loose, other.batch = em.mode, em.strict, em.loose, em.batch
	return other
}

// hasWildcard reports tables in the wildcard schema.
func hasWildcard(r *mapper.Registry) bool {
	for _, e := range r.Entities() {
		if e.Table != nil && e.Table.Schema == "*" {
			return true
		}
	}
	return false
}

// SchemaName returns the schema given by [Schema], "" for the connection's own.
func (em *EntityManager) SchemaName() string {
	em = em.there()
	return em.scope.Schema
}
