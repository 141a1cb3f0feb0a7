package main

import (
	"context"
	"net/http"
	"slices"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// tenants are known to the program: a name from a request is looked up, never used as it comes.
var tenants = []string{"acme", "zenith"}

type tenantKey struct{}

// tenantOf returns the tenant that ctx belongs to, or "".
func tenantOf(ctx context.Context) string {
	name, _ := ctx.Value(tenantKey{}).(string)
	return name
}

// identify puts the tenant of a request into its context. Here a header names it; in
// earnest it is the session's or the token's.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Header.Get("Tenant")
		if !slices.Contains(tenants, name) {
			message := "there is no such tenant"
			if name == "" {
				message = "name your tenant"
			}
			weftweb.Error(w, r, weftweb.Fail(http.StatusUnauthorized, message))
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tenantKey{}, name)))
	})
}

// fork makes the manager of a request: its schema and its filter are those of the tenant,
// and where the database keeps a wall, its sessions say whose they are.
func fork(r *http.Request, db *orm.DB) (*orm.EntityManager, error) {
	name := tenantOf(r.Context())
	options := []orm.ForkOption{orm.Schema(name), orm.WithFilter("tenant", orm.M{"tenant": name})}
	if walled(db) {
		options = append(options, orm.SessionVariable("app.tenant", name))
	}
	return db.Fork(options...), nil
}

// walled reports a database with row level security: the policy in the mapping holds
// for its owner, too, though not for superusers, and a program is none.
func walled(db *orm.DB) bool { return db.Engine().Caps().RowSecurity }
