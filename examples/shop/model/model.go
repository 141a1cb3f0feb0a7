package model

import (
	"time"

	"github.com/weft-orm/weft/outbox"
	"github.com/weft-orm/weft/rel"
)

// Product is for sale.
type Product struct {
	ID         int64
	SKU        string `orm:"sku,unique,length=20"`
	Name       string `orm:",length=100"`
	Cents      int64  `orm:",check='cents >= 0'"`
	Stock      int    `orm:",check='stock >= 0'"`
	Facts      map[string]any
	Categories rel.Collection[Category]
	Version    int `orm:",version"`
}

// Category groups products.
type Category struct {
	ID   int64
	Name string `orm:",unique,length=50"`
}

// Customer buys.
type Customer struct {
	ID      int64
	Email   string `orm:",unique,length=100"`
	Name    string `orm:",length=100"`
	Address Address
}

// Address is where a customer lives.
type Address struct {
	Street string `orm:",length=100"`
	City   string `orm:",length=50"`
}

// Order is what a customer has bought.
type Order struct {
	_        struct{} `orm:"table=purchases"`
	ID       int64
	Customer rel.Ref[Customer]    `orm:",required"`
	Status   string               `orm:",enum=placed|paid|sent,default='placed'"`
	PlacedAt time.Time            `orm:",onCreate=now"`
	Lines    rel.Collection[Line] `orm:",mappedBy=Order,cascade=all,orphanRemoval"`
	Version  int                  `orm:",version"`
}

// Line is so many of one product, at the price of the day.
type Line struct {
	_        struct{} `orm:"table=purchase_lines"`
	ID       int64
	Order    rel.Ref[Order]   `orm:",required"`
	Product  rel.Ref[Product] `orm:",required"`
	Quantity int              `orm:",check='quantity > 0'"`
	Cents    int64
}

// Entities are what weft maps: with the messages about orders, which are stored like them.
func Entities() []any {
	return []any{Product{}, Category{}, Customer{}, Order{}, Line{}, outbox.Entity("outbox")}
}
