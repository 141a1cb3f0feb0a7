package entities

import (
	"regexp"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// enumType gives a column that lists its values a Go type with constants, and
// returns the name of the type of the field.
func (p *planner) enumType(e *entity, c *Column, typ *goType, f *field, overridden bool) string {
	if overridden {
		return typ.name
	}
	enum, checked := c.Enum, false
	if enum == nil && typ.kind.Kind == mapper.String && !e.table.View {
		enum, checked = p.checkedEnum(e.table, c)
	}
	if enum == nil || typ.name != "string" && c.Enum == nil {
		return typ.name
	}
	if !listable(enum.Values) {
		f.notes = append(f.notes, "its values cannot be listed in a mapping: "+strings.Join(enum.Values, ", "))
		return typ.name
	}
	g := p.goEnum(e, c, enum)
	switch {
	case c.Enum != nil:
		f.add("enum", strings.Join(enum.Values, "|"))
		if (!e.table.View || enum.Name != "") && p.db.Dialect != "mongo" {
			f.add("nativeEnum", nativeName(enum, c))
		}
	case checked:
		f.add("enum", strings.Join(enum.Values, "|"))
	}
	return g.name
}

// nativeName is the name of the type; where the column lists the values, any name says so.
func nativeName(enum *Enum, c *Column) string {
	if enum.Name != "" {
		return enum.Name
	}
	return c.Name
}

// listable reports values that stand between bars in a list.
func listable(values []string) bool {
	for _, v := range values {
		if v == "" || strings.ContainsAny(v, "|") || strings.TrimSpace(v) != v {
			return false
		}
	}
	return len(values) > 0
}

// goEnum returns the Go type of an enum: shared where the type has a name.
func (p *planner) goEnum(e *entity, c *Column, enum *Enum) *goEnum {
	if g := p.byEnum[enum.Name]; enum.Name != "" && g != nil {
		return g
	}
	own := e.name + goName(words(c.Name))
	g := &goEnum{doc: "is what the column " + c.Name + " of " + e.table.Name + " holds", values: enum.Values}
	if enum.Name != "" {
		own = goName(words(enum.Name))
		g.doc = "is the type " + enum.Name + " of the database"
		p.byEnum[enum.Name] = g
	}
	g.name = p.types.take(own, own+"Enum")
	for _, v := range enum.Values {
		g.constants = append(g.constants, p.types.take(g.name+constantName(v)))
	}
	if enum.Name != "" {
		p.enums = append(p.enums, g)
	} else {
		e.enums = append(e.enums, g)
	}
	return g
}

// constantName is what a value adds to the name of its type. Short words in
// capitals stay as they are: "PG-13" gives PG13.
func constantName(value string) string {
	short := strings.FieldsFunc(value, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	if strings.ToUpper(value) == value && !slices.ContainsFunc(short, func(w string) bool { return len(w) > 3 || !isIdentifier("X"+w) }) {
		return strings.Join(short, "")
	}
	list := words(value)
	if len(list) == 0 {
		return "Value"
	}
	return strings.TrimPrefix(goName(append([]string{"x"}, list...)), "X")
}

var (
	inPattern  = regexp.MustCompile(`(?is)^\(*["` + "`" + `\[]?([a-z_][a-z0-9_]*)["` + "`" + `\]]?\)*(?:::[a-z ]+)?\s+in\s*\((.*)\)$`)
	anyPattern = regexp.MustCompile(`(?is)^\(*"?([a-z_][a-z0-9_]*)"?\)*(?:::[a-z ]+)?\s*=\s*any\s*\(\(?array\[(.*?)\]\)?(?:::[a-z \[\]]+)?\)$`)
	literals   = regexp.MustCompile(`(?s)^\s*(?:_[a-z0-9]+)?'((?:[^']|'')*)'(?:::[a-z ]+)?\s*(?:,|$)`)
)

// checkedEnum finds a check that lists the values of a text column. own reports
// that it has the name that weft gives to it, so that the option enum stands for it.
func (p *planner) checkedEnum(t *Table, c *Column) (enum *Enum, own bool) {
	for _, check := range t.Checks {
		if values := listedIn(check.Expression, c.Name); values != nil {
			own := check.Name == naming.Index(naming.KindCheck, t.Name, []string{c.Name}, p.limits)
			return &Enum{Values: values}, own
		}
	}
	return nil, false
}

// listedIn returns the values that a check allows for a column, nil when it says something else.
func listedIn(expression, column string) []string {
	m := inPattern.FindStringSubmatch(expression)
	if m == nil {
		m = anyPattern.FindStringSubmatch(expression)
	}
	if m == nil || !strings.EqualFold(m[1], column) {
		return nil
	}
	var values []string
	for rest := strings.TrimSpace(m[2]); rest != ""; {
		v := literals.FindStringSubmatch(rest)
		if v == nil {
			return nil
		}
		values = append(values, strings.ReplaceAll(v[1], "''", "'"))
		rest = strings.TrimSpace(rest[len(v[0]):])
	}
	return values
}
