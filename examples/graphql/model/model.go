package model

import "github.com/weft-orm/weft/orm"

// Author has books.
type Author struct {
	ID    int64
	Name  string               `orm:",length=100"`
	Books orm.Collection[Book] `orm:",mappedBy=Author"`
}

// Book has one author.
type Book struct {
	ID     int64
	Title  string          `orm:",length=200"`
	Author orm.Ref[Author] `orm:",required"`
}
