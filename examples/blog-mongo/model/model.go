package model

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/rel"
)

// Post is a document with its comments in it.
type Post struct {
	ID       bson.ObjectID
	Slug     string `orm:",unique,length=100"`
	Title    string
	Text     string
	Tags     []string
	Comments []Comment
	Author   rel.Ref[Author] `orm:",required"`
	PostedAt time.Time       `orm:",onCreate=now"`
	Version  int             `orm:",version"`
}

// Comment stands in its post.
type Comment struct {
	By    string `json:"by"`
	Text  string `json:"text"`
	Stars int    `json:"stars"`
}

// Author is a document of its own.
type Author struct {
	ID    bson.ObjectID
	Name  string               `orm:",unique,length=100"`
	Posts rel.Collection[Post] `orm:",mappedBy=Author"`
}

// Entities are what weft maps.
func Entities() []any { return []any{Post{}, Author{}} }
