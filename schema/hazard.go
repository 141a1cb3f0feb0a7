package schema

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// Hazard is something a statement can destroy or fail at, depending on the rows that are there.
type Hazard struct {
	// Object is the table, "table.column" or "table: index".
	Object string `json:"object"`
	// Text says what happens: "drops the column with all its values".
	Text string `json:"text"`
	// Remedy says how to go about it instead.
	Remedy string `json:"remedy,omitempty"`
	// Destroys reports that data is lost; without it the statement fails when rows are in its way.
	Destroys bool `json:"destroys"`
	// Probe tells whether it comes to that with the rows that are there; nil where no query can.
	Probe *Probe `json:"probe,omitempty"`
}

// String returns "notes.old: drops the column with all its values".
func (h Hazard) String() string { return h.Object + ": " + h.Text }

// hazards finds what changes that are planned together can destroy or fail at.
type hazards struct {
	*atlas
	// made are the tables that the plan makes, in which there are no rows; keys are quoted names.
	made map[string]bool
	// added are the columns that come with the plan, by table and name. Under the name of one
	// that gets another kind of type stands nil: what a query asks about it before is not
	// what the statement finds.
	added map[string]map[string]*schema.Column
	// still are the unique indexes that change, and have all columns that they had: what was
	// unique stays so. Keys are quoted tables with names.
	still map[string]bool
	told  map[string]bool
}

func (a *atlas) hazards(changes []schema.Change) *hazards {
	h := &hazards{atlas: a, made: map[string]bool{}, added: map[string]map[string]*schema.Column{}, still: map[string]bool{}, told: map[string]bool{}}
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.AddTable:
			h.made[h.quoted(c.T)] = true
		case *schema.ModifyTable:
			columns := map[string]*schema.Column{}
			for _, m := range c.Changes {
				switch m := m.(type) {
				case *schema.AddColumn:
					columns[m.C.Name] = m.C
				case *schema.ModifyColumn:
					if m.Change.Is(schema.ChangeType) && capacityOf(m.From.Type.Type).kind != capacityOf(m.To.Type.Type).kind {
						columns[m.To.Name] = nil
					}
				case *schema.ModifyIndex:
					if m.From.Unique && m.To.Unique && holds(m.To, m.From) && predicateOf(m.From) == predicateOf(m.To) {
						h.still[h.quoted(c.T)+m.To.Name] = true
					}
				}
			}
			h.added[h.quoted(c.T)] = columns
		}
	}
	return h
}

// news are the hazards of a change that were not told yet: a table that is copied takes
// several statements.
func (h *hazards) news(c schema.Change) []Hazard {
	var list []Hazard
	for _, x := range h.of(c) {
		if !h.told[x.Object+x.Text] {
			h.told[x.Object+x.Text] = true
			list = append(list, x)
		}
	}
	return list
}

// of are the hazards of a planned change.
func (h *hazards) of(c schema.Change) []Hazard {
	switch c := c.(type) {
	case *schema.DropTable:
		return []Hazard{{Object: c.T.Name, Text: "drops the table with all its rows", Remedy: "copy the rows elsewhere first, or rename it: was=" + c.T.Name, Destroys: true}}
	case *schema.DropObject:
		if e, ok := c.O.(*schema.EnumType); ok {
			return []Hazard{{Object: e.T, Text: "drops the type"}}
		}
	case *schema.DropSchema:
		return []Hazard{{Object: c.S.Name, Text: "drops the schema with all its tables", Destroys: true}}
	case *schema.ModifyTable:
		if h.made[h.quoted(c.T)] {
			return nil
		}
		var list []Hazard
		for _, m := range withKeysModified(c.Changes) {
			list = append(list, h.ofTable(c.T, m)...)
		}
		return list
	}
	return nil
}

// withKeysModified makes one change of a primary key that is dropped and added.
func withKeysModified(changes []schema.Change) []schema.Change {
	drop := slices.IndexFunc(changes, func(c schema.Change) bool { _, ok := c.(*schema.DropPrimaryKey); return ok })
	add := slices.IndexFunc(changes, func(c schema.Change) bool { _, ok := c.(*schema.AddPrimaryKey); return ok })
	if drop < 0 || add < 0 {
		return changes
	}
	list := slices.Clone(changes)
	list[add] = &schema.ModifyPrimaryKey{From: changes[drop].(*schema.DropPrimaryKey).P, To: changes[add].(*schema.AddPrimaryKey).P}
	return list
}

func (h *hazards) ofTable(t *schema.Table, c schema.Change) []Hazard {
	switch c := c.(type) {
	case *schema.DropColumn:
		if _, generated := attribute[*schema.GeneratedExpr](c.C.Attrs); generated {
			return nil // it can be computed again
		}
		return []Hazard{{Object: t.Name + "." + c.C.Name, Text: "drops the column with all its values",
			Remedy: "was=" + c.C.Name + " on the property that takes its place, or copy the values first", Destroys: true}}
	case *schema.AddColumn:
		if c.C.Type.Null || c.C.Default != nil || computed(c.C) {
			return nil
		}
		text := "adds a column that is NOT NULL without a default, which fails where rows are"
		if h.fillsIn {
			text = "adds a column that is NOT NULL without a default, which the server fills with an empty value, 0 or '', where rows are"
		}
		return []Hazard{{Object: t.Name + "." + c.C.Name, Text: text,
			Remedy: "give it a default, or add it nullable, fill it, and make it NOT NULL in a second step", Probe: h.rows(t, []*schema.Column{c.C}, "")}}
	case *schema.ModifyColumn:
		return h.ofColumn(t, c)
	case *schema.AddIndex:
		return h.ofIndex(t, c.I)
	case *schema.ModifyIndex:
		return h.ofIndex(t, c.To)
	case *schema.AddPrimaryKey:
		return h.ofKey(t, nil, c.P)
	case *schema.ModifyPrimaryKey:
		return h.ofKey(t, c.From, c.To)
	case *schema.AddCheck:
		return []Hazard{{Object: t.Name + ": " + c.C.Name, Text: "adds a check, which fails where rows break it", Remedy: "mend the rows in a step before", Probe: h.breaking(t, c.C)}}
	case *schema.AddForeignKey:
		return h.ofForeignKey(t, c.F)
	case *schema.ModifyForeignKey:
		if c.Change.Is(schema.ChangeColumn | schema.ChangeRefTable | schema.ChangeRefColumn) {
			return h.ofForeignKey(t, c.To)
		}
	}
	return nil
}

func (h *hazards) ofForeignKey(t *schema.Table, f *schema.ForeignKey) []Hazard {
	if h.onlyNull(t, f.Columns) {
		return nil
	}
	return []Hazard{{Object: t.Name + ": " + f.Symbol, Text: "adds a foreign key, which fails where rows refer to nothing", Remedy: "mend the rows in a step before", Probe: h.dangling(t, f)}}
}

func (h *hazards) ofIndex(t *schema.Table, ix *schema.Index) []Hazard {
	var columns []*schema.Column
	for _, part := range ix.Parts {
		if part.C != nil {
			columns = append(columns, part.C)
		}
	}
	if !ix.Unique || h.still[h.quoted(t)+ix.Name] || h.onlyNull(t, columns) {
		return nil
	}
	return []Hazard{{Object: t.Name + ": " + ix.Name, Text: "adds a unique index, which fails where values occur twice", Remedy: "remove the duplicates in a step before", Probe: h.duplicates(t, ix)}}
}

// ofKey are those of another primary key; what was unique stays so with more columns.
func (h *hazards) ofKey(t *schema.Table, from, key *schema.Index) []Hazard {
	if from != nil && holds(key, from) {
		return nil
	}
	return []Hazard{{Object: t.Name + ": primary key", Text: "makes another primary key, which fails where values occur twice", Remedy: "remove the duplicates in a step before", Probe: h.duplicates(t, key)}}
}

// holds reports an index with all columns of another one.
func holds(ix, other *schema.Index) bool {
	for _, part := range other.Parts {
		if !slices.ContainsFunc(ix.Parts, func(p *schema.IndexPart) bool { return p.C != nil && part.C != nil && p.C.Name == part.C.Name }) {
			return false
		}
	}
	return true
}

// onlyNull reports columns of which one comes with the plan and is NULL in all rows: what
// they have is neither twice there nor refers to anything.
func (h *hazards) onlyNull(t *schema.Table, columns []*schema.Column) bool {
	return slices.ContainsFunc(columns, func(c *schema.Column) bool {
		own := h.added[h.quoted(t)][c.Name]
		return own != nil && own.Type.Null && own.Default == nil && !computed(own)
	})
}

func (h *hazards) ofColumn(t *schema.Table, c *schema.ModifyColumn) []Hazard {
	object := t.Name + "." + c.To.Name
	var list []Hazard
	if c.From.Type.Null && !c.To.Type.Null && !(h.fillsNull && c.To.Default != nil) {
		list = append(list, Hazard{Object: object, Text: "makes the column NOT NULL, which fails where it is NULL", Remedy: "fill the column in a step before",
			Probe: h.rows(t, []*schema.Column{c.To}, h.quote(c.To.Name)+" is null")})
	}
	if counts(c.To) && !counts(c.From) {
		list = append(list, Hazard{Object: object, Text: "lets the server count the key, which gives a row whose key is 0 another one", Remedy: "give that row another key in a step before",
			Probe: h.rows(t, []*schema.Column{c.To}, h.quote(c.To.Name)+" = 0")})
	}
	if c.Change.Is(schema.ChangeType) {
		if text := narrowed(c.From.Type.Type, c.To.Type.Type); text != "" {
			list = append(list, Hazard{Object: object, Text: text, Remedy: "add a column of the new type, copy and convert the values, and drop the old one in a later step",
				Destroys: true, Probe: h.losing(t, c)})
		}
	}
	return list
}

// narrowed says how a change of type can lose values, "" when it cannot.
func narrowed(from, to schema.Type) string {
	f, t := capacityOf(from), capacityOf(to)
	if old, ok := from.(*schema.EnumType); ok {
		if now, ok := to.(*schema.EnumType); ok && loses(old, now) {
			return "takes values from an enum, which rows may have"
		}
	}
	switch {
	case f.kind != t.kind && t.kind != "text":
		return fmt.Sprintf("changes the type from %s to %s, which not every value survives", typeText(from), typeText(to))
	case f.kind != t.kind:
		return ""
	case t.size < f.size || t.scale < f.scale || t.size-t.scale < f.size-f.scale || f.signed && !t.signed:
		return fmt.Sprintf("narrows the type from %s to %s, which not every value survives", typeText(from), typeText(to))
	}
	return ""
}

// capacity is what a type can hold.
type capacity struct {
	kind        string
	size, scale int
	signed      bool
}

// unlimited is the size of types that have none.
const unlimited = 1 << 30

func capacityOf(t schema.Type) capacity {
	switch t := t.(type) {
	case *schema.IntegerType:
		return capacity{kind: "integer", size: integerSize(t.T), signed: !t.Unsigned}
	case *postgres.SerialType:
		return capacity{kind: "integer", size: integerSize(t.IntegerType().T), signed: true}
	case *schema.StringType:
		return capacity{kind: "text", size: orUnlimited(t.Size)}
	case *schema.DecimalType:
		return capacity{kind: "decimal", size: orUnlimited(t.Precision), scale: t.Scale}
	case *schema.FloatType:
		size := 8
		if name := strings.ToLower(t.T); name == "float" && t.Precision <= 24 || name == "real" || name == "float4" {
			size = 4
		}
		return capacity{kind: "float", size: size}
	case *schema.TimeType:
		size := 6
		if t.Precision != nil {
			size = *t.Precision
		}
		return capacity{kind: timeKind(t), size: size}
	case *schema.BinaryType:
		size := unlimited
		if t.Size != nil {
			size = orUnlimited(*t.Size)
		}
		return capacity{kind: "binary", size: size}
	case *schema.EnumType:
		return capacity{kind: "enum", size: len(t.Values)}
	}
	return capacity{kind: fmt.Sprintf("%T", t)}
}

// timeKinds are the short names of types that a server describes by long ones.
var timeKinds = map[string]string{
	"timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
	"time with time zone": "timetz", "time without time zone": "time",
}

func timeKind(t *schema.TimeType) string {
	name := strings.ToLower(t.T)
	if short, ok := timeKinds[name]; ok {
		return short
	}
	return name
}

func orUnlimited(size int) int {
	if size <= 0 {
		return unlimited
	}
	return size
}

func integerSize(name string) int {
	switch strings.ToLower(name) {
	case "tinyint":
		return 1
	case "smallint", "int2", "smallserial":
		return 2
	case "mediumint":
		return 3
	case "int", "integer", "int4", "serial":
		return 4
	}
	return 8
}

// typeText is the short name of a type for messages.
func typeText(t schema.Type) string {
	switch t := t.(type) {
	case *schema.StringType:
		if t.Size > 0 {
			return fmt.Sprintf("%s(%d)", t.T, t.Size)
		}
		return t.T
	case *schema.IntegerType:
		return t.T
	case *schema.DecimalType:
		return fmt.Sprintf("%s(%d,%d)", t.T, t.Precision, t.Scale)
	case *schema.FloatType:
		return t.T
	case *schema.TimeType:
		if t.Precision != nil {
			return fmt.Sprintf("%s(%d)", timeKind(t), *t.Precision)
		}
		return timeKind(t)
	case *schema.BinaryType:
		return t.T
	case *schema.EnumType:
		return "enum"
	case *schema.BoolType:
		return t.T
	}
	return strings.TrimSuffix(strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", t), "*schema.")), "type")
}
