package mapper_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

// The entities below hold one mistake on each line that a want names.
type NoKey struct{ Name string }

// NoComma has options where the column stands, and a column named like one.
type NoComma struct {
	Code    string `orm:"pk"`
	Version int    `orm:"version"`
	Hidden  string `orm:"'hidden',length=9"`
}

type Typo struct {
	_     struct{} `orm:"tabel=typos,orderBy="`
	ID    int64
	A     string                `orm:",uniqe"`
	B     string                `orm:",length=long"`
	C     string                `orm:",unique=x=y,nullable=yes"`
	D     string                `orm:",check='a"`
	E     string                `orm:",enum"`
	F     func()                // cannot be mapped
	G     chan int              `orm:",type=integer"`
	H     bool                  `orm:",enum=a|b"`
	I     int                   `orm:",enum=1|two"`
	J     string                `orm:",mappedBy=Typo"`
	Books rel.Collection[Thing] `orm:",mappedBy=Tpyo"`
	Other rel.Ref[Thing]        `orm:",onDelete=casade,strategy=join"`
	Many  []*Thing              `orm:",required"`
	One   *Thing                `orm:",pivot=x"`
	Lost  rel.Ref[Missing]
	Wrong rel.Collection[Thing] `orm:",mappedBy=Name"`
	Back  rel.Collection[Thing] `orm:",mappedBy=Parent"`
}

type Missing struct{ ID int }

type Thing struct {
	ID       int64
	Name     string `orm:"label"`
	Label    string
	Typo     *Typo
	Parent   *Thing
	Children []*Thing `orm:",mappedBy=Parent,onDelete=cascade"`
	V1       string   `orm:",version"`
	V2       int      `orm:",version"`
	V3       int      `orm:",version"`
	Key      []byte
	Bad      rel.Ref[Thing] `orm:",joinColumn=a|b"`
	FK       *Thing         `orm:",fk=FKey"`
	Self     Node
	Long     string                `orm:"a_column_name_that_is_longer_than_any_of_the_databases_would_ever_accept"`
	Mine     *Thing                `orm:",oneToOne,inversedBy=Yours"`
	Yours    *Thing                `orm:",oneToOne"`
	Kids     *Thing                `orm:",oneToOne,mappedBy=Parent"`
	Orphan   *Thing                `orm:",orphanRemoval"`
	Shared   rel.Collection[Thing] `orm:",orphanRemoval"`
	Auto     string                `orm:",onUpdate=later"`
}

type Node struct {
	Value int
	Next  *Node
}

type Twin struct {
	_  struct{} `orm:"table=things"`
	ID []byte
}

type Based struct {
	Extra int
	Thing
}

func TestOptionsWithoutAComma(t *testing.T) {
	_, err := mapper.Build(mapper.Options{}, NoComma{})
	want := []string{
		`mapper_test.NoComma.Code: "pk" is an option where a tag has the column: options follow a comma, orm:",pk"; a column of that name is quoted, orm:"'pk'"`,
		`mapper_test.NoComma.Version: "version" is an option where a tag has the column: options follow a comma, orm:",version"; a column of that name is quoted, orm:"'version'"`,
	}
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("got %v\nwant %s", err, w)
		}
	}
	if strings.Contains(err.Error(), "Hidden") {
		t.Errorf("a quoted column is refused: %v", err)
	}
}

func TestPlantedMistakes(t *testing.T) {
	_, err := mapper.Build(mapper.Options{}, NoKey{}, Typo{}, &Thing{}, Twin{}, Based{}, 7, Thing{})
	want := []string{
		"int: is not a struct",
		"mapper_test.NoKey: has no key: name a field ID or give one the option pk",
		`mapper_test.Typo: unknown entity option "tabel"; did you mean "table"?`,
		`mapper_test.Typo: option "orderBy" needs a value`,
		`mapper_test.Typo.A: unknown option "uniqe"; did you mean "unique"?`,
		`mapper_test.Typo.B: option "length": "long" is not a number`,
		`mapper_test.Typo.C: option "nullable" takes no value`,
		`mapper_test.Typo.D: tag: a quote is not closed`,
		`mapper_test.Typo.E: option "enum" needs a value`,
		`mapper_test.Typo.F: the type func() cannot be mapped; use the option json, a custom type or "-"`,
		`mapper_test.Typo.G: option "type": "integer" is none of string, text, bool, int, float, decimal, bytes, time, date, duration, uuid, ulid, objectid, json`,
		`mapper_test.Typo.G: the type chan int cannot be mapped; use the option json, a custom type or "-"`,
		`mapper_test.Typo.H: option "enum" needs a string or an integer, not bool`,
		`mapper_test.Typo.I: option "enum": "two" is not a number`,
		`mapper_test.Typo.J: option "mappedBy" is for relations; string is none`,
		`mapper_test.Typo.Books: mappedBy: Thing has no property Tpyo; did you mean "typo"?`,
		`mapper_test.Typo.Other: option "onDelete": "casade" is none of cascade, restrict, set null, no action; did you mean "cascade"?`,
		`mapper_test.Typo.Other: option "strategy": "join" is none of auto, select-in, joined, balanced`,
		`mapper_test.Typo.Many: option "required" is for relations to one target`,
		`mapper_test.Typo.One: option "pivot" is for relations to many targets`,
		`mapper_test.Typo.Lost: the target mapper_test.Missing is not registered`,
		`mapper_test.Typo.Wrong: mappedBy: Thing.Name is not a relation`,
		`mapper_test.Typo.Back: mappedBy: Thing.Parent leads to Thing, not to Typo`,
		`mapper_test.Thing: is registered twice`,
		`mapper_test.Thing: is extended by mapper_test.Based but declares no inheritance`,
		`mapper_test.Thing.Children: option "onDelete" belongs on the owning side, not beside mappedBy`,
		`mapper_test.Thing.V1: a version must be an integer or a time.Time, not string`,
		`mapper_test.Thing.V2: is a second version beside V1`,
		`mapper_test.Thing.V3: is a second version beside V1`,
		`mapper_test.Thing.Bad: joinColumn names 2 columns, but the key of Thing has 1 column`,
		`mapper_test.Thing.FK: fk: Thing has no scalar property FKey; did you mean "key"?`,
		`mapper_test.Thing.Self.Next: the embeddable mapper_test.Node contains itself; store it with the option json`,
		`mapper_test.Thing.Long: the column name a_column_name_that_is_longer_than_any_of_the_databases_would_ever_accept is longer than 63 bytes`,
		`mapper_test.Thing.Mine: inversedBy: both Thing.mine and Thing.Yours own the relation; give Thing.Yours the option mappedBy=Mine`,
		`mapper_test.Thing.Kids: mappedBy: Thing.Parent is many-to-one; give it the option oneToOne, or make this side a collection`,
		`mapper_test.Thing.Orphan: option "orphanRemoval" needs a one-to-one or one-to-many relation: a target of a many-to-one may have other owners`,
		`mapper_test.Thing.Shared: option "orphanRemoval" needs a one-to-one or one-to-many relation: a target of a many-to-many may have other owners`,
		`mapper_test.Thing.Auto: option "onUpdate": "later" is none of now, uuid, uuid4, ulid, objectid`,
		`mapper_test.Thing.Label: has the column label of Name`,
		`mapper_test.Twin: has the table things of mapper_test.Thing`,
		`mapper_test.Twin.ID: a value of type []uint8 cannot be a key`,
		`mapper_test.Based.Thing: the embedded base must be the first field`,
	}
	var mistakes *mapper.MappingError
	if !errors.As(err, &mistakes) || !errors.Is(err, mapper.ErrMapping) {
		t.Fatalf("got %v", err)
	}
	got := map[string]bool{}
	for _, p := range mistakes.Problems {
		got[p.String()] = true
	}
	for _, w := range want {
		if !got[w] {
			t.Errorf("not reported: %s", w)
		}
		delete(got, w)
	}
	for g := range got {
		t.Errorf("reported as well: %s", g)
	}
	if n := len(want); n < 30 {
		t.Errorf("only %d mistakes planted", n)
	}
	if first, _, _ := strings.Cut(err.Error(), "\n"); first != "mapper: 42 mistakes in the mapping" {
		t.Errorf("the message begins %q", first)
	}
}

func TestMistakesComeInTheSameOrder(t *testing.T) {
	build := func() string {
		_, err := mapper.Build(mapper.Options{}, NoKey{}, Typo{}, Thing{}, Twin{}, Based{})
		return err.Error()
	}
	first := build()
	for range 20 {
		if again := build(); again != first {
			t.Fatalf("%s\n\n%s", first, again)
		}
	}
}
