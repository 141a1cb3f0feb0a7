package mongo

import (
	"context"
	"errors"

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

// failed classifies an error of a statement that was sent. The server has
// aborted the transaction by then.
func (s *session) failed(ctx context.Context, err error, text string) *driver.Error {
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
