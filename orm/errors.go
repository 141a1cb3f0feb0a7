package orm

import (
	"errors"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/flush"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/orm/internal/rawtext"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/rel"
)

// Classes of errors. Test with errors.Is; the instances are the structs below.
var (
	// ErrNotFound reports that no row matched where one was required.
	ErrNotFound = fault.ErrNotFound
	// ErrOptimisticLock reports a row that was changed or deleted since it was read.
	ErrOptimisticLock = fault.ErrOptimisticLock
	// ErrConcurrentUse reports an EntityManager used by two goroutines at once.
	ErrConcurrentUse = fault.ErrConcurrentUse
	// ErrUnknownEntity reports a type that is not among the registered entities.
	ErrUnknownEntity = fault.ErrUnknownEntity
	// ErrDetached reports an entity that has a row but is not managed.
	ErrDetached = fault.ErrDetached
	// ErrNotPersisted reports a new entity reached through a relation that does not cascade.
	ErrNotPersisted = fault.ErrNotPersisted
	// ErrEmptyCondition reports a missing condition where one is required.
	ErrEmptyCondition = fault.ErrEmptyCondition
	// ErrUnresolved reports a unit of work whose last commit has an unknown outcome.
	ErrUnresolved = fault.ErrUnresolved
	// ErrReadOnlyEntity reports a write of an entity that is mapped as read-only: a view, a
	// query, or one with the option readOnly.
	ErrReadOnlyEntity = flush.ErrReadOnly
	// ErrReadOnlyRelation reports a change of a relation that only shows what others keep: a
	// collection with a condition of the mapping, for instance.
	ErrReadOnlyRelation = fault.ErrReadOnlyRelation
	// ErrKeySpelling reports a row read by a key, or through a relation, that the database
	// takes for a key which is spelled otherwise: a collation without case, for instance. Keys
	// are the same to the unit of work when they are equal in Go.
	ErrKeySpelling = fault.ErrKeySpelling
	// ErrNotLoaded reports a property that is needed and was not loaded.
	ErrNotLoaded = fault.ErrNotLoaded
	// ErrHidden reports a reference whose target was looked for and not found: a filter
	// hides its row, or the row is gone. See Ref.IsHidden.
	ErrHidden = rel.ErrHidden
	// ErrInvalidOption reports an option that makes no sense: a negative limit, for instance.
	ErrInvalidOption = fault.ErrInvalidOption
	// ErrCursor reports a cursor that cannot be read, or is one of another order.
	ErrCursor = fault.ErrCursor
	// ErrTransaction reports a transaction that is missing or must not be there.
	ErrTransaction = fault.ErrTransaction
	// ErrAfterFlush reports that a hook failed after the flush was done and published.
	// What was flushed is stored (or will be, with the open transaction): do not flush again for it.
	ErrAfterFlush = fault.ErrAfterFlush
	// ErrInsideFlush reports a call that a hook or a subscriber made before the flush around it
	// was committed, and that would pull the ground from under it: Flush, Plan, Changes, Begin, Commit, Rollback,
	// Transactional, Clear or Forget. The last two return no error: they do nothing, and the flush
	// fails with it. The same holds for bulk and native writes with a transaction of their own, and
	// for Commit and Rollback in after-hooks inside of a transaction.
	ErrInsideFlush = fault.ErrInsideFlush
	// ErrFlushLoop reports subscribers whose OnFlush makes new changes each time it runs.
	ErrFlushLoop = fault.ErrFlushLoop
	// ErrAfterCommit reports that a subscriber failed after the transaction was committed.
	ErrAfterCommit = fault.ErrAfterCommit
	// ErrNotAllowed reports a property that Assign may not set.
	ErrNotAllowed = fault.ErrNotAllowed
	// ErrStrict reports what a manager made Strict refuses to do by itself.
	ErrStrict = fault.ErrStrict
	// ErrNoManager reports the use of a manager that [From] was asked for and that the
	// context does not carry.
	ErrNoManager = fault.ErrNoManager
	// ErrUnknownRepository reports a repository that was not registered.
	ErrUnknownRepository = fault.ErrUnknownRepository
	// ErrGuarded reports a write of a row that a filter with Guard hides, or would hide.
	ErrGuarded = fault.ErrGuarded
	// ErrStatementBudget reports a statement beyond the budget of its context.
	ErrStatementBudget = fault.ErrStatementBudget
	// ErrUnknownProperty reports a name that is not a property.
	ErrUnknownProperty = conditions.ErrUnknownProperty
	// ErrAmbiguous reports a name that several subtypes have given to a property.
	ErrAmbiguous = conditions.ErrAmbiguous
	// ErrUnknownPath reports a populate path that is not a relation.
	ErrUnknownPath = populate.ErrUnknownPath
	// ErrStrategy reports a loading strategy that does not exist, ErrOption options of a
	// populate hint that do not fit.
	ErrStrategy = populate.ErrStrategy
	ErrOption   = populate.ErrOption
	// ErrRequired reports NULL for a property that must have a value.
	ErrRequired = changeset.ErrRequired
	// ErrConflict reports two places that say the same thing and disagree: fields of one
	// column, or the sides of a relation that were both changed.
	ErrConflict = changeset.ErrConflict
	// ErrUnknownOperator reports an operator that does not exist, ErrOperator one that does
	// not fit its property, ErrShape a condition put together wrongly, and ErrPolicy one
	// from outside that is not allowed.
	ErrUnknownOperator = conditions.ErrUnknownOperator
	ErrOperator        = conditions.ErrOperator
	ErrShape           = conditions.ErrShape
	ErrPolicy          = conditions.ErrPolicy
	// ErrStep reports a step of a query builder that does not fit, ErrOrder an order that
	// cannot be read, ErrPath a path that leads to no single value, ErrFilter filters that lead back to themselves.
	// ErrUnknownAlias an alias that no step has introduced, ErrParameter a filter whose
	// parameters are missing, not declared, or do not fit.
	ErrStep         = qb.ErrStep
	ErrOrder        = qb.ErrOrder
	ErrPath         = qb.ErrPath
	ErrFilter       = qb.ErrFilter
	ErrUnknownAlias = qb.ErrUnknownAlias
	ErrParameter    = qb.ErrParameter
	// ErrValue reports a value that does not fit its property, ErrMapping mistakes in the
	// declaration of entities.
	ErrValue   = mapper.ErrValue
	ErrMapping = mapper.ErrMapping
	// ErrCopied reports a collection changed through a copy of its managed owner.
	ErrCopied = rel.ErrCopied
	// ErrPlaceholder reports placeholders and values of raw SQL that do not fit each other,
	// ErrUnended a quotation or a comment in it that does not end.
	ErrPlaceholder = rawtext.ErrPlaceholder
	ErrUnended     = rawtext.ErrUnended
	// ErrCycle reports new or deleted rows that depend on each other in an unbreakable ring.
	ErrCycle = plan.ErrCycle
)

// Classes of what engines report, so that a handler imports one package. They are
// those of package driver, which knows the rest; [IsUnique] names the properties.
var (
	ErrUniqueViolation     = driver.ErrUniqueViolation
	ErrForeignKeyViolation = driver.ErrForeignKeyViolation
	ErrNotNullViolation    = driver.ErrNotNullViolation
	ErrCheckViolation      = driver.ErrCheckViolation
	ErrOutOfRange          = driver.ErrOutOfRange
	ErrDeadlock            = driver.ErrDeadlock
	ErrSerialization       = driver.ErrSerialization
	ErrLockTimeout         = driver.ErrLockTimeout
	ErrConnection          = driver.ErrConnection
	ErrCommitUnknown       = driver.ErrCommitUnknown
	ErrCanceled            = driver.ErrCanceled
	ErrDoomed              = driver.ErrDoomed
	ErrReadOnly            = driver.ErrReadOnly
	ErrDiskFull            = driver.ErrDiskFull
	ErrUndefined           = driver.ErrUndefined
	ErrUnsupported         = driver.ErrUnsupported
	ErrSyntax              = driver.ErrSyntax
	ErrScan                = driver.ErrScan
	ErrOther               = driver.ErrOther
)

// Error is a mistake or a failure that concerns one entity. Its fields:
//
//   - Class is one of the sentinels of this package, or of one below: errors.Is finds it.
//   - Op is the method at work: "flush", "find".
//   - Entity is the entity's name, Path the property path, each "" when not concerned.
//   - Key is the canonical key, nil when unknown.
//   - Detail says more, and what to do.
//   - Err is the underlying error, if there is one; errors.Is and errors.As find it.
//
// Its text is "orm: flush: Author 7: optimistic lock failed: detail".
type Error = fault.Error

// OptimisticLockError is a stale write. Entity names the entity, Key is the canonical
// key of the row, Expected the version it was read with, Properties those with
// ConcurrencyCheck. It matches ErrOptimisticLock.
type OptimisticLockError = fault.OptimisticLockError

// ConstraintError is a violated constraint, or a value that is too long or out of
// range for its column, told in terms of the model. Entity and Key name the row, as
// far as it is known; Properties are the property paths of the constraint, as far as
// the engine told its columns; Err is the engine's error, whose class errors.Is finds. Op
// is the method at work, "" for a flush.
type ConstraintError = fault.ConstraintError

// GuardError is a write of a row that a filter with Guard hides, or would hide: Op is the
// method at work, Entity and Key name the row as far as it is known, Filter is the name of
// the filter, and Detail says what it has against the write. It matches ErrGuarded.
type GuardError = fault.GuardError

// PartialFlushError is a flush, or a bulk delete of rows that something refers to, that failed
// where no transaction takes back what was done: on a standalone MongoDB server, or with
// [WithoutTransaction]. Op is the method at work, "" for a flush. Written are the rows that stay,
// in the order in which they were written; Unsure those that were sent and of which nobody
// knows. All others are as they were. The unit of work is as before the flush: read anew
// what was written before it flushes again. Err is the failure, whose class errors.Is finds.
type PartialFlushError = fault.PartialFlushError

// FlushedRow is a row of a [PartialFlushError]. Entity names the entity, Key is its canonical
// key, Action what was done: "insert", "update", "delete", "link", "unlink", "move", or
// "release" and "follow-up" for parts of an update. Path is the relation of links, whose
// owner Entity and Key name.
type FlushedRow = fault.FlushedRow

// BudgetError is a statement refused by the budget of MaxStatements. Limit is the
// budget and Sent how many statements had been sent; Statement is the text that was
// refused, Most the text sent most often and Times how often: one that comes again and
// again is what a populate hint does at once. It matches ErrStatementBudget.
type BudgetError = fault.BudgetError

// told gives the mistakes of the rooms below their operation.
func told(op string, err error) error {
	if err == nil {
		return nil
	}
	_, own := err.(*Error)
	if joined, ok := err.(interface{ Unwrap() []error }); ok && !own {
		var list []error
		for _, e := range joined.Unwrap() {
			list = append(list, told(op, e))
		}
		return errors.Join(list...)
	}
	var stale *unit.StaleError
	if errors.As(err, &stale) {
		return &OptimisticLockError{Entity: stale.Entity, Key: stale.Key, Expected: stale.Expected}
	}
	var e *Error
	if !errors.As(err, &e) || e.Op != "" {
		return err
	}
	of := *e
	of.Op = op
	return &of
}

// subject returns "Author 7", or "Author" while there is no key.
func subject(entity string, key any) string { return fault.Subject(entity, key) }
