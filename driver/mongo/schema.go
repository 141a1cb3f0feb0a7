package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/docrules"
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

// validate gives the collection of an entity the validator that all entities in it
// ask for. One that a person has set stays where the mapping asks for none.
func (e *engine) validate(ctx context.Context, database string, reg *mapper.Registry, entity *mapper.Entity) error {
	collection := weftmongo.Collection(entity)
	var together []*mapper.Entity
	for _, other := range reg.Entities() {
		if !isView(other) && weftmongo.Collection(other) == collection && other.Root().Table.Schema == entity.Root().Table.Schema {
			together = append(together, other)
		}
	}
	if together[0] != entity {
		return nil // done with the first of them
	}
	validator, err := weftmongo.Validator(together)
	if err != nil {
		return refused(driver.ErrUnsupported, err)
	}
	if validator == nil {
		return nil
	}
	db := e.collection(database, collection).Database()
	same, err := hasValidator(ctx, db, collection, validator)
	if same || err != nil {
		return err
	}
	if err := obeyed(ctx, db, collection, validator); err != nil {
		return err
	}
	command := bson.D{{Key: "collMod", Value: collection}, {Key: "validator", Value: validator}}
	if err := db.RunCommand(ctx, command).Err(); err != nil {
		return failure(ctx, err)
	}
	return nil
}

// hasValidator reports a collection that has this validator already.
func hasValidator(ctx context.Context, db *mongo.Database, collection string, validator bson.D) (bool, error) {
	specs, err := db.ListCollectionSpecifications(ctx, bson.D{{Key: "name", Value: collection}})
	if err != nil || len(specs) == 0 {
		return false, failureOrNil(ctx, err)
	}
	have, there := specs[0].Options.Lookup("validator").DocumentOK()
	if !there {
		return false, nil
	}
	old, err := bson.MarshalExtJSON(have, false, false)
	if err != nil {
		return false, failure(ctx, err)
	}
	want, err := text(validator)
	return string(old) == want, err
}

// obeyed refuses a validator that documents which are there break: they would stay, and be
// refused when they are next changed.
func obeyed(ctx context.Context, db *mongo.Database, collection string, validator bson.D) error {
	asked, err := text(validator)
	if err != nil {
		return err
	}
	rules := docrules.Read([]byte(asked))
	var query bson.D
	if err := bson.UnmarshalExtJSON([]byte(rules.Query(collection)), false, &query); err != nil {
		return refused(driver.ErrUnsupported, err)
	}
	raw, err := db.RunCommand(ctx, query).Raw()
	if err != nil {
		return failure(ctx, err)
	}
	reply, err := bson.MarshalExtJSON(raw, false, false)
	if err != nil {
		return failure(ctx, err)
	}
	broken, err := docrules.Count(rules.Fields(), string(reply))
	if err != nil || len(broken) == 0 {
		return failureOrNil(ctx, err)
	}
	e := &driver.Error{Class: driver.ErrCheckViolation, Engine: caps.Name, Table: collection, Op: -1, Row: -1}
	var list []string
	for _, b := range broken {
		place := collection
		if b.Field != "" {
			place += "." + b.Field
			e.Columns = append(e.Columns, b.Field)
		}
		list = append(list, fmt.Sprintf("%s: %s", place, some(b.Documents)))
	}
	e.Err = fmt.Errorf("the collection keeps its validator, since documents break the new one (%s); mend them, or let a migration change it", strings.Join(list, ", "))
	return e
}

func some(n int64) string {
	if n == 1 {
		return "1 document"
	}
	return fmt.Sprintf("%d documents", n)
}

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
