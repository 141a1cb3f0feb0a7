package sql_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/corpus"
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
	On   rel.Any[any] `orm:"on_id,targets=Post:p|Photo:f,discriminator=on_kind,oneToOne"`
}

// TestPolymorphicReferences: a target is joined where its type stands beside the key, a whole reference is
// compared and grouped by both columns, and the other sides are of one type alone.
func TestPolymorphicReferences(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, Post{}, Photo{}, Comment{}, Label{})
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
		qb.New(reg, "Post", "p").Join("p.comments", "c").Select("p.id").Where(M{"c.text": "a"}),
		qb.New(reg, "Photo", "").Select("id").Where(M{"label.name": "a"}),
		qb.New(reg, "Photo", "").Select("id", "label"),
		qb.New(reg, "Comment", "").Select("id").OrderBy("target.Photo"),
		qb.New(reg, "Comment", "c").Select("c.target", qb.Count()).GroupBy("c.target"),
		qb.New(reg, "Comment", "c").Select("c.id", qb.RowNumber(qb.Window{PartitionBy: []string{"c.target"}, OrderBy: []any{"c.id"}}).As("n")),
		qb.New(reg, "Comment", "").Update(M{"target": photo}).Where(M{"target": post}),
		qb.New(reg, "Comment", "").Update(M{"target": M{"Photo": 8}}).Where(M{"id": 1}),
		qb.New(reg, "Comment", "").Update(M{"target": nil}).Where(M{"id": 1}),
	} {
		for _, d := range []*sql.Dialect{sql.SQLite(), sql.Postgres(), sql.MySQL()} {
			text, args, err := b.ToSQL(d)
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString(d.Name() + " " + text + "\n  " + corpus.Parameters(args) + "\n")
		}
	}
	golden.Check(t, "polymorphic.golden", out.String())
	for _, term := range []qb.Term{qb.CountDistinct("target"), qb.Max("target"), qb.Sum("target")} {
		if _, _, err := qb.New(reg, "Comment", "").Select(term).Query(); !errors.Is(err, conditions.ErrOperator) {
			t.Errorf("an aggregate of two columns: %v", err)
		}
	}
}
