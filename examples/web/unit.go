package main

import (
	"context"
	"net/http"

	"github.com/weft-orm/weft/orm"
)

// unitKey is the key of the request's entity manager in its context.
type unitKey struct{}

// withUnit gives every request an entity manager of its own: a unit of work
// that begins with the request and is forgotten with it. A fork costs a few
// allocations and takes no connection until it needs one.
func withUnit(db *orm.DB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), unitKey{}, db.Fork())
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// unit returns the entity manager of the request that ctx belongs to.
func unit(ctx context.Context) *orm.EntityManager {
	return ctx.Value(unitKey{}).(*orm.EntityManager)
}
