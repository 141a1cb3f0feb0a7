package entities

import (
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// leaveRefused takes out what has a name that no mapping can hold, because statements
// about tables could not be written safely with it, and says so: of tables in the notes
// of the database, of all else in those of the table.
func (db *Database) leaveRefused(limits mapper.Limits) {
	var kept []*Table
	for _, t := range db.Tables {
		if why := limits.Refusal(t.Name); why != "" {
			db.Notes = append(db.Notes, "the table "+strconv.Quote(t.Name)+" is left out: its name "+why+"; rename it to map it")
			continue
		}
		t.leaveRefused(limits)
		kept = append(kept, t)
	}
	db.Tables = kept
}

func (t *Table) leaveRefused(limits mapper.Limits) {
	left := map[string]bool{}
	t.Columns = slices.DeleteFunc(t.Columns, func(c *Column) bool {
		why := limits.Refusal(c.Name)
		if left[c.Name] = why != ""; why != "" {
			t.left("column", c.Name, "its name "+why+"; rename it to map it")
		}
		return why != ""
	})
	isLeft := func(name string) bool { return left[name] }
	if slices.ContainsFunc(t.Key, isLeft) {
		t.Key = nil
	}
	t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(fk *ForeignKey) bool { return slices.ContainsFunc(fk.Columns, isLeft) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(ix *Index) bool {
		why := limits.Refusal(ix.Name)
		if why != "" {
			why = "its name " + why
		} else if slices.ContainsFunc(slices.Concat(ix.Columns, ix.Include), isLeft) || mentions(ix.Expression+ix.Where, left) {
			why = "a column of it is left out"
		}
		return t.left("index", ix.Name, why)
	})
	t.Checks = slices.DeleteFunc(t.Checks, func(c *Check) bool {
		why := limits.Refusal(c.Name)
		if why != "" {
			why = "its name " + why
		} else if mentions(c.Expression, left) {
			why = "a column of it is left out"
		}
		return t.left("check", c.Name, why)
	})
}

// left notes what is left out, unless why is "".
func (t *Table) left(what, name, why string) bool {
	if why != "" {
		t.Notes = append(t.Notes, "The "+what+" "+strconv.Quote(name)+" is left out: "+why+".")
	}
	return why != ""
}

// mentions reports an expression that names one of the columns that are left out.
func mentions(expression string, left map[string]bool) bool {
	for name, is := range left {
		if is && (strings.Contains(expression, name) || strings.Contains(expression, strings.ReplaceAll(name, "`", "``")) || strings.Contains(expression, strings.ReplaceAll(name, `"`, `""`))) {
			return true
		}
	}
	return false
}
