package mapper_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

// Base is embedded by entities; it is none itself.
type Base struct {
	ID        int64
	CreatedAt time.Time `orm:",onCreate=now"`
	UpdatedAt time.Time `orm:",onCreate=now,onUpdate=now"`
}

// Stamped is a generic base with a key of any type.
type Stamped[K any] struct {
	Key     K `orm:",pk"`
	Version int
}

type Geo struct {
	Lat, Lon float64
}

type Place struct {
	Street string
	Geo    *Geo
	Exact  Geo `orm:",prefix"`
}

type Article struct {
	_ struct{} `orm:"table=articles,schema=*,comment='what, we print',index=title|createdAt,unique=slug,orderBy=-createdAt,check='length(title) > 0'"`
	Base
	Title    string `orm:"headline,length=200,index"`
	Slug     string `orm:",comment='in the URL',collation=C"`
	secret   string `orm:",redacted,hidden"`
	Body     string `orm:",lazy,type=text,fulltext"`
	Words    int    `orm:",formula='length(?.body)'"`
	Draft    bool   `orm:",virtual"`
	Ratio    float32
	Total    int64 `orm:",generated='a + b',unsigned"`
	Kind     int   `orm:",default=1,optional,enum=1|2"`
	Home     Place
	Office   *Place `orm:",prefix=o_"`
	WriterID *int64
	Writer   *Writer
	EditorID string  `orm:"edited_by"`
	Editor   *Staff  `orm:",fk=EditorID,required,eager,strategy=joined"`
	Rev      int     `orm:",version,index=rev"`
	Tail     string  `orm:",index=rev,sqlType=postgres:citext|mysql:varchar(20)"`
	Topics   []*Page `orm:",ordered=pos,pivot=article_pages,cascade=all,orderBy=number|-id"`
	//lint:ignore U1000 an unexported field without a tag is not mapped
	internal int
	Ignored  func() `orm:"-"`
}

type Writer struct {
	Base
	Name     string
	Articles []*Article             `orm:",mappedBy=Writer"`
	Desk     rel.Ref[Desk]          `orm:",mappedBy=Writer"`
	Friends  rel.Collection[Writer] // to itself
}

// Desk has its writer as the key.
type Desk struct {
	Writer rel.Ref[Writer] `orm:",pk,oneToOne,onDelete=cascade"`
	Lamp   bool
}

// Drawer refers to a key that is a relation.
type Drawer struct {
	Number int           `orm:",pk"`
	Desk   rel.Ref[Desk] `orm:",pk"`
}

type Staff struct {
	Stamped[string]
	Boss *Staff
}

// Page has a composite key whose first part is shared with a relation.
type Page struct {
	ArticleID int64 `orm:",pk"`
	Number    int   `orm:",pk"`
	Article   *Article
	Drawer    rel.Ref[Drawer]
}

// Vehicle is the root of a hierarchy with a table for each type.
type Vehicle struct {
	_     struct{} `orm:"inheritance=joined,abstract,discriminator=Sort"`
	ID    int64
	Sort  string `orm:",length=10"`
	Wheel int
}

type Car struct {
	_ struct{} `orm:"discriminatorValue=auto"`
	Vehicle
	Doors int
}

type Bike struct {
	Vehicle
	Gears int
}

// Report is a view.
type Report struct {
	_     struct{} `orm:"view=v_reports"`
	Title string
	Count int
}

func richModel(t testing.TB) *mapper.Registry {
	t.Helper()
	foreign := mapper.Define[time.Location](func(e *mapper.Builder[time.Location]) {
		e.Name("Zone")
		e.Table("zones")
		e.Field("name").PrimaryKey().Length(40)
		e.Check("named", "name <> ''")
		e.Filter(mapper.Filter{Name: "all", Default: true, Where: func(mapper.Params) any { return nil }})
	})
	desk := mapper.Define[Desk](func(e *mapper.Builder[Desk]) {
		e.Comment("furniture")
		mapper.Field(e, func(d *Desk) *bool { return &d.Lamp }).Column("light").Comment("on or off")
		e.Index(mapper.IndexDefinition{Name: "lit", Properties: []string{"lamp"}, Where: "light"})
	})
	reg, err := mapper.Build(mapper.Options{}, Article{}, Writer{}, desk, Drawer{}, Staff{}, Page{}, Car{}, Bike{}, Vehicle{}, Report{}, foreign)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func TestDumpOfARichModel(t *testing.T) {
	golden(t, "testdata/rich.txt", richModel(t).Dump())
	for range 10 {
		golden(t, "testdata/rich.txt", richModel(t).Dump())
	}
}

func TestSelectors(t *testing.T) {
	var got []string
	def := mapper.Define[Article](func(e *mapper.Builder[Article]) {
		mapper.Field(e, func(a *Article) *int64 { return &a.ID }).Comment("1")
		mapper.Field(e, func(a *Article) *Place { return &a.Home }).Prefix("h_")
		mapper.Field(e, func(a *Article) *string { return &a.Home.Street }).Comment("2")
		mapper.Field(e, func(a *Article) *float64 { return &a.Office.Geo.Lat }).Comment("3")
		mapper.Field(e, func(a *Article) *string { return &a.secret }).Column("s")
		mapper.Field(e, func(a *Article) **Writer { return &a.Writer }).OnDelete(mapper.RuleSetNull)
	})
	reg, err := mapper.Build(mapper.Options{}, def, Writer{}, Desk{}, Drawer{}, Staff{}, Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range reg.Entity("Article").Columns {
		if c.Comment != "" || c.Name == "s" {
			got = append(got, c.Name+" "+c.Comment)
		}
	}
	if want := "[id 1 s  slug in the URL h_street 2 o_geo_lat 3]"; fmt.Sprint(sorted(got)) != "[h_street 2 id 1 o_geo_lat 3 s  slug in the URL]" {
		t.Errorf("got %v, want %s", got, want)
	}
	if rule := reg.Entity("Article").Property("writer").Relation.OnDelete; rule != mapper.RuleSetNull {
		t.Errorf("rule %q", rule)
	}
}

func TestDefineMistakes(t *testing.T) {
	outside := 0
	def := mapper.Define[Desk](func(e *mapper.Builder[Desk]) {
		mapper.Field(e, func(*Desk) *int { return &outside })
		mapper.Field(e, func(*Desk) *int { panic("no") })
		e.Field("Lampe").Hidden()
		e.Field("Lamp").Type("boolean")
	})
	_, err := mapper.Build(mapper.Options{}, def, Desk{}, Writer{}, Article{}, Page{}, Staff{}, Drawer{})
	want := `mapper: 5 mistakes in the mapping
	mapper_test.Desk: is registered twice
	mapper_test.Desk.Lamp: option "type": "boolean" is none of string, text, bool, int, float, decimal, bytes, time, date, duration, uuid, ulid, objectid, json
	mapper_test.Desk: a field selector of type int does not return the address of a field of mapper_test.Desk
	mapper_test.Desk: a field selector panics: no
	mapper_test.Desk: the definition names the field Lampe, which is not there or cannot be mapped; did you mean "Lamp"?`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestKeyThatIsAReference(t *testing.T) {
	reg := richModel(t)
	w := &Writer{Base: Base{ID: 5}}
	d := &Desk{Writer: rel.To(w)}
	if key, ok := reg.Entity("Desk").KeyOf(unsafe.Pointer(d)); !ok || key != int64(5) {
		t.Errorf("KeyOf = %v, %v", key, ok)
	}
	drawer := &Drawer{Number: 2, Desk: rel.To(d)}
	want := mapper.NewTuple([]any{int64(2), int64(5)})
	if key, ok := reg.Entity("Drawer").KeyOf(unsafe.Pointer(drawer)); !ok || key != want {
		t.Errorf("KeyOf = %v, %v", key, ok)
	}
	w.ID = 0
	if key, ok := reg.Entity("Drawer").KeyOf(unsafe.Pointer(drawer)); ok {
		t.Errorf("KeyOf = %v", key)
	}
	for _, key := range []any{[]any{2, 5}, map[string]any{"number": 2, "desk": 5}, map[string]any{"Number": 2, "Desk": rel.ToKey[Desk](5)}} {
		if got, err := reg.Entity("Drawer").KeyFrom(key); err != nil || got != want {
			t.Errorf("KeyFrom(%v) = %v, %v", key, got, err)
		}
	}
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
