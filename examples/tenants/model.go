package main

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Note lies in the schema of its tenant: others cannot name it.
type Note struct {
	_    struct{} `orm:"schema=*"`
	ID   int64
	Text string `orm:",length=200"`
}

// Notice lies in one table with those of all tenants. A filter restricts what is read and
// guards what is written, a hook says whose a new one is, and on PostgreSQL the database
// keeps the wall.
type Notice struct {
	ID     int64
	Tenant string `orm:",length=40,index"`
	Text   string `orm:",length=200"`
}

// BeforeCreate says whose the notice is: the tenant of the request, whatever it held.
func (n *Notice) BeforeCreate(ctx context.Context) error {
	n.Tenant = tenantOf(ctx)
	if n.Tenant == "" {
		return errNoTenant
	}
	return nil
}

func notice(e *mapper.Builder[Notice]) {
	e.Policy(mapper.Policy{Name: "tenant", Using: "tenant = current_setting('app.tenant', true)"})
}

// entities are what weft maps.
func entities() []any { return []any{Note{}, mapper.Define(notice)} }

// byTenant holds for all that has a tenant: reads see the rows of one, and writes of
// others are refused.
func byTenant() orm.Option {
	return orm.FilterFor("tenant", mapper.Filter{Name: "tenant", Default: true, Guard: true})
}
