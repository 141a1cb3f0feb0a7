package orm

import (
	"context"
	"log/slog"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/logkey"
	"github.com/weft-orm/weft/orm/internal/session"
)

// repeated counts the finds of one form by this manager, and warns once when there are many:
// a loop that finds row by row. The limit is that of [RepeatedLoads].
func (em *EntityManager) repeated(ctx context.Context, r *request) {
	log := em.db.config.log
	if r.opts.log != nil {
		log = r.opts.log
	}
	if log == nil || log.repeated == 0 {
		return
	}
	var rd conditions.Reading
	if conditions.Read(&rd, r.Cond) != nil || len(rd.Values) == 0 {
		return // it asks the same again, or nothing in particular
	}
	if em.lazy == nil {
		em.lazy = map[string]int{}
	}
	what := "find " + r.Entity.Name + "\x00" + string(rd.Shape)
	em.lazy[what]++
	if n := em.lazy[what]; n == log.repeated && log.enabled(ctx, LogQueries, slog.LevelWarn) {
		log.to.LogAttrs(ctx, slog.LevelWarn, logkey.Query, slog.String(logkey.Entity, r.Entity.Name), slog.Int(logkey.Loads, n),
			slog.String(logkey.Hint, "the same find came one by one: ask once with $in, or populate the relation it follows"))
	}
}

// loads counts a lazy load of a relation, or of entities by reference, and warns
// once when there are many: a populate hint loads them together.
func (em *EntityManager) loads(ctx context.Context, what, hint string) error {
	session.StatsOf(ctx).Loaded()
	log := em.db.config.log
	if !em.strict && (log == nil || log.repeated == 0) {
		return nil
	}
	if em.lazy == nil {
		em.lazy = map[string]int{}
	}
	em.lazy[what]++
	n := em.lazy[what]
	if log != nil && n == log.repeated {
		log.repeats(ctx, what, hint, n)
	}
	if em.strict && n > 1 {
		return &Error{Class: ErrStrict, Op: "load", Entity: what, Detail: "it was loaded on its own before; load them together: orm.Populate(" + hint + ")"}
	}
	return nil
}

// repeats logs that a relation was loaded n times one by one.
func (l *logging) repeats(ctx context.Context, relation, hint string, n int) {
	if l.enabled(ctx, LogQueries, slog.LevelWarn) {
		l.to.LogAttrs(ctx, slog.LevelWarn, logkey.Query, slog.String(logkey.Relation, relation), slog.Int(logkey.Loads, n),
			slog.String(logkey.Hint, "load them together: orm.Populate("+hint+")"))
	}
}
