package fault

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/weft-orm/weft/internal/class"
)

// Classes of errors, as orm tells them. What packages below have classes of their own for is not among them.
var (
	// ErrNotFound reports that no row matched where one was required.
	ErrNotFound = class.ErrNotFound
	// ErrOptimisticLock reports a row that was changed or deleted since it was read.
	ErrOptimisticLock = errors.New("optimistic lock failed")
	// ErrConcurrentUse reports an EntityManager used by two goroutines at once.
	ErrConcurrentUse = errors.New("entity manager is in use by another goroutine")
	// ErrUnknownEntity reports a type that is not among the registered entities.
	ErrUnknownEntity = class.ErrUnknownEntity
	// ErrDetached reports an entity that has a row but is not managed.
	ErrDetached = class.ErrDetached
	// ErrNotPersisted reports a new entity reached through a relation that does not cascade.
	ErrNotPersisted = errors.New("new entity is not persisted")
	// ErrEmptyCondition reports a missing condition where one is required.
	ErrEmptyCondition = class.ErrEmptyCondition
	// ErrUnresolved reports a unit of work whose last commit has an unknown outcome.
	ErrUnresolved = errors.New("outcome of the last commit is not resolved")
	// ErrNotLoaded reports a property that is needed and was not loaded.
	ErrNotLoaded = class.ErrNotLoaded
	// ErrInvalidOption reports an option that makes no sense: a negative limit, for instance.
	ErrInvalidOption = errors.New("invalid option")
	// ErrCursor reports a cursor that cannot be read, or is one of another order.
	ErrCursor = errors.New("unusable cursor")
	// ErrTransaction reports a transaction that is missing or must not be there.
	ErrTransaction = errors.New("transaction mismatch")
	// ErrAfterFlush reports that a hook failed after the flush was done and published.
	// What was flushed is stored (or will be, with the open transaction): do not flush again for it.
	ErrAfterFlush = errors.New("hook failed after the flush was done")
	// ErrAfterCommit reports that a subscriber failed after the transaction was committed.
	ErrAfterCommit = errors.New("subscriber failed after the commit")
	// ErrNotAllowed reports a property that Assign may not set.
	ErrNotAllowed = errors.New("property may not be assigned")
	// ErrStrict reports what a manager made Strict refuses to do by itself.
	ErrStrict = errors.New("not done implicitly in strict mode")
	// ErrUnknownRepository reports a repository that was not registered.
	ErrUnknownRepository = errors.New("repository is not registered")
	// ErrInsideFlush reports what a hook or a subscriber asked for in the middle of a flush.
	ErrInsideFlush = errors.New("not possible inside a flush")
	// ErrFlushLoop reports subscribers that make new changes each time a flush tells them of all.
	ErrFlushLoop = errors.New("flush does not come to an end")
	// ErrNoManager reports the use of a manager that a context was asked for and does not carry.
	ErrNoManager = errors.New("the context carries no entity manager")
	// ErrGuarded reports a write that a guarding filter refuses.
	ErrGuarded = errors.New("refused by a guard")
	// ErrReadOnlyRelation reports a change of a relation that only shows what others keep.
	ErrReadOnlyRelation = errors.New("relation is read-only")
	// ErrKeySpelling reports a key that the database takes for another one, which weft tells apart.
	ErrKeySpelling = errors.New("key is spelled in two ways")
	// ErrStatementBudget reports a statement beyond the budget of its context.
	ErrStatementBudget = errors.New("statement budget is spent")
)

// Error is a mistake or a failure that concerns one entity.
type Error struct {
	// Class is one of the sentinels of this package, or of one below.
	Class error
	// Op is the method at work: "flush", "find"; "" until orm gives it.
	Op string
	// Entity is the entity's name, Path the property path, each "" when not concerned.
	Entity, Path string
	// Key is the canonical key, nil when unknown.
	Key any
	// Detail says more, and what to do.
	Detail string
	// Err is the underlying error, if there is one.
	Err error
}

// Error returns "orm: flush: Author 7: optimistic lock failed: detail".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("orm: ")
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	if e.Entity != "" {
		b.WriteString(Subject(e.Entity, e.Key))
		if e.Path != "" {
			b.WriteString("." + e.Path)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Class.Error())
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Err != nil && !errors.Is(e.Class, e.Err) {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the class and the underlying error.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Class}
	}
	return []error{e.Class, e.Err}
}

// OptimisticLockError is a stale write.
type OptimisticLockError struct {
	Entity string
	// Key is the canonical key of the row.
	Key any
	// Expected is the version the row was read with, nil where it has none.
	Expected any
	// Properties are those with ConcurrencyCheck, one of which may be what has changed.
	Properties []string
}

// Error returns "orm: flush: Author 7: optimistic lock failed: expected version 3".
func (e *OptimisticLockError) Error() string {
	text := fmt.Sprintf("orm: flush: %s: %s", Subject(e.Entity, e.Key), ErrOptimisticLock)
	if e.Expected != nil || len(e.Properties) == 0 {
		text += fmt.Sprintf(": expected version %v", e.Expected)
	}
	if len(e.Properties) > 0 {
		text += ": expected " + strings.Join(e.Properties, ", ") + " as read"
	}
	return text
}

// Unwrap returns ErrOptimisticLock.
func (e *OptimisticLockError) Unwrap() error { return ErrOptimisticLock }

// ConstraintError is a violated constraint, or a value that is too long or out of
// range for its column, told in terms of the model.
type ConstraintError struct {
	// Op is the method at work where that is no flush: "exec".
	Op string
	// Entity and Key name the row as far as it is known.
	Entity string
	Key    any
	// Properties are the property paths of the constraint, as far as the engine told its columns.
	Properties []string
	// Err is the engine's error; errors.Is finds its class.
	Err error
}

// Error returns "orm: flush: Author.email: message of the engine".
func (e *ConstraintError) Error() string {
	s := "orm: " + cmp.Or(e.Op, "flush") + ": " + e.Entity
	if len(e.Properties) > 0 {
		s += "." + strings.Join(e.Properties, ", ")
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns the engine's error.
func (e *ConstraintError) Unwrap() error { return e.Err }

// GuardError is a write of a row that a filter with Guard hides, or would hide.
type GuardError struct {
	// Op is the method at work: "flush", "bulk insert".
	Op string
	// Entity and Key name the row as far as it is known.
	Entity string
	Key    any
	// Filter is the name of the filter.
	Filter string
	// Detail says what the filter has against it.
	Detail string
}

// Error returns "orm: flush: Task 7: refused by a guard: filter tenant: it hides the row; ...".
func (e *GuardError) Error() string {
	return fmt.Sprintf("orm: %s: %s: %s: filter %s: %s; a manager that may write it switches the filter off",
		e.Op, Subject(e.Entity, e.Key), ErrGuarded, e.Filter, e.Detail)
}

// Unwrap returns ErrGuarded.
func (e *GuardError) Unwrap() error { return ErrGuarded }

// PartialFlushError is a flush that failed where no transaction takes back what was done.
type PartialFlushError struct {
	// Op is the method at work where that is no flush: "exec" for a bulk delete.
	Op string
	// Written are the rows that stay, Unsure those of which nobody knows.
	Written, Unsure []FlushedRow
	// Err is the failure.
	Err error
}

// FlushedRow is a row of a [PartialFlushError].
type FlushedRow struct {
	// Entity and Key name the row, Path the relation whose links were changed, "" for the row itself.
	Entity, Path string
	Key          any
	// Action is "insert", "update", "delete", "link", ...
	Action string
}

// Error returns "orm: flush: 2 rows were written and stay, 1 may have been written: insert
// Author 7, update Book 3: message of the failure".
func (e *PartialFlushError) Error() string {
	var names []string
	for i, r := range e.Written {
		if i == shownRows {
			names = append(names, "...")
			break
		}
		names = append(names, r.String())
	}
	s := fmt.Sprintf("orm: %s: %d rows were written and stay", cmp.Or(e.Op, "flush"), len(e.Written))
	if n := len(e.Unsure); n > 0 {
		s += fmt.Sprintf(", %d may have been written", n)
	}
	if len(names) > 0 {
		s += ": " + strings.Join(names, ", ")
	}
	return s + ": " + e.Err.Error()
}

// shownRows is how many rows a message names.
const shownRows = 10

// String returns "insert Author 7" or "link Book 3.tags".
func (r FlushedRow) String() string {
	s := r.Action + " " + Subject(r.Entity, r.Key)
	if r.Path != "" {
		s += "." + r.Path
	}
	return s
}

// Unwrap returns the failure.
func (e *PartialFlushError) Unwrap() error { return e.Err }

// BudgetError is a statement refused by the budget of MaxStatements.
type BudgetError struct {
	// Limit is the budget, Sent how many statements had been sent.
	Limit, Sent int64
	// Statement is the text that was refused.
	Statement string
	// Most is the text sent most often, and Times how often: one that comes again and
	// again is what a populate hint does at once.
	Most  string
	Times int64
}

// Error returns "orm: statement budget is spent: 30 of 30 were sent, 29 of them select ...; refused: select ...".
func (e *BudgetError) Error() string {
	most := ""
	if e.Times > 1 {
		most = fmt.Sprintf(", %d of them %s", e.Times, e.Most)
	}
	return fmt.Sprintf("orm: %s: %d of %d were sent%s; refused: %s", ErrStatementBudget, e.Sent, e.Limit, most, e.Statement)
}

// Unwrap returns ErrStatementBudget.
func (e *BudgetError) Unwrap() error { return ErrStatementBudget }
