// Package service uses the domain with its mapping.
package service

import (
	"context"

	"example.org/shop/programs/domain/mapping"
	"example.org/shop/programs/domain/shop"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

func Open(ctx context.Context, c driver.Connector) (*orm.DB, error) {
	return orm.Open(ctx, c, orm.Entities(mapping.Entities()...))
}

func Former(ctx context.Context, em *orm.EntityManager, name string) ([]*shop.Customer, error) {
	return orm.Find[shop.Customer](ctx, em, orm.M{"secret": name, "orders.number:startsWith": "A"}, orm.Populate("orders.tags"))
}

func Orders(ctx context.Context, em *orm.EntityManager, price shop.Money) ([]*shop.Order, error) {
	return orm.Find[shop.Order](ctx, em, orm.M{"money >": price, "customer": orm.M{"name": "x"}, "items": orm.M{"$ne": nil}}, orm.OrderBy("money", "number"))
}

func Rename(ctx context.Context, em *orm.EntityManager, number, name string) error {
	o, err := orm.FindOneOrFail[shop.Order](ctx, em, number, orm.Populate("customer"))
	if err != nil {
		return err
	}
	o.Customer.Rename(name)
	return em.Flush(ctx)
}
