package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/driver"
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
