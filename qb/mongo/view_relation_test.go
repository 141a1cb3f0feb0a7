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

// Team has collections with conditions, and the first of one.
type Team struct {
	ID     int64
	Code   string               `orm:",unique,length=3"`
	Games  rel.Collection[Game] `orm:",mappedBy=Home"`
	Won    rel.Collection[Game] `orm:",mappedBy=Home,where={\"score >\": 0}"`
	Latest rel.Ref[Game]        `orm:",through=Games,orderBy=-day"`
	Best   rel.Ref[Game]        `orm:",through=Won,orderBy=-score|-day"`
}

// Game refers to one team by its key and to the other by its code.
type Game struct {
	ID    int64
	Day   *int
	Score int
	Home  rel.Ref[Team]
	Guest rel.Ref[Team] `orm:",references=code"`
}

// TestShownRelations: a condition of the mapping stands in every lookup through its
// collection, the first item is sorted out there, and the key of a reference by a unique
// field is looked up where it is asked for.
func TestShownRelations(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{Naming: naming.Mongo{}}, Team{}, Game{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, b := range []*qb.Builder{
		qb.New(reg, "Team", "").Select("id").Where(M{"won.day": 7}),
		qb.New(reg, "Team", "").Select("id").Where(M{"won": M{"$every": M{"day": 7}}, "games": M{"$size": 2}}),
		qb.New(reg, "Team", "").Select("id").Where(M{"latest.score": 3}),
		qb.New(reg, "Team", "").Select("id").Where(M{"best": nil}).OrderBy("latest.day"),
		qb.New(reg, "Game", "").Where(M{"home": 1, "guest": 2}),
		qb.New(reg, "Game", "").Select("id").Where(M{"guest.code": "abc"}),
	} {
		text, _, err := b.ToSQL(mongo.Printer{})
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(text + "\n")
	}
	golden.Check(t, "shown.golden", out.String())
}
