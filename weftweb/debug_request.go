package weftweb

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/weft-orm/weft/internal/logkey"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// debugStatements is how many statements of a request are kept.
const debugStatements = 500

// debugRequest is what one request does to the database.
type debugRequest struct {
	ID     uint64    `json:"id"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	At     time.Time `json:"at"`
	// Pattern is the route, where the router tells it.
	Pattern string `json:"pattern,omitempty"`
	// Status is 0 where the handler gave no answer, or the connection was cut.
	Status int `json:"status"`
	// Took is how long it lasted, in nanoseconds.
	Took       int64            `json:"took"`
	Statements []debugStatement `json:"statements"`
	// More is how many further statements there were.
	More     int            `json:"more,omitempty"`
	Warnings []debugWarning `json:"warnings"`
	Flushes  []debugFlush   `json:"flushes"`
	// Sent is how many statements the database answered, Budget how many it should have been.
	Sent   int64 `json:"sent"`
	Budget int   `json:"budget,omitempty"`
	// Rows were read or written. Managed is the size of the identity map at the end.
	Rows    int64 `json:"rows"`
	Managed int   `json:"managed"`

	mu sync.Mutex
	// inner is the request that the unit of work was made for.
	inner *http.Request
	em    *orm.EntityManager
	// entities are what is mapped.
	entities *mapper.Registry
}

// debugStatement is a statement, or what happened to a transaction.
type debugStatement struct {
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Entity string `json:"entity,omitempty"`
	// Line is where the application asked for it, Func in which function.
	Line   string `json:"line,omitempty"`
	Func   string `json:"func,omitempty"`
	Took   int64  `json:"took,omitempty"`
	Rows   int64  `json:"rows"`
	Slow   bool   `json:"slow,omitempty"`
	Error  string `json:"error,omitempty"`
	Params any    `json:"params,omitempty"`
}

// debugWarning is a relation, or a find, that was loaded one by one.
type debugWarning struct {
	About string `json:"about"`
	Loads int64  `json:"loads"`
	Hint  string `json:"hint"`
	Line  string `json:"line,omitempty"`
}

// debugFlush is a flush that was written: its plan, as EntityManager.Plan tells it.
type debugFlush struct {
	Plan string `json:"plan"`
	Line string `json:"line,omitempty"`
}

// of notes which unit of work belongs to the request.
func (q *debugRequest) of(r *http.Request, em *orm.EntityManager, entities *mapper.Registry) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inner, q.em, q.entities = r, em, entities
}

func (q *debugRequest) statement(s debugStatement) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.Statements) >= debugStatements {
		q.More++
		return
	}
	q.Statements = append(q.Statements, s)
}

// warn keeps the last word about a relation: how often it was loaded in the end.
func (q *debugRequest) warn(w debugWarning) {
	q.mu.Lock()
	defer q.mu.Unlock()
	same := func(x debugWarning) bool { return x.About == w.About && x.Line == w.Line }
	q.Warnings = append(slices.DeleteFunc(q.Warnings, same), w)
}

func (q *debugRequest) flush(plan string) {
	if q == nil || plan == "" {
		return
	}
	line, _ := caller()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.Flushes = append(q.Flushes, debugFlush{plan, line})
}

// ends notes how the request ended.
func (q *debugRequest) ends(r *http.Request, status int, stats *orm.Stats, budget int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.Took, q.Status, q.Pattern = int64(time.Since(q.At)), status, r.Pattern
	q.Sent, q.Budget, q.Rows = stats.Statements(), budget, stats.ReadRows()+stats.WrittenRows()
	if q.inner != nil && q.inner.Pattern != "" {
		q.Pattern = q.inner.Pattern // that of the innermost router
	}
	if q.em != nil {
		q.Managed = q.em.Managed()
	}
	for i := range q.Warnings {
		if path := q.leading(q.Warnings[i].About); path != "" {
			q.Warnings[i].Hint = fmt.Sprintf("load them together: orm.Populate(%q)", path)
		}
	}
}

// leading is the relation to an entity from one that was read in numbers, where there is but
// one: a reference that is loaded does not say which it is.
func (q *debugRequest) leading(entity string) string {
	path := ""
	for _, e := range q.read() {
		for _, p := range e.Leaves {
			if p.Relation == nil || p.Kind.IsToMany() {
				continue
			}
			if p.Relation.IsAny() {
				p = p.Relation.Target.Property(entity)
			}
			if p == nil || p.Relation.Target.Name != entity {
				continue
			}
			if path != "" {
				return ""
			}
			path = p.Path
		}
	}
	return path
}

// read are the entities of which a statement has read several.
func (q *debugRequest) read() []*mapper.Entity {
	var list []*mapper.Entity
	for _, s := range q.Statements {
		if q.entities == nil || s.Kind != logkey.Query || s.Rows < 2 {
			continue
		}
		if e := q.entities.Entity(s.Entity); e != nil && !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	return list
}

// text is the request as JSON.
func (q *debugRequest) text(id uint64) ([]byte, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ID = id
	q.Statements, q.Warnings, q.Flushes = append([]debugStatement{}, q.Statements...), append([]debugWarning{}, q.Warnings...), append([]debugFlush{}, q.Flushes...)
	return json.Marshal(q)
}

// debugLog is the log handler behind a [Debug].
type debugLog struct {
	debug *Debug
	next  slog.Handler
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (l *debugLog) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs implements slog.Handler.
func (l *debugLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := l.next
	if next != nil {
		next = next.WithAttrs(attrs)
	}
	return &debugLog{l.debug, next, append(slices.Clip(l.attrs), attrs...)}
}

// WithGroup implements slog.Handler.
func (l *debugLog) WithGroup(name string) slog.Handler {
	next := l.next
	if next != nil {
		next = next.WithGroup(name)
	}
	return &debugLog{l.debug, next, l.attrs}
}

// Handle implements slog.Handler.
func (l *debugLog) Handle(ctx context.Context, r slog.Record) error {
	if q := debugged(ctx); q != nil && (r.Message == logkey.Query || r.Message == logkey.Transaction) {
		l.note(q, r)
	}
	if l.next != nil && l.next.Enabled(ctx, r.Level) {
		return l.next.Handle(ctx, r)
	}
	return nil
}

// note makes a statement of a record, or a warning.
func (l *debugLog) note(q *debugRequest, r slog.Record) {
	s, w := debugStatement{Kind: r.Message}, debugWarning{}
	each := func(a slog.Attr) bool {
		switch v := a.Value.Resolve(); a.Key {
		case logkey.Statement, logkey.Event:
			s.Text = v.String()
		case logkey.Savepoint:
			s.Entity = v.String()
		case logkey.Entity:
			s.Entity, w.About = v.String(), v.String()
		case logkey.Relation:
			w.About = v.String()
		case logkey.Took:
			s.Took = int64(v.Duration())
		case logkey.Rows:
			s.Rows = v.Int64()
		case logkey.Slow:
			s.Slow = v.Bool()
		case logkey.Error:
			s.Error = v.String()
		case logkey.Params:
			s.Params = v.Any()
		case logkey.Loads:
			w.Loads = v.Int64()
		case logkey.Hint:
			w.Hint = v.String()
		}
		return true
	}
	for _, a := range l.attrs {
		each(a)
	}
	r.Attrs(each)
	if w.Hint != "" {
		w.Line, _ = caller()
		q.warn(w)
		return
	}
	s.Line, s.Func = caller()
	q.statement(s)
}

// own are the packages that stand between the application and its statements.
var own = []string{
	"log/slog", "runtime", "net/http", "database/sql", "sync", "iter", "slices",
	"github.com/weft-orm/weft/orm", "github.com/weft-orm/weft/driver", "github.com/weft-orm/weft/qb", "github.com/weft-orm/weft/rel",
	"github.com/weft-orm/weft/mapper", "github.com/weft-orm/weft/conditions", "github.com/weft-orm/weft/populate", "github.com/weft-orm/weft/internal",
	"github.com/weft-orm/weft/schema", "github.com/weft-orm/weft/audit", "github.com/weft-orm/weft/outbox", "github.com/weft-orm/weft/weftweb",
}

// caller is the line and the function of the application that led here. Where it is the
// middleware that writes the unit of work, the line says so.
func caller() (line, function string) {
	var pcs [96]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, "weftweb.(*unit).settle") {
			return "the end of the request", ""
		}
		if f.Function != "" && !isOwn(f.Function) {
			return short(f.File) + ":" + strconv.Itoa(f.Line), f.Function[strings.LastIndexByte(f.Function, '/')+1:]
		}
		if !more {
			return "", ""
		}
	}
}

// isOwn reports a function of the packages that are passed over. A package of tests, which
// ends in _test, is none.
func isOwn(function string) bool {
	at := strings.LastIndexByte(function, '/') + 1
	if dot := strings.IndexByte(function[at:], '.'); dot >= 0 {
		function = function[:at+dot]
	}
	return slices.ContainsFunc(own, func(p string) bool { return function == p || strings.HasPrefix(function, p+"/") })
}

// short is the end of a file's path: its folder and its name.
func short(file string) string {
	if i := strings.LastIndexByte(file, '/'); i > 0 {
		if j := strings.LastIndexByte(file[:i], '/'); j >= 0 {
			return file[j+1:]
		}
	}
	return file
}
