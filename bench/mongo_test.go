package bench

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	client "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

type (
	// reader is a document of ten fields.
	reader struct {
		ID     int64     `bson:"_id"`
		Name   string    `bson:"name"`
		Email  string    `bson:"email"`
		Age    int       `bson:"age"`
		Score  float64   `bson:"score"`
		Active bool      `bson:"active"`
		Note   *string   `bson:"note"`
		Joined time.Time `bson:"joined"`
		City   string    `bson:"city"`
		Visits int64     `bson:"visits"`
	}
	writer struct {
		ID    int64
		Name  string
		Works rel.Collection[work] `orm:",mappedBy=Writer"`
	}
	work struct {
		ID     int64
		Title  string
		Writer rel.Ref[writer] `orm:",required"`
	}
	rawWriter struct {
		ID    int64  `bson:"_id"`
		Name  string `bson:"name"`
		Works []*rawWork
	}
	rawWork struct {
		ID     int64  `bson:"_id"`
		Title  string `bson:"title"`
		Writer int64  `bson:"writer"`
	}
)

const (
	documents = 10_000
	written   = 1_000
	writers   = 200
	works     = 20
)

// mongoSides are the two ways to one database.
type mongoSides struct {
	ctx  context.Context
	weft *orm.DB
	raw  *client.Database
	next int64
}

func openMongo(b *testing.B) *mongoSides {
	b.Helper()
	uri, name := testdb.Mongo(b)
	db, err := orm.Open(b.Context(), mongo.URI(uri, name), orm.Entities(reader{}, writer{}, work{}), orm.Naming(naming.Mongo{}))
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	must(b, schema.Create(b.Context(), db))
	raw, err := orm.NativeClient[*client.Database](db.Fork())
	must(b, err)
	s := &mongoSides{b.Context(), db, raw, 1_000_000}
	_, err = raw.Collection("readers").InsertMany(s.ctx, s.readers(documents, 1))
	must(b, err)
	var owners, owned []any
	for i := range int64(writers) {
		owners = append(owners, bson.D{{Key: "_id", Value: i + 1}, {Key: "name", Value: fmt.Sprint("writer ", i)}})
		for j := range int64(works) {
			owned = append(owned, bson.D{{Key: "_id", Value: i*works + j + 1}, {Key: "title", Value: fmt.Sprint("work ", j)}, {Key: "writer", Value: i + 1}})
		}
	}
	_, err = raw.Collection("writers").InsertMany(s.ctx, owners)
	must(b, err)
	_, err = raw.Collection("works").InsertMany(s.ctx, owned)
	must(b, err)
	return s
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// readers makes documents with keys of their own.
func (s *mongoSides) readers(n int, from int64) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = newReader(from + int64(i))
	}
	return list
}

func newReader(id int64) *reader {
	return &reader{ID: id, Name: fmt.Sprint("name ", id), Email: fmt.Sprint("mail", id, "@example.org"), Age: int(id % 90), Score: float64(id) / 3, Active: id%2 == 0,
		Joined: time.UnixMilli(1_700_000_000_000 + id).UTC(), City: "Oslo", Visits: id}
}

// keys takes keys that no document has.
func (s *mongoSides) keys(n int) int64 {
	s.next += int64(n)
	return s.next
}

// within runs raw work in a transaction, as a flush does.
func (s *mongoSides) within(fn func(context.Context) error) error {
	session, err := s.raw.Client().StartSession()
	if err != nil {
		return err
	}
	defer session.EndSession(s.ctx)
	_, err = session.WithTransaction(s.ctx, func(ctx context.Context) (any, error) { return nil, fn(ctx) })
	return err
}

// versus is contest with the processor time of this process beside the time on the
// clock, most of which passes in the server.
func versus(b *testing.B, raw, weft contestant) {
	b.Helper()
	var spent [2][]float64
	metered := func(i int, c contestant) contestant {
		return contestant{c.name, func() error {
			before := processor(b)
			err := c.run()
			spent[i] = append(spent[i], float64(processor(b)-before))
			return err
		}}
	}
	contest(b, 1, metered(0, raw), metered(1, weft))
	b.ReportMetric(median(spent[1])/median(spent[0]), "cpu-weft/raw")
}

func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkMongo measures weft beside the client it uses. Raw code reads into structs by
// the client's own codecs, and writes in a transaction, as a flush does.
func BenchmarkMongo(b *testing.B) {
	s := openMongo(b)
	b.Run("find 10,000", func(b *testing.B) { versus(b, contestant{"raw", s.rawFind}, contestant{"weft", s.find()}) })
	b.Run("find 10,000, read-only", func(b *testing.B) {
		versus(b, contestant{"raw", s.rawFind}, contestant{"weft", s.find(orm.ReadOnly())})
	})
	b.Run("by key", func(b *testing.B) { versus(b, contestant{"raw", s.rawByKey}, contestant{"weft", s.byKey}) })
	b.Run("insert 1,000", func(b *testing.B) { versus(b, contestant{"raw", s.rawInsert}, contestant{"weft", s.insert}) })
	b.Run("update 1,000", func(b *testing.B) { versus(b, contestant{"raw", s.rawUpdate}, contestant{"weft", s.update}) })
	b.Run("populate 200 x 20", func(b *testing.B) { versus(b, contestant{"raw", s.rawPopulate}, contestant{"weft", s.populate}) })
	b.Run("find and count", func(b *testing.B) {
		contest(b, 1, contestant{"two", s.countApart}, contestant{"facet", s.countByFacet})
	})
}

func (s *mongoSides) rawFind() error {
	cursor, err := s.raw.Collection("readers").Find(s.ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$lte", Value: documents}}}})
	if err != nil {
		return err
	}
	var list []*reader
	err = cursor.All(s.ctx, &list)
	return counted(len(list), documents, err)
}

func counted(n, want int, err error) error {
	if err == nil && n != want {
		return fmt.Errorf("found %d of %d", n, want)
	}
	return err
}

func (s *mongoSides) find(opts ...orm.FindOption) func() error {
	return func() error {
		list, err := orm.Find[reader](s.ctx, s.weft.Fork(), orm.M{"id <=": documents}, opts...)
		return counted(len(list), documents, err)
	}
}

func (s *mongoSides) rawByKey() error {
	for id := range int64(100) {
		var r reader
		if err := s.raw.Collection("readers").FindOne(s.ctx, bson.D{{Key: "_id", Value: id + 1}}).Decode(&r); err != nil {
			return err
		}
	}
	return nil
}

func (s *mongoSides) byKey() error {
	em := s.weft.Fork()
	for id := range int64(100) {
		if _, err := orm.FindOneOrFail[reader](s.ctx, em, id+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *mongoSides) rawInsert() error {
	list := s.readers(written, s.keys(written))
	return s.within(func(ctx context.Context) error {
		_, err := s.raw.Collection("readers").InsertMany(ctx, list)
		return err
	})
}

func (s *mongoSides) insert() error {
	em := s.weft.Fork()
	for _, r := range s.readers(written, s.keys(written)) {
		em.Persist(r)
	}
	return em.Flush(s.ctx)
}

func (s *mongoSides) rawUpdate() error {
	at := s.keys(1)
	cursor, err := s.raw.Collection("readers").Find(s.ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$lte", Value: written}}}})
	if err != nil {
		return err
	}
	var list []*reader
	if err := cursor.All(s.ctx, &list); err != nil {
		return err
	}
	models := make([]client.WriteModel, len(list))
	for i, r := range list {
		models[i] = client.NewUpdateOneModel().SetFilter(bson.D{{Key: "_id", Value: r.ID}}).SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "visits", Value: at + r.ID}}}})
	}
	return s.within(func(ctx context.Context) error {
		_, err := s.raw.Collection("readers").BulkWrite(ctx, models)
		return err
	})
}

func (s *mongoSides) update() error {
	at := s.keys(1)
	em := s.weft.Fork()
	list, err := orm.Find[reader](s.ctx, em, orm.M{"id <=": written})
	if err != nil {
		return err
	}
	for _, r := range list {
		r.Visits = at + r.ID
	}
	return em.Flush(s.ctx)
}

func (s *mongoSides) rawPopulate() error {
	cursor, err := s.raw.Collection("writers").Find(s.ctx, bson.D{})
	if err != nil {
		return err
	}
	var owners []*rawWriter
	if err := cursor.All(s.ctx, &owners); err != nil {
		return err
	}
	keys, of := make(bson.A, len(owners)), make(map[int64]*rawWriter, len(owners))
	for i, o := range owners {
		keys[i], of[o.ID] = o.ID, o
	}
	cursor, err = s.raw.Collection("works").Find(s.ctx, bson.D{{Key: "writer", Value: bson.D{{Key: "$in", Value: keys}}}}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return err
	}
	var owned []*rawWork
	err = cursor.All(s.ctx, &owned)
	for _, w := range owned {
		of[w.Writer].Works = append(of[w.Writer].Works, w)
	}
	return counted(len(owned), writers*works, err)
}

func (s *mongoSides) populate() error {
	list, err := orm.Find[writer](s.ctx, s.weft.Fork(), nil, orm.Populate("works"))
	n := 0
	for _, w := range list {
		n += w.Works.Len()
	}
	return counted(n, writers*works, err)
}

// page is a condition that half of the documents hold, and the page of it that is read.
var page = bson.D{{Key: "active", Value: true}, {Key: "_id", Value: bson.D{{Key: "$lte", Value: documents}}}}

func (s *mongoSides) countApart() error {
	c := s.raw.Collection("readers")
	n, err := c.CountDocuments(s.ctx, page)
	if err != nil {
		return err
	}
	cursor, err := c.Find(s.ctx, page, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(20))
	if err != nil {
		return err
	}
	var list []*reader
	err = cursor.All(s.ctx, &list)
	return counted(int(n), documents/2, err)
}

func (s *mongoSides) countByFacet() error {
	cursor, err := s.raw.Collection("readers").Aggregate(s.ctx, bson.A{
		bson.D{{Key: "$match", Value: page}},
		bson.D{{Key: "$facet", Value: bson.D{
			{Key: "n", Value: bson.A{bson.D{{Key: "$count", Value: "n"}}}},
			{Key: "page", Value: bson.A{bson.D{{Key: "$sort", Value: bson.D{{Key: "_id", Value: 1}}}}, bson.D{{Key: "$limit", Value: 20}}}},
		}}},
	})
	if err != nil {
		return err
	}
	var found []struct {
		N    []struct{ N int }
		Page []*reader
	}
	if err := cursor.All(s.ctx, &found); err != nil {
		return err
	}
	return counted(found[0].N[0].N, documents/2, nil)
}
