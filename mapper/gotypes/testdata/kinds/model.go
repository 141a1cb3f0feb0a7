// Package kinds has fields of every kind of Go type that a mapping looks at.
package kinds

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"math/big"
	"net/netip"
	"time"

	"github.com/weft-orm/weft/rel"
)

type Keyed[K comparable] struct {
	ID K
	stamp
}

type stamp struct {
	CreatedAt time.Time
	UpdatedAt *time.Time `orm:",onUpdate=now"`
}

type UUID [16]byte

type Level int8

type Money struct{ Cents int64 }

func (m *Money) Scan(any) error              { return nil }
func (m Money) Value() (driver.Value, error) { return m.Cents, nil }

type Settings struct {
	Theme string           `json:"theme,omitempty"`
	Sizes []int            `json:"sizes"`
	Inner struct{ A byte } `json:"inner"`
	Skip  string           `json:"-"`
}

type Thing struct {
	Keyed[UUID]
	Level     Level `orm:",enum=1|2"`
	Flag      *bool
	Small     uint16
	Float     float32
	Name      sql.NullString
	Count     sql.Null[int32]
	Wait      time.Duration
	Big       big.Int
	Address   netip.Addr
	Price     Money
	Raw       json.RawMessage
	Any       any
	Map       map[string][]time.Time
	Bytes     []byte
	Hash      [32]byte
	Words     []string
	Pairs     [][2]int
	Settings  Settings `orm:",json"`
	Optional  *Settings
	Anonymous struct{ X, Y float64 }
	Runes     []rune
	Parent    rel.Ref[Thing]
	Children  rel.Collection[Thing]   `orm:",mappedBy=Parent"`
	Skipped   chan func(...int) error `orm:"-"`
	hidden    int
}

// Dear is a view: it needs no key.
type Dear struct {
	_     struct{} `orm:",view=dear_things,as='select name, price from things'"`
	Name  string
	Price string
}
