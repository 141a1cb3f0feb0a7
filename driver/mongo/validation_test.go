package mongo

import (
	"slices"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/driver"
)

// TestInvalid reads what MongoDB 5.0 and later say of documents that they refuse.
func TestInvalid(t *testing.T) {
	for _, c := range []struct {
		details string
		class   error
		fields  []string
	}{
		{`{"operatorName": "$jsonSchema", "schemaRulesNotSatisfied": [{"operatorName": "required", "specifiedAs": {"required": ["name"]}, "missingProperties": ["name"]}]}`,
			driver.ErrNotNullViolation, []string{"name"}},
		{`{"operatorName": "$jsonSchema", "schemaRulesNotSatisfied": [{"operatorName": "properties", "propertiesNotSatisfied": [{"propertyName": "age", "details": [
			{"operatorName": "bsonType", "specifiedAs": {"bsonType": ["int", "long"]}, "reason": "type did not match", "consideredValue": null, "consideredType": "null"}]}]}]}`,
			driver.ErrNotNullViolation, []string{"age"}},
		{`{"operatorName": "$jsonSchema", "schemaRulesNotSatisfied": [{"operatorName": "properties", "propertiesNotSatisfied": [{"propertyName": "code", "details": [
			{"operatorName": "maxLength", "specifiedAs": {"maxLength": 3}, "reason": "specified string length was not satisfied", "consideredValue": "abcd", "consideredType": "string"}]}]}]}`,
			driver.ErrOutOfRange, []string{"code"}},
		{`{"operatorName": "$and", "clausesNotSatisfied": [{"index": 0, "details": {"operatorName": "$jsonSchema", "schemaRulesNotSatisfied": [
			{"operatorName": "properties", "propertiesNotSatisfied": [{"propertyName": "state", "details": [{"operatorName": "enum", "consideredValue": "ajar", "consideredType": "string"}]}]}]}}]}`,
			driver.ErrCheckViolation, []string{"state"}},
		{`{"operatorName": "$expr", "specifiedAs": {}, "reason": "expression did not match"}`, driver.ErrCheckViolation, nil},
	} {
		var raw bson.Raw
		if err := bson.UnmarshalExtJSON([]byte(`{"code": 121, "errInfo": {"failingDocumentId": 1, "details": `+c.details+`}}`), false, &raw); err != nil {
			t.Fatal(err)
		}
		if fields, class := invalid(raw); class != c.class || !slices.Equal(fields, c.fields) {
			t.Errorf("%s: %v of %v", c.details, class, fields)
		}
	}
}
