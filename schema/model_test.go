package schema_test

import (
	"time"

	"github.com/weft-orm/weft/rel"
)

// features are entities with the mapping features that matter to tables and
// that every dialect has.
func features() []any { return []any{Item{}, Stock{}} }

// Item has all that a column can have.
type Item struct {
	_ struct{} `orm:"comment='What is sold',index=name|price,check='price >= 0',check='cost between 0 and 1000',check='name not like ''%!'''"`

	ID        int64
	Name      string    `orm:",length=80,unique,comment='As printed on the label'"`
	Price     float64   `orm:",default=0"`
	Gross     float64   `orm:",generated='price * 2'"`
	Kind      string    `orm:",length=10,enum='book|film|it''s',default='book'"`
	Note      *string   `orm:",index"`
	Small     int16     `orm:",check='small < 100'"`
	Count     uint32    `orm:",unsigned"`
	Active    bool      `orm:",default=true"`
	Seen      time.Time `orm:",precision=3"`
	Data      []byte
	Extra     map[string]any       `orm:",json"`
	Cost      string               `orm:",type=decimal,precision=12,scale=3"`
	Replacing rel.Ref[Item]        `orm:",onDelete='set null',onUpdate=cascade"`
	Similar   rel.Collection[Item] `orm:",ordered"`
}

// Stock has a composite key and a mandatory reference.
type Stock struct {
	Shelf  string        `orm:",pk,length=20"`
	Row    int           `orm:",pk"`
	Item   rel.Ref[Item] `orm:",required,onDelete=cascade"`
	Amount int
}
