package mongo_test

import (
	"encoding/json"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/rel"
)

type (
	part struct {
		Shop   string `orm:",pk,length=3"`
		Number int    `orm:",pk"`
	}
	offer struct {
		ID      int64
		Part    rel.Ref[part] `orm:",required"`
		Other   rel.Ref[part]
		Title   string `orm:",length=20"`
		State   string `orm:",enum=open|closed"`
		Stars   *int8  `orm:",enum=1|2"`
		Price   string `orm:",type=decimal,precision=12,scale=2"`
		Weight  float64
		Sold    *time.Time
		Open    bool
		Raw     []byte
		Tags    []string `orm:",enum=a|b"`
		Sizes   []int
		Extra   json.RawMessage
		Box     box   `orm:",json"`
		Boxes   []box `orm:",json"`
		Related rel.Collection[offer]
		Parts   rel.Collection[part]
	}
	box struct{ Width, Height int }

	// creature is kept with a table per type elsewhere, so that columns of types are NOT NULL.
	creature struct {
		_    struct{} `orm:"inheritance=joined,abstract"`
		ID   int64
		Name string
	}
	dogOf struct {
		creature
		Barks int
	}
	fishOf struct {
		creature
		Depth *float64
	}
)

// TestValidators writes what documents of a collection must hold.
func TestValidators(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, part{}, offer{}, creature{}, dogOf{}, fishOf{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"part":     `{"$jsonSchema":{"bsonType":"object","required":["_id"],"properties":{"_id":{"bsonType":"object","required":["shop","number"],"properties":{"shop":{"bsonType":"string","maxLength":3},"number":{"bsonType":["int","long"]}}}}}}`,
		"offer":    `{"$jsonSchema":{"bsonType":"object","required":["_id","part","title","state","price","weight","open","raw","tags","sizes","extra","box","boxes"],"properties":{"_id":{"bsonType":["int","long"]},"part":{"bsonType":"object","required":["shop","number"],"properties":{"shop":{"bsonType":"string","maxLength":3},"number":{"bsonType":["int","long"]}}},"other":{"bsonType":["object","null"],"required":["shop","number"],"properties":{"shop":{"bsonType":"string","maxLength":3},"number":{"bsonType":["int","long"]}}},"title":{"bsonType":"string","maxLength":20},"state":{"bsonType":"string","enum":["open","closed"]},"stars":{"bsonType":["int","long","null"],"enum":[1,2,null]},"price":{"bsonType":"number"},"weight":{"bsonType":"number"},"sold":{"bsonType":["date","null"]},"open":{"bsonType":"bool"},"raw":{"bsonType":"binData"},"tags":{"bsonType":"array","items":{"bsonType":["string","null"],"enum":["a","b"]}},"sizes":{"bsonType":"array","items":{"bsonType":["int","long","null"]}},"box":{"bsonType":"object"},"boxes":{"bsonType":["array","null"]},"related":{"bsonType":"array","items":{"bsonType":["int","long"]}},"parts":{"bsonType":"array","items":{"bsonType":"object"}}}}}`,
		"creature": `{"$jsonSchema":{"bsonType":"object","required":["_id","name","type"],"properties":{"_id":{"bsonType":["int","long"]},"name":{"bsonType":"string"},"type":{"bsonType":"string","maxLength":64},"barks":{"bsonType":["int","long"]},"depth":{"bsonType":["number","null"]}},"allOf":[{"anyOf":[{"properties":{"type":{"not":{"enum":["dog_of"]}}}},{"required":["barks"]}]}]}}`,
	} {
		e := reg.Entity(name)
		d, err := mongo.Validator(e.Types())
		if err != nil {
			t.Fatal(err)
		}
		got, err := bson.MarshalExtJSON(d, false, false)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}
