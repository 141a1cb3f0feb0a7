package mongo_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/rel"
)

// Playlist has an ordered many-to-many relation.
type Playlist struct {
	ID    int64
	Songs rel.Collection[Song] `orm:",ordered"`
}

// Song is in playlists.
type Song struct {
	ID    int64
	Title string
}

func TestOrderedLinks(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{Naming: naming.Mongo{}}, Playlist{}, Song{})
	if err != nil {
		t.Fatal(err)
	}
	songs := reg.Entity("Playlist").Property("songs")
	pivot := songs.Relation.Pivot
	link := append(append([]*mapper.Column{}, pivot.Owner...), pivot.Target...)
	cases := []struct {
		w    qb.Write
		rows [][]any
		want string
	}{
		{qb.Write{Kind: qb.Insert, Pivot: songs, Set: append(link[:2:2], pivot.Order)}, [][]any{{int64(1), int64(5), int64(1)}, {int64(1), int64(6), int64(0)}}, `db.playlists.bulkWrite([
  {updateOne: {filter: {_id: 1}, update: {$push: {songs: {$each: [6], $position: 0}}}}},
  {updateOne: {filter: {_id: 1}, update: {$push: {songs: {$each: [5], $position: 1}}}}}
])`},
		{qb.Write{Kind: qb.Insert, Pivot: songs, Set: append(link[:2:2], pivot.Order), Conflict: &qb.Conflict{}}, [][]any{{int64(1), int64(5), int64(1)}}, `db.playlists.bulkWrite([
  {
    updateOne: {
      filter: {_id: 1, songs: {$ne: 5}},
      update: {$push: {songs: {$each: [5], $position: 1}}}
    }
  }
])`},
		{qb.Write{Kind: qb.Update, Pivot: songs, Set: []*mapper.Column{pivot.Order}, Match: link}, [][]any{{int64(1), int64(1), int64(6)}, {int64(0), int64(1), int64(5)}}, `db.playlists.bulkWrite([
  {updateOne: {filter: {_id: 1}, update: {$pullAll: {songs: [6, 5]}}}},
  {updateOne: {filter: {_id: 1}, update: {$push: {songs: {$each: [5], $position: 0}}}}},
  {updateOne: {filter: {_id: 1}, update: {$push: {songs: {$each: [6], $position: 1}}}}}
])`},
	}
	for _, c := range cases {
		cmd, err := mongo.Compile(&c.w)
		if err != nil {
			t.Fatal(err)
		}
		models, err := cmd.BindRows(c.rows)
		if err != nil {
			t.Fatal(err)
		}
		if got := cmd.ModelsText(models); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}

	q := &qb.Select{Registry: reg, Entity: reg.Entity("Song"), Output: reg.Entity("Song").Key, Limit: -1, Offset: -1}
	q.Via = &qb.Via{Relation: songs, Owners: 0, Limit: -1, Offset: -1}
	want := `db.playlists.aggregate([
  {$match: {_id: {$in: [1]}}},
  {$project: {_k0: "$songs"}},
  {$unwind: {path: "$_k0", includeArrayIndex: "_i1"}},
  {
    $lookup: {
      from: "songs",
      localField: "_k0",
      foreignField: "_id",
      pipeline: [{$project: {_id: 1}}],
      as: "_t2"
    }
  },
  {$unwind: "$_t2"},
  {$sort: {_i1: 1}},
  {$project: {_id: 1, _t2: 1}}
])`
	if got := text(q, []any{[]any{int64(1)}}); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	q.Via.Positions = true
	want = strings.Replace(want, "_t2: 1}}", "_t2: 1, _i1: 1}}", 1)
	if got := text(q, []any{[]any{int64(1)}}); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
