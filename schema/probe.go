package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// Probe is a query that counts the rows in the way of a statement: those it would fail at,
// or lose values of. It is asked before the statement.
type Probe struct {
	// Table and Columns are what it is about; Columns may be empty.
	Table   string   `json:"table"`
	Columns []string `json:"columns,omitempty"`
	// SQL gives one number.
	SQL string `json:"sql"`
}

// quoted is the name of a table in statements.
func (a *atlas) quoted(t *schema.Table) string {
	name := a.quote(t.Name)
	if t.Schema != nil && t.Schema.Name != "" {
		name = a.quote(t.Schema.Name) + "." + name
	}
	return name
}

// quote writes a name as the statements around a probe do: a name in double quotes that is
// not there is a text to SQLite, and no error.
func (a *atlas) quote(name string) string {
	if a.backticks {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return a.sql.Quote(name)
}

// probe is one about columns of a table.
func probe(t *schema.Table, columns []*schema.Column, format string, args ...any) *Probe {
	p := &Probe{Table: t.Name, SQL: fmt.Sprintf(format, args...)}
	if t.Schema != nil && t.Schema.Name != "" {
		p.Table = t.Schema.Name + "." + t.Name
	}
	for _, c := range columns {
		p.Columns = append(p.Columns, c.Name)
	}
	return p
}

// rows counts those of a table, or those of them for which a condition holds.
func (h *hazards) rows(t *schema.Table, columns []*schema.Column, where string) *Probe {
	if where == "" {
		return probe(t, columns, "select count(*) from %s", h.quoted(t))
	}
	return probe(t, columns, "select count(*) from %s where %s", h.quoted(t), where)
}

// breaking counts rows that a check refuses; NULL is no refusal.
func (h *hazards) breaking(t *schema.Table, c *schema.Check) *Probe {
	if h.isUnlike(t, c.Expr) {
		return nil
	}
	var columns []*schema.Column
	for _, column := range t.Columns {
		if mentions(c.Expr, column.Name) {
			columns = append(columns, column)
		}
	}
	return h.rows(t, columns, "not ("+c.Expr+")")
}

// isUnlike reports an expression about a column that is not there, or of another kind,
// before the plan was run.
func (h *hazards) isUnlike(t *schema.Table, expr string) bool {
	for name := range h.added[h.quoted(t)] {
		if mentions(expr, name) {
			return true
		}
	}
	return false
}

// mentions reports that a word stands in an expression.
func mentions(expr, word string) bool {
	found, err := regexp.MatchString(`(?i)(^|[^\pL\pN_])`+regexp.QuoteMeta(word)+`($|[^\pL\pN_])`, expr)
	return err != nil || found
}

// duplicates counts rows that are not alone with what a unique index has of them. What
// comes with the plan is the same in all rows, where it is a constant.
func (h *hazards) duplicates(t *schema.Table, ix *schema.Index) *Probe {
	var columns []*schema.Column
	var by, where []string
	for _, part := range ix.Parts {
		if part.C == nil {
			x := exprText(part.X)
			if h.isUnlike(t, x) {
				return nil
			}
			by, where = append(by, "("+x+")"), append(where, "("+x+") is not null")
			continue
		}
		columns = append(columns, part.C)
		own, unlike := h.added[h.quoted(t)][part.C.Name]
		switch {
		case unlike && !isConstant(own):
			return nil
		case !unlike:
			name := h.quote(part.C.Name)
			by, where = append(by, name), append(where, name+" is not null")
		}
	}
	if only := predicateOf(ix); only != "" {
		if h.isUnlike(t, only) {
			return nil
		}
		where = append(where, "("+only+")")
	}
	among := h.quoted(t)
	if len(where) > 0 {
		among += " where " + strings.Join(where, " and ")
	}
	if len(by) == 0 {
		return probe(t, columns, "select case when count(*) > 1 then count(*) else 0 end from %s", among)
	}
	return probe(t, columns, "select coalesce(sum(n), 0) from (select count(*) as n from %s group by %s having count(*) > 1) as twice", among, strings.Join(by, ", "))
}

// isConstant reports a new column that has the same value in all rows that are there.
func isConstant(c *schema.Column) bool {
	if c == nil || computed(c) {
		return false
	}
	_, literal := c.Default.(*schema.Literal)
	return literal || c.Default == nil
}

// predicateOf is the condition of a partial index, "" for another one.
func predicateOf(ix *schema.Index) string {
	if p, ok := attribute[*sqlite.IndexPredicate](ix.Attrs); ok {
		return p.P
	}
	if p, ok := attribute[*postgres.IndexPredicate](ix.Attrs); ok {
		return p.P
	}
	return ""
}

// dangling counts rows that refer to nothing. A table that comes with the plan has nothing
// that they could refer to.
func (h *hazards) dangling(t *schema.Table, f *schema.ForeignKey) *Probe {
	var set, same []string
	for i, c := range f.Columns {
		own, target := h.quote(c.Name), f.RefColumns[i]
		_, unlike := h.added[h.quoted(t)][c.Name]
		if _, there := h.added[h.quoted(f.RefTable)][target.Name]; unlike || there || capacityOf(c.Type.Type).kind != capacityOf(target.Type.Type).kind {
			return nil
		}
		set = append(set, "o."+own+" is not null")
		same = append(same, "r."+h.quote(target.Name)+" = o."+own)
	}
	text := "select count(*) from " + h.quoted(t) + " as o where " + strings.Join(set, " and ")
	if !h.made[h.quoted(f.RefTable)] {
		text += " and not exists (select 1 from " + h.quoted(f.RefTable) + " as r where " + strings.Join(same, " and ") + ")"
	}
	return probe(t, f.Columns, "%s", text)
}

// losing counts the values that a narrower type of the same kind cannot hold as they are; nil
// where that is not asked in SQL.
func (h *hazards) losing(t *schema.Table, c *schema.ModifyColumn) *Probe {
	name, own := h.quote(c.To.Name), []*schema.Column{c.To}
	from, to := capacityOf(c.From.Type.Type), capacityOf(c.To.Type.Type)
	if from.kind != to.kind {
		return nil
	}
	switch typ := c.To.Type.Type.(type) {
	case *schema.IntegerType:
		low, high := bounds(to)
		return h.rows(t, own, fmt.Sprintf("%s < %s or %s > %s", name, low, name, high))
	case *schema.StringType:
		return h.rows(t, own, fmt.Sprintf("%s(%s) > %d", h.characters, name, to.size))
	case *schema.BinaryType:
		return h.rows(t, own, fmt.Sprintf("length(%s) > %d", name, to.size))
	case *schema.DecimalType:
		where := fmt.Sprintf("%s <> round(%s, %d)", name, name, to.scale)
		if to.size != unlimited {
			where = fmt.Sprintf("abs(%s) >= 1%s or %s", name, strings.Repeat("0", max(to.size-to.scale, 0)), where)
		}
		return h.rows(t, own, where)
	case *schema.EnumType:
		var values []string
		for _, v := range typ.Values {
			values = append(values, "'"+strings.ReplaceAll(v, "'", "''")+"'")
		}
		return h.rows(t, own, name+" not in ("+strings.Join(values, ", ")+")")
	case *schema.TimeType:
		if h.castTime != nil {
			return h.rows(t, own, fmt.Sprintf("%s <> cast(%s as %s)", name, name, h.castTime(typ)))
		}
	}
	return nil
}

// bounds are the least and the greatest integer of a type.
func bounds(c capacity) (low, high string) {
	bits := uint(c.size) * 8
	if !c.signed {
		return "0", fmt.Sprint(uint64(1)<<bits - 1)
	}
	return fmt.Sprint(-1 << (bits - 1)), fmt.Sprint(uint64(1)<<(bits-1) - 1)
}

// castTime is what times are converted to on MySQL and MariaDB, which have no cast to timestamp.
func mysqlCastTime(t *schema.TimeType) string {
	kind, precision := "datetime", 0
	if strings.EqualFold(t.T, "time") {
		kind = "time"
	}
	if t.Precision != nil {
		precision = *t.Precision
	}
	return fmt.Sprintf("%s(%d)", kind, precision)
}

func postgresCastTime(t *schema.TimeType) string {
	text, err := postgres.FormatType(t)
	if err != nil {
		return t.T
	}
	return text
}

// loses reports values of an enum that another one has not.
func loses(from, to *schema.EnumType) bool {
	return slices.ContainsFunc(from.Values, func(v string) bool { return !slices.Contains(to.Values, v) })
}
