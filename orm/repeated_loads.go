package orm

import (
	"context"
	"log/slog"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/logkey"
)

// repeated counts the finds of one form by this manager, and warns once when there are many:
// a loop that finds row by row. The limit is that of [RepeatedLoads].
func (em *EntityManager) repeated(ctx context.Context, r *request) {
	log := em.db.config.log
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
