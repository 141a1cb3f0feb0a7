package main

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/postgres"
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
			weftweb.Error(w, r, weftweb.Fail(http.StatusUnauthorized, "name your tenant"))
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tenantKey{}, name)))
	})
}

// fork makes the manager of a request: its schema and its filter are those of the tenant.
func fork(r *http.Request, db *orm.DB) (*orm.EntityManager, error) {
	name := tenantOf(r.Context())
	em := db.Fork(orm.Schema(name))
	em.SetFilter("tenant", map[string]any{"name": name})
	return em, nil
}

// walled is an option for PostgreSQL: each connection that is taken for a request
// knows its tenant, and the policy of the table holds the rows against that.
func walled() postgres.Option {
	return postgres.Configure(func(c *pgxpool.Config) {
		c.PrepareConn = func(ctx context.Context, conn *pgx.Conn) (bool, error) {
			_, err := conn.Exec(ctx, "select set_config('app.tenant', $1, false)", tenantOf(ctx))
			return err == nil, err
		}
	})
}

// policy is row level security on the shared table; FORCE holds for its owner, too.
// Superusers pass every wall: a program is none.
var policy = []string{
	`ALTER TABLE "notices" ENABLE ROW LEVEL SECURITY`,
	`ALTER TABLE "notices" FORCE ROW LEVEL SECURITY`,
	`DROP POLICY IF EXISTS "tenant" ON "notices"`,
	`CREATE POLICY "tenant" ON "notices" USING ("tenant" = current_setting('app.tenant'))`,
}

// build makes the wall.
func build(ctx context.Context, db *orm.DB) (err error) {
	session, err := db.Engine().Session(ctx, driver.SessionOptions{Transaction: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.End(ctx, err == nil)) }()
	exec, ok := session.(driver.TextExecer)
	if !ok {
		return orm.ErrUnsupported
	}
	for _, statement := range policy {
		if _, err := exec.ExecText(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
