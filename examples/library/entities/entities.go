package entities

import "github.com/weft-orm/weft/rel"

// Author writes books.
type Author struct {
	ID      int64
	Name    string
	Country string
	Born    *int                 // the year, unknown for some
	Books   rel.Collection[Book] `orm:",mappedBy=Author"`
	Version int                  `orm:",version"`
}

// Book has one author, perhaps a publisher, and tags.
type Book struct {
	ID        int64
	Title     string
	ISBN      string `orm:",unique,length=13"`
	Year      int
	Pages     int
	Author    rel.Ref[Author] `orm:",required"`
	Publisher rel.Ref[Publisher]
	Tags      rel.Collection[Tag]
}

// Publisher brings books out.
type Publisher struct {
	ID    int64
	Name  string `orm:",unique"`
	City  string
	Books rel.Collection[Book] `orm:",mappedBy=Publisher"`
}

// Tag says what a book is about.
type Tag struct {
	ID    int64
	Name  string               `orm:",unique"`
	Books rel.Collection[Book] `orm:",mappedBy=Tags"`
}
