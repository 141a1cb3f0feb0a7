package check

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// Check is a condition that the mapping declares for rows.
type Check struct {
	text string
	// columns are those the expression may be about, nil for any.
	columns []*mapper.Column
	// root is nil for an expression that is not understood; refused says why.
	root    *Node
	refused string
	// constants are the numbers and texts in the expression.
	constants []any
}

// Parse reads an expression about columns. What cannot be read is not an error: see
// [Check.Refused].
func Parse(text string, columns []*mapper.Column) *Check {
	c := &Check{text: text}
	tokens, strange := scan(text)
	if strange != "" {
		c.refused = strange
		return c
	}
	c.columns = []*mapper.Column{}
	p := &parser{tokens: tokens, columns: columns}
	for _, t := range tokens {
		if column := p.column(t); column != nil && !slices.Contains(c.columns, column) {
			c.columns = append(c.columns, column)
		}
	}
	root := p.or()
	if p.refused == "" && p.at < len(tokens) {
		p.fail()
	}
	if p.refused == "" {
		p.refused = resolve(root)
	}
	if p.refused == "" && root.kind != boolean && root.kind != nothing {
		p.refused = "it is no condition"
	}
	if c.refused = p.refused; c.refused == "" {
		c.root, c.constants = root, p.constants
	}
	return c
}

// String returns the expression.
func (c *Check) String() string {
	if c.root == nil {
		return c.text + " (not understood)"
	}
	return c.text
}

// Refused says why the expression is not understood, "" when it is.
func (c *Check) Refused() string { return c.refused }

// Root is the expression as a tree, which can be decided without the database at least for some
// rows; nil when it is not understood.
func (c *Check) Root() *Node { return c.root }

// Values are what the columns of one row hold; ok is false for one that is not known.
type Values func(*mapper.Column) (value any, ok bool)

// Mentions reports whether the check may be about a column.
func (c *Check) Mentions(column *mapper.Column) bool {
	return c.columns == nil || slices.Contains(c.columns, column)
}

// Allows decides the check for a row as any database would; understood is false when that
// needs the database at hand, because databases differ. What is unknown because of a NULL
// is allowed, as SQL has it.
func (c *Check) Allows(row Values) (allowed, understood bool) {
	if c.root == nil {
		return true, false
	}
	v, ok := c.root.value(row, false)
	if !ok {
		return true, false
	}
	held, is := v.(bool)
	return v == nil || held, v == nil || is
}

// Holds decides the check for a row where no database does: lengths count code points, LIKE
// knows upper from lower case, LOWER and UPPER change the letters of ASCII. A check that is
// not understood holds.
func (c *Check) Holds(row Values) bool {
	if c.root == nil {
		return true
	}
	v, _ := c.root.value(row, true)
	held, is := v.(bool)
	return !is || held
}

// Constants returns the numbers and texts in the expression.
func (c *Check) Constants() []any { return c.constants }

// Declared is a check of the mapping, with where it is from.
type Declared struct {
	*Check
	Entity *mapper.Entity
	From   *mapper.Check
	// Types are the discriminator values of the rows it is about, nil for all of the table.
	Types []any
}

// Of returns the checks that an entity declares, in order.
func Of(e *mapper.Entity) []Declared {
	if len(e.Checks) == 0 || e.ReadOnly {
		return nil
	}
	columns := slices.Clone(e.Columns)
	if e.Inheritance == mapper.SingleTable {
		for _, t := range e.Root().Types() {
			for _, c := range t.Columns {
				if !slices.ContainsFunc(columns, func(have *mapper.Column) bool { return have.Name == c.Name }) {
					columns = append(columns, c)
				}
			}
		}
	}
	var types []any
	if e.Base != nil && e.Inheritance == mapper.TablePerType {
		for _, t := range e.Types() {
			if !t.Abstract {
				types = append(types, t.DiscriminatorValue)
			}
		}
	}
	list := make([]Declared, len(e.Checks))
	for i, c := range e.Checks {
		list[i] = Declared{Parse(c.Expression, columns), e, c, types}
	}
	return list
}

// Refused lists the checks of all entities that are not understood, in order.
func Refused(reg *mapper.Registry) []Declared {
	var list []Declared
	for _, e := range reg.Entities() {
		for _, c := range Of(e) {
			if c.Check.refused != "" {
				list = append(list, c)
			}
		}
	}
	return list
}
