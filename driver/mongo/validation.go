package mongo

import (
	"context"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/docrules"
	"github.com/weft-orm/weft/mapper"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// A refusal is what the server says of a document that its collection's validator refuses.
type refusal struct {
	Info struct {
		Details clause `bson:"details"`
	} `bson:"errInfo"`
}

// A clause is what of a validator was broken: rules of a schema, or clauses of an $and, which
// is what a schema with checks beside it is.
type clause struct {
	Rules   []brokenRule `bson:"schemaRulesNotSatisfied"`
	Clauses []struct {
		Details clause `bson:"details"`
	} `bson:"clausesNotSatisfied"`
}

// rules are those of all clauses.
func (c *clause) rules() []brokenRule {
	all := c.Rules
	for i := range c.Clauses {
		all = append(all, c.Clauses[i].Details.rules()...)
	}
	return all
}

type brokenRule struct {
	Operator   string           `bson:"operatorName"`
	Missing    []string         `bson:"missingProperties"`
	Properties []brokenProperty `bson:"propertiesNotSatisfied"`
}

type brokenProperty struct {
	Name    string `bson:"propertyName"`
	Details []struct {
		Operator string `bson:"operatorName"`
		Type     string `bson:"consideredType"`
	} `bson:"details"`
}

// invalid classifies a refusal as other engines do what the mapping says, and names the
// fields: one that is missing or null, one that is too long, and then all others.
func invalid(raw bson.Raw) (fields []string, class error) {
	var r refusal
	if bson.Unmarshal(raw, &r) != nil {
		return nil, driver.ErrCheckViolation
	}
	var null, long, other []string
	for _, rule := range r.Info.Details.rules() {
		null = append(null, rule.Missing...)
		for _, p := range rule.Properties {
			switch {
			case p.broke("bsonType", "null"):
				null = append(null, p.Name)
			case p.broke("maxLength", "string"):
				long = append(long, p.Name)
			default:
				other = append(other, p.Name)
			}
		}
	}
	switch {
	case null != nil:
		return null, driver.ErrNotNullViolation
	case long != nil:
		return long, driver.ErrOutOfRange
	}
	return other, driver.ErrCheckViolation
}

// broke reports that a value of a type broke a rule.
func (p *brokenProperty) broke(operator, kind string) bool {
	for _, d := range p.Details {
		if d.Operator == operator && d.Type == kind {
			return true
		}
	}
	return false
}

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
