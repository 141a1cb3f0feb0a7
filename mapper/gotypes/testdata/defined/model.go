// Package defined maps structs in code.
package defined

import (
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

type Base struct {
	Number    int64
	CreatedAt time.Time
}

type Place struct{ Town, Street string }

// Desk has no key of its own but what its definition says.
type Desk struct {
	Base
	Label   string
	Where   Place
	Status  string
	Drawers []*Drawer
	secret  string
	rel.Shadows
}

type Drawer struct {
	ID   int64
	Desk *Desk
}

const deskTable = "furniture"

// Mappings are all definitions.
var Mappings = []any{desk, drawer()}

var desk = mapper.Define[Desk](func(e *mapper.Builder[Desk]) {
	e.Table(deskTable + "_desks")
	e.Comment("what people sit at")
	e.OrderBy("label", "-number")
	e.Index(mapper.IndexDefinition{Name: "by_town", Properties: []string{"where.town", "label"}, Unique: true})
	e.Unique([]string{"label", "status"}...)
	mapper.Field(e, func(d *Desk) *int64 { return &d.Number }).PrimaryKey().Assigned()
	mapper.Field(e, func(d *Desk) *string { return &d.Where.Town }).Column("city").Length(40)
	mapper.Field(e, func(d *Desk) *string { return &d.Status }).Enum("old", "new").Default("'new'")
	mapper.Field(e, func(d *Desk) *time.Time { return &d.CreatedAt }).Precision(3).OnCreate(func() any { return time.Now() })
	mapper.Field(e, func(d *Desk) *[]*Drawer { return &d.Drawers }).MappedBy("Desk")
	e.Field("secret").Hidden()
	e.Shadow("createdBy").Length(20)
	e.Shadow("rank").Type("int").Default("1").Required()
})

func drawer() *mapper.Definition { return mapper.Define(defineDrawer) }

func defineDrawer(e *mapper.Builder[Drawer]) {
	mapper.Field[Drawer, *Desk](e, func(d *Drawer) **Desk { return &d.Desk }).Required().OnDelete(mapper.RuleCascade)
}
