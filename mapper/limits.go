package mapper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/weft-orm/weft/naming"
)

// Limits are what a database can keep, as far as a mapping has to know. A zero
// field is no limit.
type Limits struct {
	// Name is the longest name of a table, column, index or check, in bytes.
	Name int
	// Digits is the greatest number of digits of a decimal kept exactly.
	Digits int
	// TimePrecision is the greatest number of fractional second digits.
	TimePrecision int
	// Uint is the greatest unsigned integer.
	Uint uint64
	// Years are those of all times and dates.
	Years Years
	// ColumnMarks are characters that the name of a column cannot hold besides: those that
	// paths are made of. KeyName is the name that the key has in every row, and that no
	// other column can have. SystemTables begins the names of tables of the database's own.
	ColumnMarks, KeyName, SystemTables string
	// Marks are characters that a name cannot hold, because tools for the database do
	// not quote them: its own quotation mark among them.
	Marks string
}

// Years are those in which times and dates have a form; the zero Years are all.
type Years struct{ First, Last int }

// textYears are those that text of a fixed width has: others do not sort, and may not be read again.
var textYears = Years{0, 9999}

// has reports a time in one of the years.
func (y Years) has(t time.Time) bool {
	if y == (Years{}) {
		return true
	}
	year := t.Year()
	return year >= y.First && year <= y.Last
}

// refusal tells of a time in another year, to be read after it.
func (y Years) refusal() string {
	return fmt.Sprintf("must be within the years %d to %d", y.First, y.Last)
}

// portable are the limits of a registry built for no database in particular.
var portable = Limits{Name: naming.MaxPostgres}

// digits is the default number of digits of a decimal, within the limit.
func (l Limits) digits(n int) int { return within(n, l.Digits) }

// timePrecision is the default precision of a time, within the limit.
func (l Limits) timePrecision(n int) int { return within(n, l.TimePrecision) }

func within(n, limit int) int {
	if limit > 0 {
		return min(n, limit)
	}
	return n
}

// Check reports what the database of those limits could not keep of a registry
// that was built for another one: names that are too long or cannot be quoted, decimals and times
// with too many digits. The error is a [*MappingError] with all of them. A
// registry built with the same Options.Limits has none.
func (r *Registry) Check(l Limits) error {
	var problems []Problem
	for _, e := range r.entities {
		c := limitCheck{limits: l, entity: e, position: e.position(), report: func(position, message string) {
			problems = append(problems, Problem{Position: position, Message: message})
		}}
		c.run()
	}
	if len(problems) > 0 {
		return &MappingError{Problems: problems}
	}
	return nil
}

// position is the Go position of an entity, "library.Book".
func (e *Entity) position() string {
	if e.GoType != nil {
		return e.GoType.String()
	}
	return e.GoName
}

// limitCheck holds one entity against the limits of a database.
type limitCheck struct {
	limits   Limits
	entity   *Entity
	position string
	report   func(position, message string)
}

func (c limitCheck) run() {
	e := c.entity
	if e.Base == nil || e.Inheritance == TablePerType {
		c.name(nil, "table", e.Table.Name)
		if own := c.limits.SystemTables; own != "" && strings.HasPrefix(e.Table.Name, own) {
			c.report(c.position, "the table name "+e.Table.Name+" begins with "+own+", which is for the database's own")
		}
	}
	for _, col := range e.Columns {
		if col.Property.Entity != e {
			continue // the base's own
		}
		c.name(col.Property, "column", col.Name)
		c.place(col)
		c.digits(col.Property, col.Type)
	}
	for _, p := range e.Relations {
		if p.Entity == e && p.Relation.Owning && p.Relation.Pivot != nil {
			c.pivot(p)
		}
	}
	for _, x := range e.Indexes {
		c.name(nil, "index", x.Name)
	}
	for _, x := range e.Checks {
		c.name(nil, "check", x.Name)
	}
}

// at is the position of a property, or of the entity when p is nil.
func (c limitCheck) at(p *Property) string {
	if p == nil || p.Field == "" {
		return c.position
	}
	return c.position + "." + p.Field
}

func (c limitCheck) pivot(p *Property) {
	v := p.Relation.Pivot
	c.name(p, "join table", v.Table.Name)
	for _, col := range slices.Concat(v.Owner, v.Target) {
		c.name(p, "column", col.Name)
	}
	if v.Order != nil {
		c.name(p, "column", v.Order.Name)
	}
}

func (c limitCheck) name(p *Property, what, name string) {
	if limit := c.limits.Name; limit > 0 && len(name) > limit {
		c.report(c.at(p), "the "+what+" name "+name+" is longer than "+count(limit, "byte"))
	}
	switch why := c.limits.Refusal(name); {
	case why == "":
	case strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name):
		c.report(c.at(p), "the "+what+" name "+strconv.Quote(name)+" "+why)
	default:
		c.report(c.at(p), "the "+what+" name "+name+" "+why)
	}
}

// place checks that a column's name is one place in a row, and not that of the key.
func (c limitCheck) place(col *Column) {
	if i := strings.IndexAny(col.Name, c.limits.ColumnMarks); i >= 0 {
		c.report(c.at(col.Property), "the column name "+col.Name+" holds "+strconv.QuoteRune(rune(col.Name[i]))+", which separates the places of a path")
	}
	if col.Name == c.limits.KeyName && !col.Property.Primary {
		c.report(c.at(col.Property), "the column name "+col.Name+" is that of the key")
	}
}

// Refusal tells why no statement about tables can hold a name, to be read after
// it; "" when all of them can.
func (l Limits) Refusal(name string) string {
	if strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name) {
		return "holds what no database takes"
	}
	if i := strings.IndexAny(name, l.Marks); i >= 0 {
		return "holds " + strconv.QuoteRune(rune(name[i])) + ", which cannot be quoted in statements about tables"
	}
	return ""
}

// digits checks decimals and times, those inside arrays too. A time of its own
// layout is text.
func (c limitCheck) digits(p *Property, t *Type) {
	switch l := c.limits; {
	case t == nil:
	case t.Kind == Array:
		c.digits(p, t.Elem)
	case t.Kind == DecimalKind && l.Digits > 0 && t.Precision > l.Digits:
		c.report(c.at(p), "a decimal of "+count(t.Precision, "digit")+" is more than the database keeps exactly, "+strconv.Itoa(l.Digits))
	case t.Kind == Time && t.Layout == "" && l.TimePrecision > 0 && t.Precision > l.TimePrecision:
		c.report(c.at(p), "a time of "+count(t.Precision, "fractional digit")+" is more than the database keeps, "+strconv.Itoa(l.TimePrecision))
	}
}
