package model

import (
	"time"

	"github.com/weft-orm/weft/rel"
)

// Author has books, a profile on the inverse side and a favourite book: two
// nullable relations between authors and books that point at each other.
type Author struct {
	ID        int64
	Name      string
	Email     string `orm:",unique"`
	Age       *int
	Active    bool
	Rating    float64
	BornAt    *time.Time
	CreatedAt time.Time
	Favourite rel.Ref[Book]
	Books     rel.Collection[Book] `orm:",mappedBy=Author"`
	Profile   rel.Ref[Profile]     `orm:",oneToOne,mappedBy=Author"`
	Version   int                  `orm:",version"`
}

// Profile owns a mandatory one-to-one relation.
type Profile struct {
	ID     int64
	Bio    string
	Author rel.Ref[Author] `orm:",oneToOne,required,inversedBy=Profile,onDelete=cascade"`
}

// Book owns a mandatory and a nullable many-to-one and a many-to-many relation.
type Book struct {
	ID        int64
	Title     string
	ISBN      *string `orm:",unique"`
	Pages     int
	Price     float64
	Author    rel.Ref[Author] `orm:",required"`
	Publisher rel.Ref[Publisher]
	Tags      rel.Collection[Tag]
}

// Tag is the inverse side of a many-to-many relation.
type Tag struct {
	ID    int64
	Name  string               `orm:",unique"`
	Books rel.Collection[Book] `orm:",mappedBy=Tags"`
}

// Publisher has a natural key.
type Publisher struct {
	Code    string `orm:",pk"`
	Name    string
	Country *string
	Books   rel.Collection[Book] `orm:",mappedBy=Publisher"`
}

// Employee uses plain pointers and slices, and references itself.
type Employee struct {
	ID      int64
	Name    string
	Salary  *int64
	Manager *Employee
	Reports []*Employee `orm:",mappedBy=Manager"`
	Mentees []*Employee `orm:",pivot=mentoring,joinColumn=mentor_id,inverseJoinColumn=mentee_id"`
}
