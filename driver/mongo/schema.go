package mongo

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// namespaceExists is the code of a collection that is there already.
const namespaceExists = 48

// EnsureSchema implements driver.SchemaEnsurer.
func (e *engine) EnsureSchema(ctx context.Context, reg *mapper.Registry, wildcard string) error {
	counted := map[string]bool{}
	for _, entity := range reg.Entities() {
		if isView(entity) {
			continue
		}
		indexes, err := weftmongo.Indexes(entity)
		if err != nil {
			return refused(driver.ErrUnsupported, err)
		}
		database := weftmongo.DatabaseName(entity.Root().Table.Schema, wildcard)
		if !counted[database] {
			counted[database] = true
			if err := e.create(ctx, database, counters); err != nil {
				return err
			}
		}
		if err := e.create(ctx, database, weftmongo.Collection(entity)); err != nil {
			return err
		}
		if err := e.validate(ctx, database, reg, entity); err != nil {
			return err
		}
		if err := e.createIndexes(ctx, e.collection(database, weftmongo.Collection(entity)), indexes); err != nil {
			return failure(ctx, err)
		}
		if err := e.seed(ctx, database, entity); err != nil {
			return failure(ctx, err)
		}
	}
	return nil
}

// isView reports an entity that is only read: what it is read from is somebody else's.
func isView(e *mapper.Entity) bool { return e.ReadOnly || e.Query != "" || e.Table == nil }

// failureOrNil is failure of an error that may be nil.
func failureOrNil(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return failure(ctx, err)
}

func (e *engine) create(ctx context.Context, database, collection string) error {
	err := e.collection(database, collection).Database().CreateCollection(ctx, collection)
	var command mongo.CommandError
	if err == nil || errors.As(err, &command) && command.Code == namespaceExists {
		return nil
	}
	return failure(ctx, err)
}

func (e *engine) createIndexes(ctx context.Context, collection *mongo.Collection, indexes []weftmongo.Index) error {
	if len(indexes) == 0 {
		return nil
	}
	specs := make(bson.A, len(indexes))
	for i, index := range indexes {
		specs[i] = index.Spec()
	}
	command := bson.D{{Key: "createIndexes", Value: collection.Name()}, {Key: "indexes", Value: specs}}
	return collection.Database().RunCommand(ctx, command).Err()
}

// seed raises the counter of an auto-increment key to the greatest key there is.
func (e *engine) seed(ctx context.Context, database string, entity *mapper.Entity) error {
	if len(entity.KeyColumns) != 1 || !entity.KeyColumns[0].AutoIncrement {
		return nil
	}
	var last struct {
		ID int64 `bson:"_id"`
	}
	greatest := options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}}).SetProjection(bson.D{{Key: "_id", Value: 1}})
	err := e.collection(database, weftmongo.Collection(entity)).FindOne(ctx, bson.D{}, greatest).Decode(&last)
	if err != nil {
		if errors.Is(err, mongo.ErrNoDocuments) {
			return nil
		}
		return err
	}
	return e.raise(ctx, database, weftmongo.Collection(entity), last.ID)
}

// DropSchema implements driver.SchemaEnsurer.
func (e *engine) DropSchema(ctx context.Context, reg *mapper.Registry, wildcard string) error {
	var databases []string
	for _, entity := range reg.Entities() {
		if isView(entity) {
			continue
		}
		database := weftmongo.DatabaseName(entity.Root().Table.Schema, wildcard)
		if !slices.Contains(databases, database) {
			databases = append(databases, database)
		}
		if err := e.collection(database, weftmongo.Collection(entity)).Drop(ctx); err != nil {
			return failure(ctx, err)
		}
		if _, err := e.collection(database, counters).DeleteOne(ctx, bson.D{{Key: "_id", Value: weftmongo.Collection(entity)}}); err != nil {
			return failure(ctx, err)
		}
	}
	for _, database := range databases {
		if err := e.dropUnused(ctx, database); err != nil {
			return failure(ctx, err)
		}
	}
	return nil
}

// dropUnused drops the counters of a database when no collection has one any more.
func (e *engine) dropUnused(ctx context.Context, database string) error {
	numbers := e.collection(database, counters)
	n, err := numbers.CountDocuments(ctx, bson.D{})
	if err == nil && n == 0 {
		err = numbers.Drop(ctx)
	}
	return err
}
