// Package library has the entities of the planted mistakes.
package library

import (
	"time"

	"github.com/weft-orm/weft/orm"
)

type Status string

type Place struct{ City, Street string }

type Author struct {
	ID        int64
	Name      string
	Email     string `orm:",unique"`
	Age       *int
	Active    bool
	CreatedAt time.Time
	Home      Place
	Labels    []string
	Meta      map[string]any
	Books     orm.Collection[Book] `orm:",mappedBy=Author"`
	Version   int                  `orm:",version"`
}

type Book struct {
	ID        int64
	Title     string
	Pages     int8
	Price     float64
	Status    Status          `orm:",enum=draft|printed|sold"`
	Author    orm.Ref[Author] `orm:",required"`
	Publisher *Publisher
	Tags      orm.Collection[Tag]
	Text      string `orm:",lazy"`
	Cover     string `orm:",virtual"`
}

type Publisher struct {
	ID   int64
	Name string
}

type Tag struct {
	ID   int64
	Name string `orm:",unique"`
}

type Animal struct {
	_    struct{} `orm:"inheritance=single"`
	ID   int64
	Name string
}

type Dog struct {
	Animal
	Barks bool
	Owner orm.Ref[Author]
}

type Cat struct {
	Animal
	Lives int
}
