package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
)

// session implements driver.Session.
type session struct {
	engine  *engine
	opts    driver.SessionOptions
	gate    driver.Gate
	txn     *mongo.Session // of the transaction, nil before its first statement
	causal  *mongo.Session // of statements on a causal context outside of a transaction
	cursors []*rows        // of the transaction, which they cannot outlive
	ended   bool
}

// Native implements driver.Native: the client's session of the transaction.
func (s *session) Native() []any {
	if s.txn == nil {
		return nil
	}
	return []any{s.txn}
}

// use returns the context for the next statement, beginning the transaction when
// it is the first. Beginning is local: the server learns of it with the statement.
func (s *session) use(ctx context.Context) (context.Context, error) {
	if s.ended {
		return nil, refused(driver.ErrOther, errors.New("the session has ended"))
	}
	if err := s.gate.Check(); err != nil {
		return nil, err
	}
	if !s.opts.Transaction {
		return s.ordered(ctx)
	}
	if s.txn == nil {
		txn, err := s.engine.client.StartSession()
		if err != nil {
			return nil, s.failed(ctx, err, "")
		}
		clockOf(ctx).set(txn)
		if err := txn.StartTransaction(s.engine.transaction(ctx)); err != nil {
			txn.EndSession(context.WithoutCancel(ctx))
			return nil, s.failed(ctx, err, "")
		}
		s.txn = txn
	}
	return mongo.NewSessionContext(ctx, s.txn), nil
}

// ordered returns the context for a statement outside of a transaction, which takes its
// place in the order of a causal context.
func (s *session) ordered(ctx context.Context) (context.Context, error) {
	c := clockOf(ctx)
	if c == nil {
		return ctx, nil
	}
	if s.causal == nil {
		causal, err := s.engine.client.StartSession(options.Session().SetCausalConsistency(true))
		if err != nil {
			return nil, s.failed(ctx, err, "")
		}
		s.causal = causal
	}
	c.set(s.causal)
	return mongo.NewSessionContext(ctx, s.causal), nil
}

// attempts is how often the first statement of a transaction is tried when its
// connection turns out to be dead, and a COMMIT whose outcome the server does not know.
const attempts = 3

// maxTimeExpired is the code of what took longer than it was allowed to.
const maxTimeExpired = 50

// run makes a request. The first one of a transaction is made again, in a new
// transaction, when its connection is dead: without a COMMIT it had no effect.
// (The client repeats what stands outside of transactions by itself.)
func (s *session) run(ctx context.Context, request func(ctx context.Context) error) error {
	for attempt := 1; ; attempt++ {
		begins := s.opts.Transaction && s.txn == nil
		bound, err := s.use(ctx)
		if err != nil {
			return err
		}
		err = request(bound)
		clockOf(ctx).note(mongo.SessionFromContext(bound))
		if !begins || attempt == attempts || ctx.Err() != nil || !mongo.IsNetworkError(err) {
			return err
		}
		s.abandon(ctx)
	}
}

// abandon ends a transaction whose first statement got no answer. The server may
// hold documents for it, so that it is told, if it listens.
func (s *session) abandon(ctx context.Context) {
	brief, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_ = s.txn.AbortTransaction(brief)
	s.txn.EndSession(brief)
	s.txn = nil
}

// failed classifies an error of a statement that was sent. The server has
// aborted the transaction by then.
func (s *session) failed(ctx context.Context, err error, text string) *driver.Error {
	if refusal, ok := errors.AsType[*driver.Error](err); ok {
		return refusal // nothing was sent
	}
	e := failure(ctx, err).At(text, -1, -1)
	if s.opts.Transaction {
		s.gate.Doom(e)
	}
	return e
}

// End implements driver.Session.
func (s *session) End(ctx context.Context, commit bool) error {
	if s.ended {
		return nil
	}
	s.ended = true
	var refusal error
	if commit {
		refusal = s.gate.Check()
	}
	if s.causal != nil {
		s.causal.EndSession(context.WithoutCancel(ctx))
	}
	if s.txn == nil {
		return refusal
	}
	for _, r := range s.cursors {
		_ = r.Close()
	}
	ctx = context.WithoutCancel(ctx)
	defer s.txn.EndSession(ctx)
	if refusal != nil || !commit {
		// The server forgets an aborted transaction by itself when it cannot be told.
		_ = s.txn.AbortTransaction(ctx)
		return refusal
	}
	return s.commit(ctx)
}

// commit sends COMMIT, again while the server answers that it does not know what has
// become of it. (The client sends it a second time by itself when there is no answer.)
func (s *session) commit(ctx context.Context) error {
	for attempt := 1; ; attempt++ {
		err := s.txn.CommitTransaction(ctx)
		clockOf(ctx).note(s.txn)
		if err == nil {
			return nil
		}
		code, _ := codeOf(err)
		answered := code != 0 && code != maxTimeExpired && !mongo.IsNetworkError(err)
		if attempt == attempts || !answered || !labeled(err, unknownCommit) {
			return commitFailure(ctx, err)
		}
	}
}

func refused(class, err error) *driver.Error {
	return (&driver.Error{Class: class, Engine: caps.Name, Err: err}).At("", -1, -1)
}
