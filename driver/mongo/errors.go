package mongo

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/weft-orm/weft/driver"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// errProgram reports a program that another engine compiled.
var errProgram = errors.New("the program belongs to another engine")

// errUnsure reports an update that does not show whether it was done.
var errUnsure = errors.New("the document does not tell")

// classes are the classes of the server's error codes.
var classes = map[int]error{
	11000: driver.ErrUniqueViolation, 11001: driver.ErrUniqueViolation, 12582: driver.ErrUniqueViolation,
	112: driver.ErrSerialization, // write conflict
	225: driver.ErrSerialization, // transaction too old
	246: driver.ErrSerialization, // snapshot unavailable
	251: driver.ErrSerialization, // no such transaction: aborted by the server
	24:  driver.ErrLockTimeout, 46: driver.ErrLockTimeout,
	121: driver.ErrCheckViolation,
	26:  driver.ErrUndefined, 27: driver.ErrUndefined,
	2: driver.ErrSyntax, 9: driver.ErrSyntax, 14: driver.ErrSyntax, 40: driver.ErrSyntax, 168: driver.ErrSyntax,
	40324: driver.ErrSyntax, 52: driver.ErrSyntax,
	20: driver.ErrUnsupported, 100: driver.ErrUnsupported, 40573: driver.ErrUnsupported, 59: driver.ErrUnsupported, 115: driver.ErrUnsupported, 263: driver.ErrUnsupported,
	10334: driver.ErrOutOfRange, 17280: driver.ErrOutOfRange, 17419: driver.ErrOutOfRange,
	50: driver.ErrConnection, 89: driver.ErrConnection, 6: driver.ErrConnection, 7: driver.ErrConnection,
	91: driver.ErrConnection, 189: driver.ErrConnection, 10107: driver.ErrConnection, 11600: driver.ErrConnection,
	11602: driver.ErrConnection, 13435: driver.ErrConnection, 13436: driver.ErrConnection,
}

// Codes, as text, of updates that do not find the document or list they were made for.
const (
	badValue      = "2"
	pathNotViable = "28"
)

// failure classifies an error by the server's code.
func failure(ctx context.Context, err error) *driver.Error {
	e := &driver.Error{Class: driver.ErrOther, Engine: caps.Name, Op: -1, Row: -1, Err: err}
	code, raw := codeOf(err)
	if code != 0 {
		e.Code = strconv.Itoa(code)
	}
	cause := driver.Ended(ctx)
	switch class, known := classes[code]; {
	case cause != nil:
		e.Class = driver.ErrCanceled
		if !errors.Is(err, cause) {
			e.Err = fmt.Errorf("%w: %w", cause, err)
		}
	case known:
		e.Class = class
	case mongo.IsNetworkError(err) || mongo.IsTimeout(err) || errors.Is(err, mongo.ErrClientDisconnected) || labeled(err, retryableWrite):
		e.Class = driver.ErrConnection
	case labeled(err, transientTransaction):
		e.Class = driver.ErrSerialization
	}
	e.Transient = cause == nil && labeled(err, transientTransaction)
	switch e.Class {
	case driver.ErrUniqueViolation:
		e.Columns = keyPattern(raw)
	case driver.ErrCheckViolation:
		e.Columns, e.Class = invalid(raw)
	}
	return e
}

// The labels by which servers and the client tell what may be sent again: the whole
// transaction, its COMMIT, a write outside of one (which the client has sent again once).
const (
	transientTransaction = "TransientTransactionError"
	unknownCommit        = "UnknownTransactionCommitResult"
	retryableWrite       = "RetryableWriteError"
)

func labeled(err error, label string) bool {
	var e mongo.LabeledError
	return errors.As(err, &e) && e.HasErrorLabel(label)
}

// bindFailure classifies an error about values that were never sent.
func bindFailure(err error, op int, p *program) error {
	var null *weftmongo.NullError
	if !errors.As(err, &null) {
		return err
	}
	e := refused(driver.ErrNotNullViolation, err).At(p.String(), op, null.Row)
	e.Table, e.Columns = null.Table, []string{null.Column}
	return e
}

// commitFailure classifies an error of COMMIT.
func commitFailure(ctx context.Context, err error) *driver.Error {
	e := failure(ctx, err)
	if labeled(err, unknownCommit) {
		e.Class, e.Transient = driver.ErrCommitUnknown, false
	}
	return e
}

// codeOf finds the server's code, and the document that explains it.
func codeOf(err error) (int, bson.Raw) {
	var bulk mongo.BulkWriteException
	var write mongo.WriteException
	var command mongo.CommandError
	switch {
	case errors.As(err, &bulk) && len(bulk.WriteErrors) > 0:
		return bulk.WriteErrors[0].Code, bulk.WriteErrors[0].Raw
	case errors.As(err, &write) && len(write.WriteErrors) > 0:
		return write.WriteErrors[0].Code, write.WriteErrors[0].Raw
	case errors.As(err, &command):
		return int(command.Code), command.Raw
	case bulk.WriteConcernError != nil:
		return bulk.WriteConcernError.Code, bulk.WriteConcernError.Raw
	case write.WriteConcernError != nil:
		return write.WriteConcernError.Code, write.WriteConcernError.Raw
	}
	return 0, nil
}

// failedWrite returns the index of the model a bulk write failed at, or -1.
func failedWrite(err error) int {
	var bulk mongo.BulkWriteException
	if errors.As(err, &bulk) && len(bulk.WriteErrors) > 0 {
		return bulk.WriteErrors[0].Index
	}
	return -1
}

// keyPattern names the fields of the unique index that refused a document.
func keyPattern(raw bson.Raw) []string {
	pattern, ok := raw.Lookup("keyPattern").DocumentOK()
	if !ok {
		return nil
	}
	elements, err := pattern.Elements()
	if err != nil {
		return nil
	}
	names := make([]string, len(elements))
	for i, e := range elements {
		names[i] = e.Key()
	}
	return names
}
