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

// Notice lies in one table with those of all tenants. A filter restricts what is read,
// a hook says whose a new one is, and on PostgreSQL the database keeps the wall.
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

// BeforeUpdate refuses what the filter should have hidden.
func (n *Notice) BeforeUpdate(ctx context.Context) error { return n.own(ctx) }

// BeforeDelete refuses what the filter should have hidden.
func (n *Notice) BeforeDelete(ctx context.Context) error { return n.own(ctx) }

func (n *Notice) own(ctx context.Context) error {
	if n.Tenant != tenantOf(ctx) {
		return errNoTenant
	}
	return nil
}

func notice(e *mapper.Builder[Notice]) {
	e.Filter(mapper.Filter{Name: "tenant", Params: []string{"name"}, Where: func(p mapper.Params) any {
		return orm.M{"tenant": p.Get("name")}
	}})
}

// entities are what weft maps.
func entities() []any { return []any{Note{}, mapper.Define(notice)} }
