package model

import (
	"time"

	"github.com/weft-orm/weft/rel"
)

// Address is an embedded value.
type Address struct {
	Street string
	City   string
	Zip    *string
}

// Preferences is kept as a JSON document.
type Preferences struct {
	Theme    string
	PageSize int
	News     *bool
	Limits   map[string]float64
}

// Customer has a generated UUID key, embedded values, a document and an array.
type Customer struct {
	ID       [16]byte `orm:",uuid"`
	Name     string
	Home     Address
	Work     *Address    `orm:",prefix=office_"`
	Prefs    Preferences `orm:",json"`
	Labels   []string
	Meta     map[string]any `orm:",json"`
	JoinedAt time.Time
	Orders   rel.Collection[Order] `orm:",mappedBy=Customer"`
}

// Product has an enum, a decimal and a date.
type Product struct {
	ID       int64
	Name     string
	Status   string     `orm:",enum=draft|active|retired"`
	Price    string     `orm:",type=decimal,precision=10,scale=2"`
	Released *time.Time `orm:",type=date"`
	Image    []byte
}

// Order is the parent of lines with a composite key.
type Order struct {
	ID       int64
	Customer rel.Ref[Customer] `orm:",required"`
	PlacedAt time.Time
	Lines    rel.Collection[OrderLine] `orm:",mappedBy=Order,cascade=persist|remove,orphanRemoval"`
}

// OrderLine has a composite key made of two relations.
type OrderLine struct {
	Order    rel.Ref[Order]   `orm:",pk"`
	Product  rel.Ref[Product] `orm:",pk"`
	Quantity int
	Shipment rel.Ref[Shipment]
}

// Shipment refers to a composite key and is referred to by lines.
type Shipment struct {
	ID    int64
	First rel.Ref[OrderLine]
	Note  *string
}

// Animal is the base of a single-table hierarchy.
type Animal struct {
	_     struct{} `orm:"inheritance=single,discriminator=kind"`
	ID    int64
	Name  string
	Owner rel.Ref[Customer]
}

// Dog is an Animal with friends.
type Dog struct {
	Animal
	Trick   *string
	Friends rel.Collection[Cat]
}

// Cat is an Animal.
type Cat struct {
	Animal
	Lives int
}
