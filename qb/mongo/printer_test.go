package mongo_test

import (
	"testing"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
)

func TestPrinter(t *testing.T) {
	tag := entity(t, "Tag")
	find := newSelection(t, "Tag", M{"name": "x"})
	remove := newSelection(t, "Tag", M{"books": nil})
	distinct := newSelection(t, "Author", nil, "-name").read("name active").page(5, 0)
	distinct.Distinct = true
	cases := []struct {
		q    qb.Query
		args []any
		want string
	}{
		{&find.Select, find.args, `db.tags.find({name: "x"}, {_id: 1})`},
		{&qb.Write{Kind: qb.Insert, Entity: tag, Set: columns(t, "Tag", "id name")}, []any{int64(1), "a", int64(2), "b"}, `db.tags.bulkWrite([
  {insertOne: {document: {_id: 1, name: "a"}}},
  {insertOne: {document: {_id: 2, name: "b"}}}
])`},
		{&qb.Write{Kind: qb.Insert, Entity: tag, Set: columns(t, "Tag", "name"), Returning: tag.KeyColumns}, []any{"a"},
			`db.tags.bulkWrite([{insertOne: {document: {_id: next("tags"), name: "a"}}}])`},
		{&qb.Write{Kind: qb.Delete, Entity: tag, Where: remove.Where}, remove.args, `keys = db.tags.aggregate([
  {
    $lookup: {
      from: "books",
      localField: "_id",
      foreignField: "tags",
      pipeline: [{$limit: 1}, {$project: {_id: 1}}],
      as: "_w0"
    }
  },
  {$match: {_w0: {$eq: []}}},
  {$project: {_id: 1}}
])
db.tags.deleteMany({_id: {$in: keys}})`},
		{&distinct.Select, distinct.args, `db.authors.aggregate([
  {$group: {_id: {c0: {$ifNull: ["$name", null]}, c1: {$ifNull: ["$active", null]}}}},
  {$sort: {"_id.c0": -1}},
  {$skip: 0},
  {$limit: 5}
])`},
		{&qb.Write{Kind: qb.Update, Entity: tag, Set: tag.KeyColumns, Match: tag.KeyColumns}, nil,
			"qb/mongo: Tag: set id: not supported on MongoDB: a primary key never changes; insert and delete instead"},
	}
	for _, c := range cases {
		st, err := mongo.Printer{}.Print(c.q, c.args)
		got := st.Text
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}
