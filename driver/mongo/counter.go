package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// counters is the collection of the auto-increment counters: for each collection
// the greatest number given out.
const counters = "weft_counters"

// take reserves n numbers for a collection and returns the first. It runs
// outside of transactions, which would otherwise conflict with each other.
func (e *engine) take(ctx context.Context, database, collection string, n int) (int64, error) {
	numbers := e.collection(database, counters)
	filter := bson.D{{Key: "_id", Value: collection}}
	update := bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: int64(n)}}}}
	opts := options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)
	var counter struct {
		N int64 `bson:"n"`
	}
	err := numbers.FindOneAndUpdate(ctx, filter, update, opts).Decode(&counter)
	if mongo.IsDuplicateKeyError(err) {
		// Two first takers at once: the counter is there now.
		err = numbers.FindOneAndUpdate(ctx, filter, update, opts).Decode(&counter)
	}
	return counter.N - int64(n) + 1, err
}

// raise makes a counter at least n.
func (e *engine) raise(ctx context.Context, database, collection string, n int64) error {
	_, err := e.collection(database, counters).UpdateOne(ctx,
		bson.D{{Key: "_id", Value: collection}},
		bson.D{{Key: "$max", Value: bson.D{{Key: "n", Value: n}}}},
		options.UpdateOne().SetUpsert(true))
	return err
}
