package mongo_test

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

// Person is a document of the collection "people".
type Person struct {
	ID      int64
	Name    string
	Address Address               `orm:",json"` // a sub-document
	Phones  []Phone               `orm:",json"` // an array of sub-documents
	Labels  []string              // an array
	Orders  rel.Collection[Order] `orm:",mappedBy=Buyer"`
}

type Address struct {
	City string `json:"city"`
	Geo  *Geo   `json:"geo"`
}

type Geo struct{ Lat, Lon float64 }

type Phone struct {
	Kind   string `json:"kind"`
	Number string `json:"number"`
}

// Order refers to its buyer and holds the keys of products.
type Order struct {
	ID       int64
	Buyer    rel.Ref[Person] `orm:",required"`
	Total    string          `orm:",type=decimal,precision=12,scale=2"` // a Decimal128
	Products rel.Collection[Product]
	Lines    rel.Collection[Line] `orm:",mappedBy=Order"`
}

// Line has a composite key, part of which is a reference.
type Line struct {
	Order    rel.Ref[Order] `orm:",pk"`
	Position int            `orm:",pk"`
	Text     string
}

type Product struct {
	ID   int64
	Name string
}

// Invoice refers to its customer and its articles by DBRef.
type Invoice struct {
	ID       int64
	Customer rel.Ref[Person]         `orm:",dbref,required"`
	Articles rel.Collection[Product] `orm:",dbref"`
}

var sessions = mapper.Define(func(e *mapper.Builder[Session]) {
	e.Index(mapper.IndexDefinition{Properties: []string{"city"}, Unique: true, Document: mapper.DocumentIndex{
		Filter: map[string]any{"state": "open"},
	}})
	e.Index(mapper.IndexDefinition{Properties: []string{"data"}, Document: mapper.DocumentIndex{Wildcard: true}})
	e.Index(mapper.IndexDefinition{Properties: []string{"state", "city"}, Document: mapper.DocumentIndex{Locale: "de", Strength: 1}})
})

// Session goes a day after it was last seen.
type Session struct {
	ID    int64
	State string
	City  string
	Seen  time.Time       `orm:",expires=24h"`
	Place json.RawMessage `orm:",geo"` // GeoJSON
	Data  map[string]any
}

// TestPage runs the examples of docs/mongodb.md.
func TestPage(t *testing.T) {
	uri, name := testdb.Mongo(t)
	if os.Getenv("WEFT_MONGO") == "" { // it drops the database it names
		ok(t, opening(t.Context(), uri))
	}
	_ = connecting(uri)
	db, err := orm.Open(t.Context(), mongo.URI(uri, name), orm.Entities(Person{}, Order{}, Line{}, Product{}), orm.Naming(naming.Mongo{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	ok(t, schema.Create(t.Context(), db))
	ok(t, placing(t.Context(), open(t, sessions, Stop{}).Fork()))
	invoices := open(t, Invoice{}, Person{}, Order{}, Line{}, Product{}).Fork()
	invoices.Persist(&Invoice{Customer: rel.To(&Person{Name: "bob"})})
	ok(t, invoices.Flush(t.Context()))
	em := db.Fork()
	ann := &Person{Name: "ann", Address: Address{City: "Oslo"}, Labels: []string{"reader", "guest"}}
	order := &Order{Buyer: rel.To(ann), Total: "12.50"}
	order.Products.Add(&Product{Name: "book"})
	order.Lines.Add(&Line{Position: 1, Text: "first"})
	em.Persist(ann, order)
	ok(t, em.Flush(t.Context()))
	ok(t, changing(t.Context(), em))
	ok(t, failing(t.Context(), em))
	ok(t, reading(t.Context(), db, em, ann))
	ok(t, grouping(t.Context(), em))
	over, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	is(t, watching(over, em, ""), orm.ErrCanceled)
	where, err := orm.Count[Person](t.Context(), em, orm.M{"address.geo.Lat >": 59})
	if err != nil || where != 0 {
		t.Errorf("%d, %v", where, err)
	}
	got, err := orm.FindOneOrFail[Order](t.Context(), db.Fork(), int64(1), orm.Populate("lines", "products", "buyer"))
	ok(t, err)
	if got.Total != "12.50" || got.Buyer.Get().Address.City != "Bergen" || len(got.Buyer.Get().Phones) != 1 || got.Lines.Items()[0].Text != "first" {
		t.Errorf("order %+v", got)
	}
}

func opening(ctx context.Context, uri string) error {
	db, err := orm.Open(ctx, mongo.URI(uri, "library"), orm.Entities(Person{}, Order{}, Line{}, Product{}), orm.Naming(naming.Mongo{}))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		return err
	}
	return schema.Drop(ctx, db)
}

func changing(ctx context.Context, em *orm.EntityManager) error {
	person, err := orm.FindOneOrFail[Person](ctx, em, 1)
	if err != nil {
		return err
	}
	person.Address.City = "Bergen"                                      // $set address.city
	person.Phones = append(person.Phones, Phone{"home", "55 12 34 56"}) // $push phones
	person.Labels = []string{"reader"}                                  // $pullAll of what is gone
	return em.Flush(ctx)
}

func failing(ctx context.Context, em *orm.EntityManager) error {
	err := em.Flush(ctx)
	if partial, ok := errors.AsType[*orm.PartialFlushError](err); ok {
		for _, row := range partial.Written {
			log.Printf("stays: %s of %s %v", row.Action, row.Entity, row.Key)
		}
		for _, row := range partial.Unsure {
			log.Printf("may have been written: %s", row)
		}
	}
	return err
}

func watching(ctx context.Context, em *orm.EntityManager, seen string) error {
	for event, err := range orm.Watch[Person](ctx, em, orm.WatchAfter(seen), orm.WatchFind(orm.Populate("orders"))) {
		if err != nil {
			return err
		}
		log.Printf("%s of person %v: %v", event.Kind, event.Key, event.Properties)
		seen = event.Token
	}
	return nil
}

func connecting(uri string) driver.Connector {
	connector := mongo.URI(uri, "library",
		mongo.ReadPreference(readpref.SecondaryPreferred()),
		mongo.ReadConcern(readconcern.Majority()),
		mongo.WriteConcern(writeconcern.Majority()))
	return connector
}

func reading(ctx context.Context, db *orm.DB, em *orm.EntityManager, person *Person) error {
	people, err := orm.Find[Person](mongo.WithReadPreference(ctx, readpref.Nearest()), em, nil)
	if err != nil || len(people) != 1 {
		return errors.Join(err, errors.New("there is one person"))
	}
	ctx = mongo.Causal(ctx)
	person.Name = "Ann"
	if err := em.Flush(ctx); err != nil {
		return err
	}
	found, err := orm.Find[Person](mongo.WithReadPreference(ctx, readpref.SecondaryPreferred()), db.Fork(), orm.M{"name": "Ann"})
	if err == nil && len(found) != 1 {
		err = errors.New("what was written is not found")
	}
	return err
}

func grouping(ctx context.Context, em *orm.EntityManager) error {
	perCity, err := orm.Aggregate[Person, struct {
		City string `orm:"_id"`
		N    int
	}](ctx, em, []orm.M{
		{"$group": orm.M{"_id": "$address.city", "n": orm.M{"$sum": 1}}},
		{"$sort": orm.M{"_id": 1}},
	})
	if err == nil && (len(perCity) != 1 || perCity[0].City != "Bergen") {
		err = errors.New("one city")
	}
	return err
}

// Stop is where buses stop.
type Stop struct {
	ID    int64
	Name  string
	Place json.RawMessage `orm:",geo"`
}

// placing runs the block about places.
func placing(ctx context.Context, em *orm.EntityManager) error {
	near, err := orm.Find[Stop](ctx, em, conditions.Near("place", 10.75, 59.91, 500)) // the nearest first
	if err != nil {
		return err
	}
	inside, err := orm.Find[Stop](ctx, em, orm.M{"place:geoWithin": conditions.GeoCircle(10.75, 59.91, 500), "name:like": "North%"})
	log.Print(len(near), len(inside))
	return err
}
