package docrules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Validator is what a validator asks of each field, and of documents besides.
type Validator struct {
	whole json.RawMessage
	rules []fieldRules
}

// fieldRules are the conditions that a field must hold.
type fieldRules struct {
	field string
	holds []string
}

// Read takes a validator apart, Extended JSON; nil for none, and for one that asks for nothing.
func Read(raw json.RawMessage) *Validator {
	if text := compact(raw); text == "" || text == "{}" || text == "null" {
		return nil
	}
	v := &Validator{whole: raw}
	var top struct {
		Schema struct {
			Required   []string                   `json:"required"`
			Properties map[string]json.RawMessage `json:"properties"`
			AllOf      []struct {
				AnyOf []json.RawMessage `json:"anyOf"`
			} `json:"allOf"`
		} `json:"$jsonSchema"`
	}
	if json.Unmarshal(raw, &top) != nil {
		return v
	}
	for _, name := range top.Schema.Required {
		v.add(name, `{"$jsonSchema":{"required":[`+quote(name)+`]}}`)
	}
	for name, rule := range top.Schema.Properties {
		v.add(name, `{"$jsonSchema":{"properties":{`+quote(name)+`:`+compact(rule)+`}}}`)
	}
	for _, each := range top.Schema.AllOf { // of a type of a hierarchy
		var own struct {
			Required []string `json:"required"`
		}
		if len(each.AnyOf) != 2 || json.Unmarshal(each.AnyOf[1], &own) != nil {
			continue
		}
		for _, name := range own.Required {
			v.add(name, `{"$jsonSchema":{"anyOf":[`+compact(each.AnyOf[0])+`,{"required":[`+quote(name)+`]}]}}`)
		}
	}
	slices.SortFunc(v.rules, func(a, b fieldRules) int { return strings.Compare(a.field, b.field) })
	return v
}

func (v *Validator) add(field, holds string) {
	i := slices.IndexFunc(v.rules, func(r fieldRules) bool { return r.field == field })
	if i < 0 {
		i, v.rules = len(v.rules), append(v.rules, fieldRules{field: field})
	}
	v.rules[i].holds = append(v.rules[i].holds, holds)
}

// Fields are those that it names.
func (v *Validator) Fields() (names []string) {
	for _, r := range v.rules {
		names = append(names, r.field)
	}
	return names
}

// Query is an aggregate that reads the collection once, and counts the documents that break the
// whole and, among those, which field does.
func (v *Validator) Query(collection string) string {
	broken := func(conditions ...string) string {
		return `{"$match":{"$nor":[{"$and":[` + strings.Join(conditions, ",") + `]}]}}`
	}
	counts := []string{`"all":[{"$count":"n"}]`}
	for i, r := range v.rules {
		counts = append(counts, fmt.Sprintf(`"f%d":[%s,{"$count":"n"}]`, i, broken(r.holds...)))
	}
	return `{"aggregate":` + quote(collection) + `,"pipeline":[` + broken(compact(v.whole)) + `,{"$facet":{` + strings.Join(counts, ",") + `}}],"cursor":{},"allowDiskUse":true}`
}

// Broken is documents that break what is asked of a field, "" for what no field alone breaks.
type Broken struct {
	Field     string
	Documents int64
}

// Count reads the reply to Query, whose fields are given.
func Count(fields []string, reply string) ([]Broken, error) {
	var found struct {
		Cursor struct {
			First []map[string][]struct {
				N int64 `json:"n"`
			} `json:"firstBatch"`
		} `json:"cursor"`
	}
	if err := json.Unmarshal([]byte(reply), &found); err != nil || len(found.Cursor.First) == 0 {
		return nil, err
	}
	counts := found.Cursor.First[0]
	var list []Broken
	for i, field := range fields {
		if n := counts[fmt.Sprintf("f%d", i)]; len(n) > 0 {
			list = append(list, Broken{field, n[0].N})
		}
	}
	if all := counts["all"]; len(list) == 0 && len(all) > 0 {
		list = append(list, Broken{Documents: all[0].N})
	}
	return list, nil
}

// compact is a JSON text without spaces between its words.
func compact(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// quote writes a JSON string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string can be written
	return string(b)
}
