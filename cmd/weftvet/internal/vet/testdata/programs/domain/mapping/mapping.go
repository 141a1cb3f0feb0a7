// Package mapping maps the domain, in code.
package mapping

import (
	"example.org/shop/programs/domain/shop"
	"github.com/weft-orm/weft/mapper"
)

type moneyType struct{}

func (moneyType) Kind() mapper.ValueKind { return mapper.Int }
func (moneyType) ToDatabase(v any) (any, error) {
	m, _ := v.(shop.Money)
	return m.Amount, nil
}
func (moneyType) FromDatabase(v any) (any, error) { return shop.Money{Amount: v.(int64)}, nil }

// Entities are the entities of the shop.
func Entities() []any { return []any{customer, order, shop.Tag{}} }

var customer = mapper.Define(func(e *mapper.Builder[shop.Customer]) {
	e.Table("clients")
	e.Field("secret").Column("former_name")
	mapper.Field(e, func(c *shop.Customer) *[]*shop.Order { return &c.Orders }).MappedBy("Customer")
	e.Filter(mapper.Filter{Name: "recent", Params: []string{"since"}, Where: func(p mapper.Params) any { return map[string]any{"since >": p.Get("since")} }})
})

var order = mapper.Define(func(e *mapper.Builder[shop.Order]) {
	mapper.Field(e, func(o *shop.Order) *string { return &o.Number }).PrimaryKey().Assigned()
	mapper.Field(e, func(o *shop.Order) *[]shop.Item { return &o.Items }).JSON()
	e.Field("Money").Custom(moneyType{})
	e.OrderBy("-placed")
})
