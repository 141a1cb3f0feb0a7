package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/driver"
)

// A refusal is what the server says of a document that its collection's validator refuses.
type refusal struct {
	Info struct {
		Details explained `bson:"details"`
	} `bson:"errInfo"`
}

// explained are the rules of a $jsonSchema that a document breaks, or the clauses of a
// validator that holds other conditions beside it.
type explained struct {
	Rules   []brokenRule `bson:"schemaRulesNotSatisfied"`
	Clauses []struct {
		Details explained `bson:"details"`
	} `bson:"clausesNotSatisfied"`
}

// all are the rules, those of clauses too.
func (e *explained) all() []brokenRule {
	rules := e.Rules
	for i := range e.Clauses {
		rules = append(rules, e.Clauses[i].Details.all()...)
	}
	return rules
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
func invalid(raw bson.Raw) (class error, fields []string) {
	var r refusal
	if bson.Unmarshal(raw, &r) != nil {
		return driver.ErrCheckViolation, nil
	}
	var null, long, other []string
	for _, rule := range r.Info.Details.all() {
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
		return driver.ErrNotNullViolation, null
	case long != nil:
		return driver.ErrOutOfRange, long
	}
	return driver.ErrCheckViolation, other
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
