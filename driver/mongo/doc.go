// Package mongo is the driver for MongoDB 5.0 and later, on
// go.mongodb.org/mongo-driver/v2.
//
//	db, err := orm.Open(ctx, mongo.URI("mongodb://localhost:27017", "library"), ...)
//
// A model that is shared with MongoDB is mapped with naming.Mongo and times of 3
// fractional digits. How entities become documents is described in qb/mongo.
//
// Sessions are transactions where the deployment has them (replica sets and
// sharded clusters), with snapshot reads and majority writes, and without
// savepoints: any error dooms the transaction. On a standalone server writes
// are ordered, stay when a later one fails, and the account of the error tells
// which do. Concerns and read preferences come from options or from the context,
// and a causal context orders what is sent on it.
//
// Auto-increment keys are taken from the collection weft_counters, one document
// for each collection, outside of any transaction: numbers are never given out
// twice, and gaps are normal. [driver.SchemaEnsurer] raises the counters to the
// greatest key there is; documents inserted with a number of their own do not.
package mongo
