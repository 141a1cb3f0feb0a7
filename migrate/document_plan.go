package migrate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/schema"
)

// PlanDocuments plans the next migration of a document database: the way from the state
// that the files of a set lead to, to the collections that the mapping needs. Neither a
// database nor a scratch one is asked: the commands of the files tell. Without a
// difference the draft is nil.
func PlanDocuments(set *Set, want []driver.Collection, name string, now time.Time) (*Draft, error) {
	name, err := slug(name)
	if err != nil {
		return nil, err
	}
	script, err := DocumentDifference(set, want)
	if err != nil || script.Up.IsEmpty() {
		return nil, err
	}
	d := documentFile{Weft: "generated", Collections: script.Tables, Up: commands(script.Up), Down: commands(script.Down)}
	draft := &Draft{Version: NextVersion(set, now), Name: name, Text: renderDocuments(d), Script: script, documents: true}
	_, err = ParseDocumentFile(draft.File(), []byte(draft.Text))
	return draft, err
}

func commands(p *schema.Plan) []json.RawMessage {
	list := []json.RawMessage{}
	for _, s := range p.Statements {
		list = append(list, json.RawMessage(s.SQL))
	}
	return list
}

// DocumentDifference compares the state that the files of a set lead to with the
// collections that the mapping needs.
func DocumentDifference(set *Set, want []driver.Collection) (*schema.Script, error) {
	state, err := documentState(set)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range want {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	before := make([]driver.Collection, len(state))
	for i, c := range state {
		before[i] = *c
	}
	up := documentWay(before, want, set.Tables())
	return &schema.Script{Up: up, Down: documentWay(after(before, want, set.Tables()), before, names), Tables: names}, nil
}

// after is the state once the way up was gone: collections that are nobody's stay.
func after(before, want []driver.Collection, gone []string) []driver.Collection {
	list := slices.Clone(want)
	for _, c := range before {
		if find(list, c.Name) == nil && !slices.Contains(gone, c.Name) {
			list = append(list, c)
		}
	}
	return list
}

func find(list []driver.Collection, name string) *driver.Collection {
	if i := slices.IndexFunc(list, func(c driver.Collection) bool { return c.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// documentWay lists the commands from one state to another; collections that are gone
// are dropped where mine says that they are the mapping's.
func documentWay(from, to []driver.Collection, mine []string) *schema.Plan {
	p := &schema.Plan{}
	add := func(comment, format string, args ...any) {
		p.Statements = append(p.Statements, schema.Statement{SQL: fmt.Sprintf(format, args...), Comment: comment})
	}
	for _, c := range to {
		name, old := quote(c.Name), find(from, c.Name)
		switch {
		case old == nil && c.Validator != "":
			add("create "+c.Name, `{"create":%s,"validator":%s}`, name, c.Validator)
		case old == nil:
			add("create "+c.Name, `{"create":%s}`, name)
		case old.Validator != c.Validator && c.Validator == "":
			add("take the validator of "+c.Name, `{"collMod":%s,"validator":{}}`, name)
		case old.Validator != c.Validator:
			add("validate "+c.Name, `{"collMod":%s,"validator":%s}`, name, c.Validator)
			last := &p.Statements[len(p.Statements)-1]
			last.Hazards = documentHazards(last.SQL)
		}
		var had []driver.CollectionIndex
		if old != nil {
			had = old.Indexes
		}
		for _, ix := range had {
			if !slices.Contains(c.Indexes, ix) {
				add("drop an index of "+c.Name, `{"dropIndexes":%s,"index":%s}`, name, quote(ix.Name))
			}
		}
		var specs bytes.Buffer
		for _, ix := range c.Indexes {
			if !slices.Contains(had, ix) {
				if specs.Len() > 0 {
					specs.WriteByte(',')
				}
				specs.WriteString(ix.Spec)
			}
		}
		if specs.Len() > 0 {
			add("index "+c.Name, `{"createIndexes":%s,"indexes":[%s]}`, name, specs.String())
			if old != nil {
				last := &p.Statements[len(p.Statements)-1]
				last.Hazards = documentHazards(last.SQL)
			}
		}
	}
	for _, c := range from {
		if find(to, c.Name) == nil && slices.Contains(mine, c.Name) {
			s := schema.Statement{SQL: fmt.Sprintf(`{"drop":%s}`, quote(c.Name)), Comment: "drop " + c.Name}
			s.Hazards = []schema.Hazard{{Object: c.Name, Text: "drops the collection with all its documents", Destroys: true}}
			p.Statements = append(p.Statements, s)
		}
	}
	return p
}

// documentHazards are those of unique indexes and validators over documents that are there.
func documentHazards(text string) []schema.Hazard {
	c, err := parseCommand(text)
	if err != nil {
		return nil
	}
	var list []schema.Hazard
	for _, p := range c.probes(0) {
		at := strings.LastIndex(p.Step, ": ")
		list = append(list, schema.Hazard{Object: p.Step[:at], Text: p.Step[at+2:], Remedy: p.Remedy, Probe: &p.Probe})
	}
	return list
}

// documentState goes through the commands of a set and tells what collections there
// are then. Commands about documents change nothing of it.
func documentState(set *Set) ([]*driver.Collection, error) {
	var list []*driver.Collection
	of := func(name string) *driver.Collection {
		for _, c := range list {
			if c.Name == name {
				return c
			}
		}
		list = append(list, &driver.Collection{Name: name})
		return list[len(list)-1]
	}
	for _, f := range set.files {
		if f.step == nil && !f.documents {
			return nil, &Error{Class: ErrFile, Names: []string{f.Path}, Remedy: "a document database has files of commands, VERSION_name.json"}
		}
		for _, s := range f.Up {
			c, err := parseCommand(s.SQL)
			if err != nil {
				return nil, fileError(f.Path, s.Line, "%v", err)
			}
			switch c.name {
			case "create":
				of(c.on).Validator = validatorOf(c)
			case "collMod":
				if c.body.Validator != nil {
					of(c.on).Validator = validatorOf(c)
				}
			case "createIndexes":
				for _, spec := range c.body.Indexes {
					var named struct{ Name string }
					_ = json.Unmarshal(spec, &named)
					t := of(c.on)
					t.Indexes = slices.DeleteFunc(t.Indexes, func(ix driver.CollectionIndex) bool { return ix.Name == named.Name })
					t.Indexes = append(t.Indexes, driver.CollectionIndex{Name: named.Name, Spec: compact(spec)})
				}
			case "dropIndexes":
				dropIndexes(of(c.on), c.body.Index)
			case "drop":
				list = slices.DeleteFunc(list, func(t *driver.Collection) bool { return t.Name == c.on })
			case "renameCollection":
				of(c.on).Name = c.body.To
			}
		}
	}
	return list, nil
}

func validatorOf(c *command) string {
	if text := compact(c.body.Validator); text != "{}" {
		return text
	}
	return ""
}

// dropIndexes takes out the indexes that a command names: one, several, or "*".
func dropIndexes(c *driver.Collection, raw json.RawMessage) {
	var names []string
	var one string
	if json.Unmarshal(raw, &one) == nil {
		names = []string{one}
	} else {
		_ = json.Unmarshal(raw, &names)
	}
	c.Indexes = slices.DeleteFunc(c.Indexes, func(ix driver.CollectionIndex) bool {
		return slices.Contains(names, ix.Name) || slices.Contains(names, "*")
	})
}
