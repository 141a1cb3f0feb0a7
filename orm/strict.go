package orm

import "context"

// Strict makes a manager refuse what weft otherwise does by itself, and returns it.
// It is for tests, where such things should be seen, with ErrStrict:
//   - a query, a native write or a bulk write that would first flush changes which
//     are pending: flush them, or choose FlushCommit;
//   - the second lazy load of one relation, by Load of a reference, a collection or
//     an owner: load them together by Populate.
func Strict(em *EntityManager) *EntityManager {
	em = em.there()
	em.strict = true
	return em
}

// flushPending writes pending changes before something that does not look at the
// unit of work.
func (em *EntityManager) flushPending(ctx context.Context, op string) error {
	em.readAnywhere()
	if em.mode == FlushCommit || em.writing() || !em.pending(anyEntity) {
		return nil
	}
	return em.flushFor(ctx, op, "")
}

// readAnywhere lets a replica answer the operation that begins, which no flush has come before so far.
func (em *EntityManager) readAnywhere() {
	if !em.writing() {
		em.scope.Current = false
	}
}

// flushFor flushes on behalf of an operation, which sees what was written: it reads, until the next
// operation, what is stored now.
func (em *EntityManager) flushFor(ctx context.Context, op, entity string) error {
	if em.strict {
		return &Error{Class: ErrStrict, Op: op, Entity: entity, Detail: "changes are pending, which it would flush; call Flush first"}
	}
	if err := em.flush(ctx); err != nil {
		return err
	}
	em.scope.Current = true
	return nil
}
