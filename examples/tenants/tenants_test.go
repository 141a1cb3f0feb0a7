package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// open1 opens an empty database: files, or one of a PostgreSQL server for a role that is no superuser.
func open1(t *testing.T, engine string) *orm.DB {
	t.Helper()
	address := ""
	if engine == "postgres" {
		address = role(t, testdb.Postgres(t))
	}
	c, err := connector(address, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	db, err := open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// role makes a role that owns the database, and returns the address for it.
func role(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.TrimPrefix(u.Path, "/")
	name := "app_" + database
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	exec := func(text string) {
		if _, err := conn.Exec(ctx, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	exec(fmt.Sprintf(`CREATE ROLE %q LOGIN PASSWORD 'app'`, name))
	exec(fmt.Sprintf(`ALTER DATABASE %q OWNER TO %q`, database, name))
	exec(fmt.Sprintf(`ALTER SCHEMA public OWNER TO %q`, name))
	t.Cleanup(func() {
		exec(fmt.Sprintf(`REASSIGN OWNED BY %q TO CURRENT_USER`, name))
		exec(fmt.Sprintf(`DROP OWNED BY %q`, name))
		exec(fmt.Sprintf(`DROP ROLE %q`, name))
		_ = conn.Close(ctx)
	})
	u.User = url.UserPassword(name, "app")
	return u.String()
}

// send makes a request for a tenant and returns status and body.
func send(t *testing.T, tenant, method, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Tenant", tenant)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(fmt.Sprint(res.StatusCode, " ", string(text)))
}

var engines = []string{"sqlite", "postgres"}

func TestTenants(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			server := httptest.NewServer(handler(open1(t, engine), weftweb.Logger(nil)))
			defer server.Close()
			for _, s := range []struct{ tenant, method, path, body, want string }{
				{"acme", "POST", "/notes", `{"text":"ours"}`, `200 {"id":1,"text":"ours"}`},
				{"zenith", "GET", "/notes", "", "200 []"},
				{"zenith", "POST", "/notes", `{"text":"theirs"}`, `200 {"id":1,"text":"theirs"}`},
				{"acme", "GET", "/notes", "", `200 [{"id":1,"text":"ours"}]`},
				{"acme", "POST", "/notices", `{"text":"sale"}`, `200 {"id":1,"text":"sale"}`},
				{"zenith", "GET", "/notices", "", "200 []"},
				{"zenith", "DELETE", "/notices/1", "", `404 {"title":"Not Found","status":404}`},
				{"acme", "GET", "/notices", "", `200 [{"id":1,"text":"sale"}]`},
				{"acme", "DELETE", "/notices/1", "", "204"},
				{"", "GET", "/notes", "", `401 {"title":"Unauthorized","status":401,"detail":"name your tenant"}`},
				{`acme"; drop`, "GET", "/notes", "", `401 {"title":"Unauthorized","status":401,"detail":"there is no such tenant"}`},
			} {
				if got := send(t, s.tenant, s.method, server.URL+s.path, s.body); got != s.want {
					t.Errorf("%s %s %s:\ngot  %s\nwant %s", s.tenant, s.method, s.path, got, s.want)
				}
			}
		})
	}
}

// TestParallel sends requests of both tenants at once, over few connections.
func TestParallel(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			server := httptest.NewServer(handler(open1(t, engine), weftweb.Logger(nil)))
			defer server.Close()
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					tenant := tenants[i%2]
					for _, path := range []string{"/notes", "/notices"} {
						if got := send(t, tenant, "POST", server.URL+path, fmt.Sprintf(`{"text":"of %s"}`, tenant)); !strings.HasPrefix(got, "200 ") {
							t.Error(got)
						}
					}
				})
			}
			wg.Wait()
			for i, tenant := range tenants {
				for _, path := range []string{"/notes", "/notices"} {
					got := send(t, tenant, "GET", server.URL+path, "")
					if strings.Count(got, "of "+tenant) != 10 || strings.Contains(got, "of "+tenants[1-i]) {
						t.Errorf("%s %s: %s", tenant, path, got)
					}
				}
			}
		})
	}
}

// TestTheGuard writes what is another's, as a mistake in the program would.
func TestTheGuard(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			db := open1(t, engine)
			of := func(name string) (context.Context, *orm.EntityManager) {
				ctx := context.WithValue(t.Context(), tenantKey{}, name)
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				em, err := fork(r, db)
				if err != nil {
					t.Fatal(err)
				}
				return ctx, em
			}
			ctx, em := of("acme")
			sale := &Notice{Text: "sale"}
			em.Persist(sale)
			if err := em.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			ctx, em = of("zenith")
			forged, err := orm.Merge(em, &Notice{ID: sale.ID, Tenant: "zenith", Text: "sale"})
			if err != nil {
				t.Fatal(err)
			}
			forged.Text = "no sale"
			if err := em.Flush(ctx); !errors.Is(err, orm.ErrGuarded) && !walled(db) {
				t.Errorf("zenith wrote a notice of acme: %v", err)
			}
			ctx, em = of("zenith")
			if _, err := orm.NativeInsert[Notice](ctx, em, orm.M{"tenant": "acme", "text": "forged"}); !errors.Is(err, orm.ErrGuarded) {
				t.Errorf("zenith wrote a notice for acme: %v", err)
			}
			ctx, em = of("acme")
			if list, err := orm.Find[Notice](ctx, em, nil); err != nil || len(list) != 1 || list[0].Text != "sale" {
				t.Errorf("acme sees %v, %v", list, err)
			}
		})
	}
}

// TestTheDatabaseKeepsTheWall asks without the filter, as a mistake in the program would.
func TestTheDatabaseKeepsTheWall(t *testing.T) {
	db := open1(t, "postgres")
	as := func(tenant string) *orm.EntityManager {
		em := db.Fork()
		if tenant != "" {
			em = db.Fork(orm.SessionVariable("app.tenant", tenant))
		}
		em.DisableFilter("tenant")
		return em
	}
	acme := context.WithValue(t.Context(), tenantKey{}, "acme")
	em := as("acme")
	em.Persist(&Notice{Text: "sale"})
	if err := em.Flush(acme); err != nil {
		t.Fatal(err)
	}
	for tenant, want := range map[string]int64{"acme": 1, "zenith": 0, "": 0} {
		if n, err := orm.Count[Notice](t.Context(), as(tenant), nil); err != nil || n != want {
			t.Errorf("%q sees %d notices, %v", tenant, n, err)
		}
	}
	if n, err := orm.NativeDelete[Notice](t.Context(), as("zenith"), nil, orm.AllowAll()); err != nil || n != 0 {
		t.Errorf("zenith deleted %d notices of acme, %v", n, err)
	}
	if _, err := orm.NativeInsert[Notice](t.Context(), as("zenith"), orm.M{"tenant": "acme", "text": "forged"}); err == nil {
		t.Error("zenith wrote a notice of acme")
	}
}

// TestRun starts the program as it stands, asks it, and stops it.
func TestRun(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, listener, "") }()
	if got := send(t, "acme", "GET", "http://"+listener.Addr().String()+"/notes", ""); got != "200 []" {
		t.Error(got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
