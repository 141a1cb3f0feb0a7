package schema

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// withPassingDefaults lets columns that are NOT NULL without a default come back to
// tables with rows: they get an empty value as a default, which later takes away.
func withPassingDefaults(changes []schema.Change) (now, later []schema.Change) {
	for _, c := range changes {
		m, ok := c.(*schema.ModifyTable)
		if !ok {
			now = append(now, c)
			continue
		}
		t := *m.T
		t.Columns = slices.Clone(m.T.Columns)
		filled := &schema.ModifyTable{T: &t, Changes: slices.Clone(m.Changes)}
		var emptied []schema.Change
		for i, change := range m.Changes {
			add, ok := change.(*schema.AddColumn)
			if !ok || add.C.Type.Null || add.C.Default != nil || computed(add.C) {
				continue
			}
			empty := emptyValue(add.C.Type.Type)
			if empty == nil {
				continue
			}
			passing := *add.C
			passing.Default = empty
			filled.Changes[i] = &schema.AddColumn{C: &passing}
			if at := slices.Index(t.Columns, add.C); at >= 0 {
				t.Columns[at] = &passing
			}
			emptied = append(emptied, &schema.ModifyColumn{From: &passing, To: add.C, Change: schema.ChangeDefault})
		}
		now = append(now, filled)
		if len(emptied) > 0 {
			later = append(later, &schema.ModifyTable{T: m.T, Changes: emptied})
		}
	}
	return now, later
}

// computed reports a column whose values the engine makes.
func computed(c *schema.Column) bool {
	if _, generated := attribute[*schema.GeneratedExpr](c.Attrs); generated {
		return true
	}
	return slices.ContainsFunc(c.Attrs, func(a schema.Attr) bool {
		name := fmt.Sprintf("%T", a)
		return strings.HasSuffix(name, ".Identity") || strings.HasSuffix(name, ".AutoIncrement")
	})
}

// emptyValue is a value that every column of a type can hold, nil when none is known.
func emptyValue(t schema.Type) schema.Expr {
	switch t := t.(type) {
	case *schema.IntegerType, *schema.DecimalType, *schema.FloatType:
		return &schema.Literal{V: "0"}
	case *schema.BoolType:
		return &schema.Literal{V: "false"}
	case *schema.StringType, *schema.BinaryType:
		return &schema.Literal{V: "''"}
	case *schema.TimeType:
		switch name := strings.ToLower(t.T); {
		case name == "date":
			return &schema.Literal{V: "'1970-01-01'"}
		case strings.HasPrefix(name, "time") && !strings.HasPrefix(name, "timestamp"):
			return &schema.Literal{V: "'00:00:00'"}
		}
		return &schema.Literal{V: "'1970-01-02 00:00:00'"}
	case *schema.UUIDType:
		return &schema.Literal{V: "'00000000-0000-0000-0000-000000000000'"}
	case *schema.EnumType:
		return &schema.Literal{V: "'" + strings.ReplaceAll(t.Values[0], "'", "''") + "'"}
	}
	return nil
}
