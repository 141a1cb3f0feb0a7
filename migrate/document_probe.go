package migrate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/weft-orm/weft/internal/docrules"
	"github.com/weft-orm/weft/schema"
)

// What is said of documents that a new validator would refuse.
const (
	newRules    = "changes what documents must hold, which these do not"
	rulesRemedy = "mend the documents in a step before: they stay as they are, and are refused when they are next changed"
)

// probes count the documents in the way of a command. The command itself says what they are:
// those that are not alone with what a unique index has of them, and those that a validator
// would refuse.
func (c *command) probes(line int) []Probe {
	switch c.name {
	case "createIndexes":
		return c.indexProbes(line)
	case "collMod":
		if v := docrules.Read(c.body.Validator); v != nil && c.body.Action != "warn" {
			return []Probe{{Probe: schema.Probe{Table: c.on, Columns: v.Fields(), SQL: v.Query(c.on)}, Line: line, Step: c.on + ": " + newRules, Remedy: rulesRemedy, rules: true}}
		}
	}
	return nil
}

func (c *command) indexProbes(line int) []Probe {
	var list []Probe
	for _, raw := range c.body.Indexes {
		fields, query := duplicateDocuments(c.on, raw)
		if query == "" {
			continue
		}
		spec, _ := parseIndex(raw) // it was read already
		list = append(list, Probe{Probe: schema.Probe{Table: c.on, Columns: fields, SQL: query}, Line: line,
			Step: c.on + ": " + spec.Name + ": adds a unique index, which fails where values occur twice", Remedy: "remove the duplicates in a step before"})
	}
	return list
}

// duplicateDocuments asks how many documents have what a unique index holds of another one
// too; "" for an index that is not unique, or of a kind that no stage follows. A list has
// an entry for each of its items; what is missing is null, but for an index that is sparse.
func duplicateDocuments(collection string, raw json.RawMessage) (fields []string, query string) {
	var x struct {
		Key       json.RawMessage `json:"key"`
		Unique    bool            `json:"unique"`
		Sparse    bool            `json:"sparse"`
		Partial   json.RawMessage `json:"partialFilterExpression"`
		Collation json.RawMessage `json:"collation"`
	}
	if json.Unmarshal(raw, &x) != nil || !x.Unique {
		return nil, ""
	}
	dec := json.NewDecoder(bytes.NewReader(x.Key))
	if _, err := dec.Token(); err != nil {
		return nil, ""
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, ""
		}
		var way any
		if dec.Decode(&way) != nil {
			return nil, ""
		}
		if _, direction := way.(float64); !direction || strings.Contains(name.(string), "$") {
			return nil, "" // text, hashed, wildcard
		}
		fields = append(fields, name.(string))
	}
	var stages, project, by, set []string
	if len(x.Partial) > 0 {
		stages = append(stages, `{"$match":`+compact(x.Partial)+`}`)
	}
	var unwind []string
	for i, name := range fields {
		key := fmt.Sprintf("k%d", i)
		set = append(set, `{`+quote(name)+`:{"$exists":true}}`)
		project = append(project, quote(key)+":"+quote("$"+name))
		unwind = append(unwind, `{"$unwind":{"path":"$`+key+`","preserveNullAndEmptyArrays":true}}`)
		by = append(by, quote(key)+`:{"$ifNull":["$`+key+`",null]}`)
	}
	if x.Sparse {
		stages = append(stages, `{"$match":{"$or":[`+strings.Join(set, ",")+`]}}`)
	}
	stages = append(stages, `{"$project":{`+strings.Join(project, ",")+`}}`)
	stages = append(stages, unwind...)
	keys := strings.Join(by, ",")
	stages = append(stages,
		`{"$group":{"_id":{`+keys+`,"d":"$_id"}}}`,
		`{"$group":{"_id":{`+sameKeys(len(fields))+`},"n":{"$sum":1}}}`,
		`{"$match":{"n":{"$gt":1}}}`,
		`{"$group":{"_id":null,"n":{"$sum":"$n"}}}`)
	collation := ""
	if len(x.Collation) > 0 {
		collation = `,"collation":` + compact(x.Collation)
	}
	return fields, `{"aggregate":` + quote(collection) + `,"pipeline":[` + strings.Join(stages, ",") + `],"cursor":{},"allowDiskUse":true` + collation + `}`
}

// sameKeys groups by the keys of the group before.
func sameKeys(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"k%d":"$_id.k%d"`, i, i))
	}
	return strings.Join(list, ",")
}

// ask is an [asker].
func (d *documents) ask(ctx context.Context, p *Probe) ([]inTheWay, error) {
	reply, err := d.engine.RunCommand(ctx, p.SQL)
	if err != nil {
		return nil, err
	}
	if p.rules {
		broken, err := docrules.Count(p.Columns, reply)
		var list []inTheWay
		for _, b := range broken {
			x := inTheWay{rows: b.Documents, step: p.Step}
			if b.Field != "" {
				x.columns, x.step = []string{b.Field}, p.Table+"."+b.Field+": "+newRules
			}
			list = append(list, x)
		}
		return list, err
	}
	var found struct {
		Cursor struct {
			First []struct {
				N int64 `json:"n"`
			} `json:"firstBatch"`
		} `json:"cursor"`
	}
	if err := json.Unmarshal([]byte(reply), &found); err != nil || len(found.Cursor.First) == 0 {
		return nil, err
	}
	return []inTheWay{{rows: found.Cursor.First[0].N, columns: p.Columns, step: p.Step}}, nil
}
