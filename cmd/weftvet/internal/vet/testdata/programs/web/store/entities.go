// Package store has the entities and repositories of a web service.
package store

import (
	"database/sql"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/weft-orm/weft/orm"
)

type Role string

const (
	Admin  Role = "admin"
	Reader Role = "reader"
)

// Base has what all rows have.
type Base struct {
	ID        uuid.UUID `orm:",pk,uuid"`
	CreatedAt time.Time `orm:",onCreate=now"`
	UpdatedAt time.Time `orm:",onUpdate=now"`
}

type User struct {
	Base
	Email    string `orm:",unique"`
	Role     Role   `orm:",enum=admin|reader"`
	LastSeen sql.Null[time.Time]
	Settings map[string]any
	Orders   orm.Collection[Order] `orm:",mappedBy=Customer"`
	Friends  orm.Collection[User]
	Address  *Address
}

type Address struct {
	Street, City string
	Zip          *string
}

type Order struct {
	Base
	Number   int `orm:",unique"`
	Customer orm.Ref[User]
	Total    decimal.Decimal
	Lines    orm.Collection[Line] `orm:",mappedBy=Order,cascade=all"`
	Notes    []string
	Weight   Weight
	Version  int `orm:",version"`
}

// Weight is mapped by a custom type that main gives to orm.Open.
type Weight struct{ grams int64 }

// Line has a composite key.
type Line struct {
	Order   orm.Ref[Order] `orm:",pk"`
	Line    int            `orm:",pk"`
	Product *Product
	Count   int
}

type Product struct {
	Base
	Code   string
	Price  decimal.Decimal
	Prices []float64
	Meta   Meta `orm:",json"`
}

type Meta struct {
	Pages  int
	Author struct{ Name string }
}
