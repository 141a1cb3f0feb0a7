package replica_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// TestLostServers: what one server has answered is not spoilt by another one that is gone, whether the
// session is a transaction of its own, for its variables, or not.
func TestLostServers(t *testing.T) {
	u, err := url.Parse(testdb.Postgres(t))
	must(t, err)
	through := func() (*faultproxy.Proxy, driver.Connector) {
		p, at := faultproxy.Start(t, u.Host), *u
		at.Host = p.Address()
		return p, postgres.URL(at.String())
	}
	first, primary := through()
	second, other := through()
	db := open(t, replica.New(primary, []driver.Connector{other}, replica.Options{Backoff: 1}))
	must(t, schema.Create(t.Context(), db))
	em := db.Fork()
	em.Persist(&note{ID: 1, Text: "stored"})
	must(t, em.Flush(t.Context()))
	for name, options := range map[string][]orm.ForkOption{"plain": nil, "variables": {orm.SessionVariable("app.tenant", "7")}} {
		t.Run(name, func(t *testing.T) {
			want(t, "all there", read(t, t.Context(), db.Fork(options...)), "stored")
			second.On("select", faultproxy.Lost)
			want(t, "replica lost", read(t, t.Context(), db.Fork(options...)), "stored")
			second.Down()
			want(t, "replica gone", read(t, t.Context(), db.Fork(options...)), "stored")
			second.Up()
			first.Down()
			defer first.Up()
			em := db.Fork(options...)
			want(t, "primary gone", read(t, t.Context(), em), "stored")
			n, err := orm.FindOneOrFail[note](t.Context(), em, 1)
			must(t, err)
			n.Text = "mine"
			if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrConnection) {
				t.Errorf("a flush without the primary: %v", err)
			}
			err = em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.FindOneOrFail[note](ctx, em, 1)
				return err
			})
			if !errors.Is(err, orm.ErrConnection) {
				t.Errorf("a transaction without the primary: %v", err)
			}
			first.Up()
			must(t, em.Flush(t.Context()))
			n.Text = "stored"
			must(t, em.Flush(t.Context()))
		})
	}
}
