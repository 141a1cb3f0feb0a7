package schema

import (
	"fmt"
	"strings"

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
}

// String returns "notes.old: drops the column with all its values".
func (h Hazard) String() string { return h.Object + ": " + h.Text }

// hazardsOf are those of a planned change.
func (a *atlas) hazardsOf(c schema.Change) []Hazard {
	switch c := c.(type) {
	case *schema.DropTable:
		return []Hazard{{c.T.Name, "drops the table with all its rows", "copy the rows elsewhere first, or rename it: was=" + c.T.Name, true}}
	case *schema.DropObject:
		if e, ok := c.O.(*schema.EnumType); ok {
			return []Hazard{{e.T, "drops the type", "", false}}
		}
	case *schema.DropSchema:
		return []Hazard{{c.S.Name, "drops the schema with all its tables", "", true}}
	case *schema.ModifyTable:
		var list []Hazard
		for _, m := range c.Changes {
			list = append(list, a.tableHazards(c.T, m)...)
		}
		return list
	}
	return nil
}

func (a *atlas) tableHazards(t *schema.Table, c schema.Change) []Hazard {
	switch c := c.(type) {
	case *schema.DropColumn:
		if _, generated := attribute[*schema.GeneratedExpr](c.C.Attrs); generated {
			return nil // it can be computed again
		}
		return []Hazard{{t.Name + "." + c.C.Name, "drops the column with all its values",
			"was=" + c.C.Name + " on the property that takes its place, or copy the values first", true}}
	case *schema.AddColumn:
		_, generated := attribute[*schema.GeneratedExpr](c.C.Attrs)
		if !c.C.Type.Null && c.C.Default == nil && !generated && a.fillsIn {
			return []Hazard{{t.Name + "." + c.C.Name, "adds a column that is NOT NULL without a default, which the server fills with an empty value, 0 or '', where rows are",
				"give it a default, or add it nullable, fill it, and make it NOT NULL in a second step", false}}
		}
		if !c.C.Type.Null && c.C.Default == nil && !generated {
			return []Hazard{{t.Name + "." + c.C.Name, "adds a column that is NOT NULL without a default, which fails where rows are",
				"give it a default, or add it nullable, fill it, and make it NOT NULL in a second step", false}}
		}
	case *schema.ModifyColumn:
		return a.columnHazards(t.Name+"."+c.To.Name, c)
	case *schema.AddIndex:
		if c.I.Unique {
			return []Hazard{{t.Name + ": " + c.I.Name, "adds a unique index, which fails where values occur twice", "remove the duplicates in a step before", false}}
		}
	case *schema.ModifyIndex:
		if c.To.Unique && !c.From.Unique {
			return []Hazard{{t.Name + ": " + c.To.Name, "makes an index unique, which fails where values occur twice", "remove the duplicates in a step before", false}}
		}
	case *schema.AddCheck:
		return []Hazard{{t.Name + ": " + c.C.Name, "adds a check, which fails where rows break it", "mend the rows in a step before", false}}
	case *schema.AddForeignKey:
		return []Hazard{{t.Name + ": " + c.F.Symbol, "adds a foreign key, which fails where rows refer to nothing", "mend the rows in a step before", false}}
	}
	return nil
}

func (a *atlas) columnHazards(object string, c *schema.ModifyColumn) []Hazard {
	var list []Hazard
	if c.From.Type.Null && !c.To.Type.Null {
		list = append(list, Hazard{object, "makes the column NOT NULL, which fails where it is NULL", "fill the column in a step before", false})
	}
	if counts(c.To) && !counts(c.From) {
		list = append(list, Hazard{object, "lets the server count the key, which gives a row whose key is 0 another one", "give that row another key in a step before", false})
	}
	if c.Change.Is(schema.ChangeType) {
		if text := narrowed(c.From.Type.Type, c.To.Type.Type); text != "" {
			list = append(list, Hazard{object, text, "add a column of the new type, copy and convert the values, and drop the old one in a later step", true})
		}
	}
	return list
}

// narrowed says how a change of type can lose values, "" when it cannot.
func narrowed(from, to schema.Type) string {
	f, t := capacityOf(from), capacityOf(to)
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
		return capacity{kind: strings.ToLower(t.T), size: size}
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
		return t.T
	case *schema.BinaryType:
		return t.T
	case *schema.EnumType:
		return "enum"
	case *schema.BoolType:
		return t.T
	}
	return strings.TrimSuffix(strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", t), "*schema.")), "type")
}
