package entities_test

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/internal/testdb"
)

// TestMongo writes entities for documents with one of everything, and reads them through these.
func TestMongo(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	uri, name := testdb.Mongo(t)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(t.Context())
	ctx, db := t.Context(), client.Database(name)
	ann, bob, fun := bson.NewObjectID(), bson.NewObjectID(), bson.NewObjectID()
	insert := func(collection string, docs ...any) {
		if _, err := db.Collection(collection).InsertMany(ctx, docs); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	insert("authors",
		bson.D{{Key: "_id", Value: ann}, {Key: "name", Value: "Ann"}, {Key: "age", Value: int32(40)}, {Key: "home", Value: bson.D{{Key: "city", Value: "Oslo"}, {Key: "zip", Value: int32(1)}}}},
		bson.D{{Key: "_id", Value: bob}, {Key: "name", Value: "Bob"}, {Key: "age", Value: int64(1) << 40}, {Key: "odd", Value: "x"}})
	insert("tags", bson.D{{Key: "_id", Value: fun}, {Key: "name", Value: "fun"}})
	insert("blog-posts",
		bson.D{{Key: "_id", Value: bson.NewObjectID()}, {Key: "title", Value: "One"}, {Key: "author", Value: ann}, {Key: "tags", Value: bson.A{fun}},
			{Key: "createdAt", Value: at}, {Key: "scores", Value: bson.A{int32(1), int32(2)}}, {Key: "rate", Value: 1.5}, {Key: "open", Value: true},
			{Key: "parts", Value: bson.A{bson.D{{Key: "heading", Value: "A"}, {Key: "size", Value: int32(3)}}}}, {Key: "mixed", Value: 1}},
		bson.D{{Key: "_id", Value: bson.NewObjectID()}, {Key: "title", Value: "Two"}, {Key: "author", Value: bob}, {Key: "tags", Value: bson.A{}},
			{Key: "createdAt", Value: at}, {Key: "scores", Value: bson.A{}}, {Key: "rate", Value: 2.5}, {Key: "open", Value: false}, {Key: "parts", Value: bson.A{}}, {Key: "mixed", Value: "text"}})
	_, err = db.Collection("authors").Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "name", Value: 1}}, Options: options.Index().SetUnique(true).SetName("one_name")})
	if err != nil {
		t.Fatal(err)
	}

	found, err := entities.InspectMongo(ctx, uri, name, entities.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := newBatch(t)
	var names []string
	for _, style := range []string{"tags", "define"} {
		pkg := "mongo_" + style
		result, err := entities.Generate(found, entities.Options{Style: style, Package: pkg}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range result.Files {
			b.write(t, pkg+"/"+f.Name, f.Source)
		}
		golden.Check(t, "features/"+pkg+".txt", sources(result))
		names = result.Entities
	}
	b.programs = []*program{{"mongo", uri + " " + name, names, nil}}
	b.read(func(t *testing.T, _ *program, printed string) { golden.Check(t, "features/mongo_read.txt", printed) })
}
