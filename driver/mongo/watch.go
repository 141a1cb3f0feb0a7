package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// Watch implements driver.Watcher by a change stream, which the client opens again by
// itself when its server is lost.
func (e *engine) Watch(ctx context.Context, w driver.Watched) (driver.Changes, error) {
	if !e.caps.Transactions {
		return nil, refused(driver.ErrUnsupported, errors.New("change streams need a replica set or a sharded cluster"))
	}
	o := options.ChangeStream()
	if w.After != "" {
		o.SetResumeAfter(bson.D{{Key: "_data", Value: w.After}})
	}
	database := weftmongo.DatabaseName(w.Entity.Root().Table.Schema, w.Schema)
	stream, err := e.wished(ctx, database, weftmongo.Collection(w.Entity)).Watch(ctx, bson.A{}, o)
	if err != nil {
		return nil, failure(ctx, err).At("watch", -1, -1)
	}
	return &changes{stream: stream, entity: w.Entity}, nil
}

// changes implements driver.Changes.
type changes struct {
	stream *mongo.ChangeStream
	entity *mapper.Entity
}

// kinds are the kinds of changes by the server's words.
var kinds = map[string]string{"insert": "create", "update": "update", "replace": "update", "delete": "delete"}

// Next implements driver.Changes.
func (c *changes) Next(ctx context.Context) (*driver.StoredChange, error) {
	if c.stream.Next(ctx) {
		var event struct {
			ID struct {
				Data string `bson:"_data"`
			} `bson:"_id"`
			Kind   string         `bson:"operationType"`
			At     bson.Timestamp `bson:"clusterTime"`
			Key    bson.Raw       `bson:"documentKey"`
			Change struct {
				Updated   bson.Raw `bson:"updatedFields"`
				Removed   []string `bson:"removedFields"`
				Truncated []struct {
					Field string `bson:"field"`
				} `bson:"truncatedArrays"`
			} `bson:"updateDescription"`
		}
		if err := c.stream.Decode(&event); err != nil {
			return nil, failure(ctx, err).At("watch", -1, -1)
		}
		kind, row := kinds[event.Kind]
		if !row {
			return nil, refused(driver.ErrUndefined, fmt.Errorf("the collection is gone (%s)", event.Kind))
		}
		fields := event.Change.Removed
		if elements, err := event.Change.Updated.Elements(); err == nil {
			for _, e := range elements {
				fields = append(fields, e.Key())
			}
		}
		for _, t := range event.Change.Truncated {
			fields = append(fields, t.Field)
		}
		key, err := weftmongo.DecodeKey(event.Key.Lookup("_id"), c.entity)
		return &driver.StoredChange{
			Kind: kind, Key: key, Properties: weftmongo.PropertiesAt(c.entity, fields), Token: event.ID.Data, At: time.Unix(int64(event.At.T), 0).UTC(),
		}, err
	}
	err := c.stream.Err()
	if err == nil {
		err = errors.New("the change stream has ended")
	}
	return nil, failure(ctx, err).At("watch", -1, -1)
}

// Close implements driver.Changes.
func (c *changes) Close() error { return c.stream.Close(context.Background()) }
