package mongo_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/rel"
)

// Post and Photo are what comments may be about.
type Post struct {
	ID       int64
	Title    string
	Comments rel.Collection[Comment] `orm:",mappedBy=Target"`
}

type Photo struct {
	ID       int64
	Title    string
	Width    int
	Comments rel.Collection[Comment] `orm:",mappedBy=Target"`
	Label    rel.Ref[Label]          `orm:",mappedBy=On"`
}

type Comment struct {
	ID     int64
	Text   string
	Target rel.Any[any] `orm:",targets=Post|Photo"`
}

// Label is on one photo or post.
type Label struct {
	ID   int64
	Name string
	On   rel.Any[any] `orm:"on,targets=Post:p|Photo:f,discriminator=on_kind,oneToOne"`
}

// TestPolymorphicReferences: a target is looked up where its type stands beside the key, a whole reference is
// compared and grouped by both fields, and the other sides are of one type alone.
func TestPolymorphicReferences(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{Naming: naming.Mongo{}}, Post{}, Photo{}, Comment{}, Label{})
	if err != nil {
		t.Fatal(err)
	}
	post, photo := &Post{ID: 7}, &Photo{ID: 8}
	var out strings.Builder
	for _, b := range []*qb.Builder{
		qb.New(reg, "Comment", "").Where(M{"target": post}),
		qb.New(reg, "Comment", "").Select("id").Where(M{"target": M{"$nin": []any{post, photo}}}),
		qb.New(reg, "Comment", "").Select("id").Where(M{"target": nil}),
		qb.New(reg, "Comment", "").Select("id").Where(M{"targetType": "post"}),
		qb.New(reg, "Comment", "").Select("id").Where(M{"target.Post": 7}),
		qb.New(reg, "Comment", "").Select("id").Where(M{"target.Post.title": "a", "target.width >": 3}),
		qb.New(reg, "Comment", "").Select("id").Where(M{"$not": M{"target": M{"Photo": M{"title": "a"}}}}).OrderBy("target.Photo.title"),
		qb.New(reg, "Comment", "c").LeftJoin("c.target.Photo", "f").Select("c.id", "f.width").Where(M{"f.width >": 3}),
		qb.New(reg, "Comment", "").Select("id").Where(M{"target.Post.comments.text": "a"}),
		qb.New(reg, "Post", "").Select("id").Where(M{"comments.text": "a"}),
		qb.New(reg, "Post", "").Select("id").Where(M{"comments": M{"$size": 2}}).OrderBy("comments.text"),
		qb.New(reg, "Photo", "").Select("id").Where(M{"label.name": "a"}),
		qb.New(reg, "Photo", "").Select("id", "label"),
		qb.New(reg, "Comment", "").Select("id").OrderBy("target.Photo"),
		qb.New(reg, "Comment", "c").Select("c.target", qb.Count()).GroupBy("c.target"),
		qb.New(reg, "Comment", "").Update(M{"target": photo}).Where(M{"target": post}),
		qb.New(reg, "Comment", "").Update(M{"target": M{"Photo": 8}}).Where(M{"id": 1}),
		qb.New(reg, "Comment", "").Update(M{"target": nil}).Where(M{"id": 1}),
	} {
		text, _, err := b.ToSQL(mongo.Printer{})
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(text + "\n")
	}
	golden.Check(t, "polymorphic.golden", out.String())
}
