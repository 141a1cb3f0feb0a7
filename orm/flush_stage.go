package orm

import "errors"

// stage is the place of a flush, or of another write with a transaction of its own, at which
// user code runs: "" outside of one, and once it is committed.
type stage string

const (
	stageLoad         stage = "Load"
	stageBeforeFlush  stage = "BeforeFlush"
	stageBefore       stage = "Before"
	stageOnFlush      stage = "OnFlush"
	stageWritten      stage = "Written"
	stageBeforeUpsert stage = "BeforeUpsert"
	// stageAfter is where the flush is done, and the transaction around it may be open.
	stageAfter stage = "After"
	// stageWrite is where a write runs and no subscriber.
	stageWrite stage = "the write"
)

// writing reports that a hook or a subscriber runs inside a write: what is pending joins the
// flush, and is not flushed by reads.
func (em *EntityManager) writing() bool { return em.stage != "" }

// during notes the stage until leave is called.
func (em *EntityManager) during(s stage) (leave func()) {
	was := em.stage
	em.stage = s
	return func() { em.stage = was }
}

// refused reports a call that is not possible inside a flush; remedy says what to do instead.
func (em *EntityManager) refused(op, remedy string) error {
	if !em.writing() {
		return nil
	}
	return &Error{Class: ErrInsideFlush, Op: op, Detail: "called in " + string(em.stage) + "; " + remedy}
}

// The remedies.
const (
	flushesLater = "what is changed, persisted and removed before the rows are written joins the flush under way, what comes after it waits for the next one"
	endsItself   = "return an error to roll back; for a transaction of its own use a manager of em.DB().Fork()"
	forgetsLater = "call it when the flush is done, in AfterFlush for instance; the flush is rolled back"
)

// taking notes whose turn it is until leave is called.
func (em *EntityManager) taking(turn stage) (leave func()) {
	was := em.turn
	em.turn = turn
	return func() { em.turn = was }
}

// unended reports a call that would end a transaction, or begin one, in the middle of what its caller
// does with it: who called Flush, Begin or Commit would not know what became of it.
func (em *EntityManager) unended(op string) error {
	switch {
	case em.turn == stageAfter && em.scope.Session != nil:
		return &Error{Class: ErrInsideFlush, Op: op, Detail: "called in After or AfterFlush inside of a transaction; " + endsItself}
	case em.turn == txStages[beforeCommit] && op == "commit", em.turn == txStages[beforeBegin] && op == "begin":
		return &Error{Class: ErrTransaction, Op: op, Detail: "called in " + string(em.turn) + "; it is under way"}
	}
	return nil
}

// misused notes a call without a result that is not possible inside a flush: the flush fails by it.
func (em *EntityManager) misused(op string) bool {
	err := em.refused(op, forgetsLater)
	if err != nil {
		em.misuse = append(em.misuse, err)
	}
	return err != nil
}

// misuses are the calls noted since it was last asked; the write under way fails by them.
func (em *EntityManager) misuses() error {
	if len(em.misuse) == 0 {
		return nil
	}
	err := errors.Join(em.misuse...)
	em.misuse = nil
	return err
}
