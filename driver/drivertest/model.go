package drivertest

import (
	"encoding/json"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

// Shelf is referenced by [Item].
type Shelf struct {
	ID   int64
	Name string `orm:",unique,length=80"`
}

// Item has a property of every kind.
type Item struct {
	ID    int64
	Name  string `orm:",unique,length=80"`
	Shelf rel.Ref[Shelf]
	Flag  bool
	Small int8
	Count int64
	Wide  uint32
	Ratio float64
	Half  float32
	Price string `orm:",type=decimal,precision=10,scale=2"`
	Note  *string
	Data  []byte
	At    time.Time
	Day   time.Time `orm:",type=date"`
	Took  time.Duration
	Token [16]byte `orm:",type=uuid"`
	Doc   json.RawMessage
}

// Pair has a key of two parts, both chosen by the user.
type Pair struct {
	Zone  string `orm:",pk,length=20"`
	Place int64  `orm:",pk"`
	Value string `orm:",length=20"`
}

// Registry returns the entities of the kit.
func Registry() (*mapper.Registry, error) {
	return mapper.Build(mapper.Options{}, Shelf{}, Item{}, Pair{})
}
