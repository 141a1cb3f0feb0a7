package schema

import (
	"slices"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/weft-orm/weft/mapper"
)

// leaveUnquotable takes out of what the database has the columns, and the indexes, keys
// and checks, with names that no mapping can hold: a statement that named them would say
// something else. It returns such a column of each table that has one.
func leaveUnquotable(current *schema.Realm, limits mapper.Limits) map[string]string {
	held := map[string]string{}
	refused := func(name string) bool { return limits.Refusal(name) != "" }
	for _, s := range current.Schemas {
		for _, t := range s.Tables {
			isLeft := func(c *schema.Column) bool { return c != nil && refused(c.Name) }
			for _, c := range t.Columns {
				if refused(c.Name) {
					held[t.Name] = c.Name
				}
			}
			t.Columns = slices.DeleteFunc(t.Columns, isLeft)
			t.Indexes = slices.DeleteFunc(t.Indexes, func(ix *schema.Index) bool {
				return refused(ix.Name) || slices.ContainsFunc(ix.Parts, func(p *schema.IndexPart) bool { return isLeft(p.C) })
			})
			t.Indexes = slices.DeleteFunc(t.Indexes, isExclusion)
			t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(fk *schema.ForeignKey) bool {
				return refused(fk.Symbol) || slices.ContainsFunc(fk.Columns, isLeft)
			})
			t.Attrs = slices.DeleteFunc(t.Attrs, func(a schema.Attr) bool {
				check, ok := a.(*schema.Check)
				return ok && refused(check.Name)
			})
		}
	}
	return held
}

// isExclusion reports the index of an exclusion constraint: a mapping has no words for
// one, so that those that people or [Objects] have made are left alone.
func isExclusion(ix *schema.Index) bool {
	c, ok := attribute[*postgres.Constraint](ix.Attrs)
	return ok && c.IsExclude()
}

// refuseCopies is the error of a plan that copies a table with a column that the copy could not have.
func (a *atlas) refuseCopies(p *Plan, held map[string]string) error {
	for _, s := range p.Statements {
		for table, column := range held {
			if strings.HasPrefix(s.SQL, "CREATE TABLE `new_"+table+"` ") {
				return &UnsupportedError{Dialect: a.sql.Name(), Object: table + "." + strconv.Quote(column), Feature: "copying a table with a column of this name"}
			}
		}
	}
	return nil
}
