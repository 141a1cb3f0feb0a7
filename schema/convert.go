package schema

import (
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// converting says, for PostgreSQL, how values of a column get to another type where it has no
// cast that it takes by itself. Where a value does not convert, the statement fails.
// changes stay as they are.
func (a *atlas) converting(changes []schema.Change) []schema.Change {
	if !a.converts {
		return changes
	}
	list := make([]schema.Change, len(changes))
	for i, c := range changes {
		list[i] = c
		m, ok := c.(*schema.ModifyTable)
		if !ok {
			continue
		}
		own := &schema.ModifyTable{T: m.T, Changes: make([]schema.Change, len(m.Changes))}
		for j, change := range m.Changes {
			own.Changes[j] = change
			column, ok := change.(*schema.ModifyColumn)
			if !ok || !column.Change.Is(schema.ChangeType) {
				continue
			}
			if using := a.conversion(column); using != "" {
				own.Changes[j] = &schema.ModifyColumn{From: column.From, To: column.To, Change: column.Change, Extra: append(column.Extra[:len(column.Extra):len(column.Extra)], &postgres.ConvertUsing{X: using})}
			}
		}
		list[i] = own
	}
	return list
}

// conversion is an expression for the values of another type, "" where none is needed.
func (a *atlas) conversion(c *schema.ModifyColumn) string {
	from, to := capacityOf(c.From.Type.Type).kind, capacityOf(c.To.Type.Type).kind
	name := a.quote(c.To.Name)
	target, err := postgres.FormatType(c.To.Type.Type)
	if err != nil {
		return ""
	}
	switch {
	case to == "text", from == to && from != "enum", isNumber[from] && isNumber[to], isTime(c.From.Type.Type) && isTime(c.To.Type.Type):
		return ""
	case from == "enum" && to == "enum":
		if f, t := c.From.Type.Type.(*schema.EnumType), c.To.Type.Type.(*schema.EnumType); f.T == t.T {
			return ""
		}
	case from == boolean && isNumber[to]:
		return name + "::integer::" + target
	case isNumber[from] && to == boolean:
		return name + " <> 0"
	}
	return name + "::text::" + a.typeName(c.To.Type.Type, target)
}

// boolean is the kind of the capacity of a bool.
const boolean = "*schema.BoolType"

// isNumber has the kinds of numbers, which PostgreSQL casts to each other.
var isNumber = map[string]bool{"integer": true, "decimal": true, "float": true}

func isTime(t schema.Type) bool {
	_, ok := t.(*schema.TimeType)
	return ok
}

// typeName is the name of a type in an expression: that of an enum is one of the mapping's.
func (a *atlas) typeName(t schema.Type, formatted string) string {
	e, ok := t.(*schema.EnumType)
	if !ok {
		return formatted
	}
	if e.Schema != nil && e.Schema.Name != "" {
		return a.quote(e.Schema.Name) + "." + a.quote(e.T)
	}
	return a.quote(e.T)
}
