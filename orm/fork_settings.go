package orm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/driver"
)

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
