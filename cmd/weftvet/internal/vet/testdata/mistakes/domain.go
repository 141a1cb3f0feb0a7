package mistakes

import (
	"context"

	"example.org/shop/programs/domain/mapping"
	"example.org/shop/programs/domain/shop"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

func openShop(ctx context.Context, c driver.Connector) (*orm.DB, error) {
	return orm.Open(ctx, c, orm.Entities(mapping.Entities()...))
}

func customers(ctx context.Context, em *orm.EntityManager) {
	orm.Find[shop.Customer](ctx, em, orm.M{"nmae": "x", "secret": 3}, orm.Populate("order.tags")) // want `^conditions: parse: Customer\.nmae: unknown property \(did you mean "name"\?\)$` `^conditions: bind: Customer\.secret: cannot use int as string: must be text$` `^populate: Customer\.order\.tags: unknown relation \(did you mean "orders"\?\)$`
	orm.Find[shop.Order](ctx, em, orm.M{"numbr": "x", "placed:like": "x"}, orm.OrderBy("-placd")) // want `^conditions: parse: Order\.numbr: unknown property \(did you mean "number"\?\)$` `^conditions: parse: Order\.placed \$like: operator is for text, not for times$` `^qb: Order\.placd: unknown property \(did you mean "placed"\?\)$`
	orm.Find[shop.Order](ctx, em, orm.M{"money": 3, "items": nil, "number": 3})                   // want `^conditions: bind: Order\.number: cannot use int as string: must be text$`
}
