package sql_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
)

// Pet is a Cat or a Dog.
type Pet interface{ Sound() string }

type Keeper struct {
	ID   int64
	Pet  Pet   `orm:",types=Cat|Dog:hound"`
	Doc  Pet   `orm:",json,types=Cat|Dog:hound"`
	Past []Pet `orm:",types=Cat|Dog:hound"`
}

type Cat struct {
	Name string
	Size int `orm:"cat_size"`
}

type Dog struct {
	Name    string
	CanBark bool
	Size    string `orm:"dog_size"`
}

func (Cat) Sound() string  { return "meow" }
func (*Dog) Sound() string { return "woof" }

// TestPolymorphicValues: the columns of all types are side by side, and a whole value writes all of them.
func TestPolymorphicValues(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, Keeper{}, Cat{}, Dog{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, b := range []*qb.Builder{
		qb.New(reg, "Keeper", "").Where(M{"pet.type": "cat", "pet.name": "Tom"}),
		qb.New(reg, "Keeper", "").Select("id").Where(M{"pet": nil}),
		qb.New(reg, "Keeper", "").Select("id").Where(M{"pet": M{"$ne": nil}}),
		qb.New(reg, "Keeper", "").Select("id").Where(M{"pet": M{"type": []string{"cat", "hound"}, "canBark": true, "Cat.size >": 3}}).OrderBy("pet.Dog.size"),
		qb.New(reg, "Keeper", "").Select("id").Where(M{"doc.type": "cat", "doc.Name": "Tom"}),
		qb.New(reg, "Keeper", "").Select("id").Where(M{"past": M{"type": "hound", "Name": "Rex"}}),
		qb.New(reg, "Keeper", "k").Select("k.pet.type", qb.Count()).GroupBy("k.pet.type"),
		qb.New(reg, "Keeper", "").Update(M{"pet": Cat{Name: "Tim"}}).Where(M{"id": 1}),
		qb.New(reg, "Keeper", "").Update(M{"pet": &Dog{Name: "Max"}, "doc": &Dog{Name: "Max"}, "past": []Pet{Cat{Name: "Old"}}}).Where(M{"id": 1}),
		qb.New(reg, "Keeper", "").Update(M{"pet": nil, "doc": nil}).Where(M{"pet.Dog.size": "big"}),
		qb.New(reg, "Keeper", "").Update(M{"pet": M{"name": "Kim", "canBark": false}}).Where(M{"pet.type": "hound"}),
	} {
		for _, d := range []*sql.Dialect{sql.SQLite(), sql.Postgres(), sql.MySQL()} {
			text, args, err := b.ToSQL(d)
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString(d.Name() + " " + text + "\n  " + corpus.Parameters(args) + "\n")
		}
	}
	golden.Check(t, "polymorphic_value.golden", out.String())
}
