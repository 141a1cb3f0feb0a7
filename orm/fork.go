package orm

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weft-orm/weft/driver"
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

// Fork returns a new manager with an empty identity map and the settings of em: filters,
// flush mode, schema, strictness, session variables, and those of [BatchSize] and [WithoutTransaction]. Options
// change them. It shares no transaction with em.
func (em *EntityManager) Fork(opts ...ForkOption) *EntityManager {
	em = em.there()
	other := em.fork()
	other.set(opts)
	return other
}

// WithFlushMode sets the flush mode of a fork.
func WithFlushMode(mode FlushMode) ForkOption {
	return func(em *EntityManager) { em.SetFlushMode(mode) }
}

// WithFilter switches a named filter on for all a fork does, see [EntityManager.SetFilter].
func WithFilter(name string, params map[string]any) ForkOption {
	return func(em *EntityManager) { em.SetFilter(name, params) }
}

// WithStrict makes a fork [Strict].
func WithStrict() ForkOption { return func(em *EntityManager) { em.strict = true } }

// SessionVariable sets a variable of the database's sessions for all a fork does, and for
// its own forks: "app.tenant", which the policies of row level security, triggers and
// functions read by current_setting('app.tenant'). It is set with each transaction and ends with
// it, so that nobody else who uses the connection sees it; a read outside of a transaction
// is one of its own. A second value for a name replaces the first.
//
// Engines without such variables (all but PostgreSQL) make every operation of the manager
// fail with ErrUnsupported, since what the policies promise would not be there.
func SessionVariable(name, value string) ForkOption {
	return func(em *EntityManager) {
		refuse := func(class error, detail string) {
			em.guard.fault = &Error{Class: class, Op: "fork", Detail: "session variable " + name + ": " + detail}
		}
		switch {
		case !em.db.caps.SessionVariables:
			refuse(ErrUnsupported, "the engine "+em.db.caps.Name+" has none")
		case name == "" || strings.ContainsRune(name+value, 0):
			refuse(ErrInvalidOption, "a name, and text without NUL, is wanted")
		}
		list := slices.DeleteFunc(slices.Clone(em.scope.Variables), func(v driver.Variable) bool { return v.Name == name })
		em.scope.Variables = append(list, driver.Variable{Name: name, Value: value})
	}
}

// checkSettings refuses settings that contradict each other.
func (em *EntityManager) checkSettings() {
	if em.loose && len(em.scope.Variables) > 0 && em.guard.fault == nil {
		em.guard.fault = &Error{Class: ErrInvalidOption, Op: "fork", Detail: "a session variable lasts as long as a transaction, which WithoutTransaction leaves out"}
	}
}

// BatchSize sends at most n rows with one operation of a flush, for databases that are
// slow with large statements, and proxies that refuse them. The default, 0, leaves it
// to the driver, which keeps within what the database takes. A negative n makes every
// operation of the manager fail with ErrInvalidOption.
func BatchSize(n int) ForkOption {
	return func(em *EntityManager) {
		em.batch = n
		if n < 0 {
			em.guard.fault = &Error{Class: ErrInvalidOption, Op: "fork", Detail: fmt.Sprintf("batch size %d is negative", n)}
		}
	}
}

// WithoutTransaction makes the flushes of a fork outside of Begin and Transactional send
// their statements one by one, each for itself. It is for databases behind proxies that
// have no transactions, and for writes that may be done in part: when a statement fails,
// what was sent before stays in the database, while the unit of work is as it was before
// the flush. Read what it manages again then, or throw the manager away.
func WithoutTransaction() ForkOption { return func(em *EntityManager) { em.loose = true } }
