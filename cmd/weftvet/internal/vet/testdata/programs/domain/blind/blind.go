// Package blind uses the domain and does not see its mapping.
package blind

import (
	"context"

	"example.org/shop/programs/domain/shop"
	"github.com/weft-orm/weft/orm"
)

func Former(ctx context.Context, em *orm.EntityManager, name string) ([]*shop.Customer, error) {
	return orm.Find[shop.Customer](ctx, em, orm.M{"secret": name, "createdBy": "me"}, orm.Populate("orders"), orm.OrderBy("secret"))
}

func Orders(ctx context.Context, em *orm.EntityManager, price shop.Money) ([]*shop.Order, error) {
	return orm.Find[shop.Order](ctx, em, orm.M{"money >": price, "number": "x"})
}
