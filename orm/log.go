package orm

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/logkey"
	"github.com/weft-orm/weft/orm/internal/session"
)

// LogNamespace is a set of kinds of log records. The message of a record is the
// name of its namespace.
type LogNamespace uint8

// The namespaces.
const (
	// LogQueries are the statements, and repeated lazy loads.
	LogQueries LogNamespace = 1 << iota
	// LogTransactions are begin, commit, rollback and savepoints.
	LogTransactions
	// LogDiscovery is the building of the registry.
	LogDiscovery
	// LogHydration is the making of entities from rows.
	LogHydration
)

// LogOption configures [Logger].
type LogOption func(*logging)

// LogOnly logs these namespaces alone; the default is all.
func LogOnly(n LogNamespace) LogOption { return func(l *logging) { l.spaces = n } }

// LogParams logs the parameters of statements, and errors with the engine's own
// message, which may quote values. Properties mapped as redacted stay hidden in parameters.
// Without it no value reaches the log.
func LogParams() LogOption { return func(l *logging) { l.params = true } }

// SlowQueries logs statements that took d or longer at warn level. The default, 0, is none.
func SlowQueries(d time.Duration) LogOption { return func(l *logging) { l.slow = d } }

// RepeatedLoads sets how many lazy loads of one relation by one manager are logged
// as a warning that a populate hint is missing: once, when the number is reached.
// The default is 10; 0 is never.
func RepeatedLoads(n int) LogOption { return func(l *logging) { l.repeated = n } }

// Logger logs what is sent to the database: at debug level, failures, slow
// statements and repeated lazy loads at warn level. docs/logging.md lists the
// records and their attributes, which are stable. The default is no log.
func Logger(to *slog.Logger, opts ...LogOption) Option {
	return func(c *config) {
		l := &logging{to: to, spaces: LogQueries | LogTransactions | LogDiscovery | LogHydration, repeated: 10}
		for _, opt := range opts {
			if opt != nil {
				opt(l)
			}
		}
		if to == nil {
			l = nil
		}
		c.log = l
	}
}

// FindLogger sends the records of a find, those of the relations it loads included, to another
// logger, or nowhere when that is nil. What is recorded is that of the database's [Logger], but
// for opts: a find that is silent, or the one that tells its parameters. A database without a
// Logger has nothing to record by, so that the find fails with ErrInvalidOption.
func FindLogger(to *slog.Logger, opts ...LogOption) FindOption {
	return func(o *findOptions) {
		all := o.within.db.config.log
		if all == nil {
			o.refuse("there is no log; orm.Logger gives the database one")
			return
		}
		own := *all
		own.to = to
		for _, opt := range opts {
			if opt == nil {
				o.refuse("one of the options of FindLogger is nil")
				return
			}
			opt(&own)
		}
		o.log = &own
	}
}

// logged is the context of the reads of a find.
func (o *findOptions) logged(ctx context.Context) context.Context {
	if o.log == nil {
		return ctx
	}
	return session.WithLog(ctx, sessionLog{o.log})
}

// logging is where records go and which. A nil one logs nothing.
type logging struct {
	to       *slog.Logger
	spaces   LogNamespace
	params   bool
	slow     time.Duration
	repeated int
}

func (l *logging) enabled(ctx context.Context, n LogNamespace, level slog.Level) bool {
	return l != nil && l.to != nil && l.spaces&n != 0 && l.to.Enabled(ctx, level)
}

// discovered logs the building of the registry.
func (l *logging) discovered(ctx context.Context, entities int, took time.Duration) {
	if l.enabled(ctx, LogDiscovery, slog.LevelDebug) {
		l.to.LogAttrs(ctx, slog.LevelDebug, logkey.Discovery, slog.Int(logkey.Entities, entities), slog.Duration(logkey.Took, took))
	}
}

// failure is an error as it may be logged.
func (l *logging) failure(err error) slog.Attr {
	if !l.params {
		if e, ok := errors.AsType[*driver.Error](err); ok {
			bare := driver.Error{Class: e.Class, Engine: e.Engine, Code: e.Code}
			if e.Constraint != "" {
				return slog.String(logkey.Error, bare.Error()+": "+e.Constraint)
			}
			return slog.String(logkey.Error, bare.Error())
		}
	}
	return slog.String(logkey.Error, err.Error())
}
