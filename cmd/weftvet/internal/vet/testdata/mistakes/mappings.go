package mistakes

import (
	"context"

	"example.org/shop/library"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

type Order struct {
	ID    int64
	Code  string               `orm:",uniqe"`         // want `^mapper: mistakes\.Order\.Code: unknown option "uniqe"; did you mean "unique"\?$`
	State string               `orm:",enum"`          // want `^mapper: mistakes\.Order\.State: option "enum" needs a value$`
	Total float64              `orm:",precision=x"`   // want `^mapper: mistakes\.Order\.Total: option "precision" is for times and decimals, not for float64$` `^mapper: mistakes\.Order\.Total: option "precision": "x" is not a number$`
	Lines orm.Collection[Line] `orm:",mappedBy=Oder"` // want `^mapper: mistakes\.Order\.Lines: mappedBy: Line has no property Oder; did you mean "order"\?$`
	Done  chan bool            // want `^mapper: mistakes\.Order\.Done: the type chan bool cannot be mapped; use the option json, a custom type or "-"$`
	Owner orm.Ref[Owner]       `orm:",onDelete=casade"` // want `^mapper: mistakes\.Order\.Owner: option "onDelete": "casade" is none of cascade, restrict, set null, no action; did you mean "cascade"\?$`
}

type Line struct {
	ID    int64
	Order orm.Ref[Order]
	Count int `orm:",mappedBy=Order"` // want `^mapper: mistakes\.Line\.Count: option "mappedBy" is for relations; int is none$`
}

type Owner struct {
	_      struct{} `orm:"tabel=owners"` // want `^mapper: mistakes\.Owner: unknown entity option "tabel"; did you mean "table"\?$`
	ID     int64
	Orders orm.Collection[Order] `orm:",mappedBy=State"` // want `^mapper: mistakes\.Owner\.Orders: mappedBy: Order\.State is not a relation$`
}

type Keyless struct { // want `^mapper: mistakes\.Keyless: has no key: name a field ID or give one the option pk$`
	Name string
	Mail string `orm:",unique"`
}

type Coded struct { // want `^mapper: mistakes\.Coded: the definition names the field Lable, which is not there or cannot be mapped; did you mean "Label"\?$`
	Key    string
	Label  string
	Parent *Coded
}

var coded = mapper.Define[Coded](func(e *mapper.Builder[Coded]) {
	e.Table("codes")
	e.Field("Key").PrimaryKey()
	e.Field("Lable").Length(10)
})

var entities = orm.Entities(Keyless{}, coded)

type Item struct {
	Number int
	Label  string
}

var item = mapper.Define[Item](func(e *mapper.Builder[Item]) {
	mapper.Field(e, func(i *Item) *int { return &i.Number }).PrimaryKey()
})

func mapped(ctx context.Context, em *orm.EntityManager) {
	orm.Find[Item](ctx, em, orm.M{"lable": "x"}) // want `^conditions: parse: Item\.lable: unknown property \(did you mean "label"\?\)$`
}

func open(ctx context.Context, c driver.Connector) (*orm.DB, error) {
	return orm.Open(ctx, c, orm.Entities(library.Author{}, library.Book{}, library.Publisher{})) // want `^mapper: library\.Book\.Tags: the target library\.Tag is not registered$`
}
