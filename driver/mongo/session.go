package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/weft-orm/weft/driver"
)

// session implements driver.Session.
type session struct {
	engine  *engine
	opts    driver.SessionOptions
	gate    driver.Gate
	txn     *mongo.Session // of the transaction, nil before its first statement
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
		return ctx, nil
	}
	if s.txn == nil {
		txn, err := s.engine.client.StartSession()
		if err != nil {
			return nil, s.failed(ctx, err, "")
		}
		snapshot := options.Transaction().SetReadConcern(readconcern.Snapshot()).SetWriteConcern(writeconcern.Majority())
		if err := txn.StartTransaction(snapshot); err != nil {
			txn.EndSession(context.WithoutCancel(ctx))
			return nil, s.failed(ctx, err, "")
		}
		s.txn = txn
	}
	return mongo.NewSessionContext(ctx, s.txn), nil
}

// attempts is how often the first statement of a transaction is tried when its
// connection turns out to be dead.
const attempts = 3

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
	if err := s.txn.CommitTransaction(ctx); err != nil {
		return commitFailure(ctx, err)
	}
	return nil
}

func refused(class, err error) *driver.Error {
	return (&driver.Error{Class: class, Engine: caps.Name, Err: err}).At("", -1, -1)
}
