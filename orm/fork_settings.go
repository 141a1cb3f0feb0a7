package orm

import "fmt"

// Fork returns a new manager with an empty identity map and the settings of em: filters,
// flush mode, schema, strictness, and those of [BatchSize] and [WithoutTransaction]. Options
// change them. It shares no transaction with em.
func (em *EntityManager) Fork(opts ...ForkOption) *EntityManager {
	other := em.fork()
	for _, opt := range opts {
		opt(other)
	}
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
