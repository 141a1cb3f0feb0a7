package weftweb

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/weft-orm/weft/orm"
)

// Option configures [New] and [Middleware].
type Option func(*config)

type config struct {
	fork        func(r *http.Request, db *orm.DB) (*orm.EntityManager, error)
	transaction bool
	tx          []orm.TxOption
	manual      bool
	timeout     time.Duration
	status      func(error) int
	respond     func(w http.ResponseWriter, r *http.Request, status int, err error)
	log         *slog.Logger
	logSet      bool
}

// Fork makes the manager of a request; the default is db.Fork(). It is the place for
// a tenant's schema, for filters and for Strict. An error is answered as one of the
// handler, which is not called then.
func Fork(f func(r *http.Request, db *orm.DB) (*orm.EntityManager, error)) Option {
	return func(c *config) { c.fork = f }
}

// Transaction runs the whole request in one transaction, which is committed where
// the unit of work would be flushed, and rolled back otherwise. It holds a connection
// as long as the request lasts. Without it a request has no transaction but that of
// its flush, and those of Transactional.
func Transaction(opts ...orm.TxOption) Option {
	return func(c *config) { c.transaction, c.tx = true, opts }
}

// Manual leaves flushing to the handlers. A transaction they leave open is rolled back.
func Manual() Option { return func(c *config) { c.manual = true } }

// Timeout ends the context of each request after d, and with it the statements that
// run on it: the client is told 503 and nothing is written. 0 is no limit, the default.
func Timeout(d time.Duration) Option { return func(c *config) { c.timeout = d } }

// StatusOf asks f first which status an error is; 0 leaves it to [Status].
func StatusOf(f func(err error) int) Option { return func(c *config) { c.status = f } }

// Respond writes the answers to errors; the default is [WriteProblem]. It must not
// show err to the client as it is: messages of engines quote values.
func Respond(f func(w http.ResponseWriter, r *http.Request, status int, err error)) Option {
	return func(c *config) { c.respond = f }
}

// Logger takes what clients are not told: errors with status 500 and above, panics
// with their stack, and failures after an answer had begun. The default is
// slog.Default() at the time of the error; nil logs nothing.
func Logger(l *slog.Logger) Option { return func(c *config) { c.log, c.logSet = l, true } }
