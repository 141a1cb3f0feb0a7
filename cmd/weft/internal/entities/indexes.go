package entities

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/naming"
)

// indexes adds the indexes of a table: at the fields where tags have words for
// them, in code where not.
func (p *planner) indexes(e *entity) {
	for _, ix := range e.table.Indexes {
		if len(e.said.Key) == 0 && len(e.table.Key) == 0 && slices.Equal(ix.Columns, p.key(e)) {
			continue // it is the key
		}
		if ix.Beyond != "" {
			e.notes = append(e.notes, "The index "+ix.Name+" "+ix.Beyond+", which a mapping cannot say.")
			continue
		}
		if ix.Expression != "" {
			e.code = append(e.code, "e.Index(mapper.IndexDefinition{"+indexLiteral(ix, nil)+"})")
			continue
		}
		fields := p.covering(e, ix.Columns)
		if fields == nil {
			e.notes = append(e.notes, "The index "+ix.Name+" covers "+strings.Join(ix.Columns, ", ")+", which are not mapped as they stand in it.")
			continue
		}
		p.index(e, ix, fields)
	}
}

// covering returns the fields whose columns, one after the other, are those of an
// index; a field of its own goes before a reference that shares the column.
func (p *planner) covering(e *entity, columns []string) []*field {
	var list []*field
	for rest := columns; len(rest) > 0; {
		var best *field
		for _, f := range e.fields {
			n := len(f.columns)
			if n == 0 || n > len(rest) || !slices.Equal(f.columns, rest[:n]) {
				continue
			}
			if best == nil || best.relation && !f.relation {
				best = f
			}
		}
		if best == nil {
			return nil
		}
		list = append(list, best)
		rest = rest[len(best.columns):]
	}
	return list
}

// index adds an index over fields.
func (p *planner) index(e *entity, ix *Index, fields []*field) {
	word, kind := "index", naming.KindIndex
	if ix.Unique {
		word, kind = "unique", naming.KindUnique
	}
	usual := ix.Name == naming.Index(kind, e.table.Name, ix.Columns, p.limits)
	f := fields[0]
	plain := ix.Where == "" && !ix.Fulltext && len(ix.Include) == 0
	single := len(fields) == 1 && plain
	switch {
	case single && usual && f.has("oneToOne") && ix.Unique && len(f.columns) == len(ix.Columns):
		return // the relation makes it
	case single && usual && word == "index" && f.relation && !p.coveredOtherwise(e, ix):
		return // so does a foreign key
	case single && usual && !f.has(word):
		f.add(word, "")
		return
	case single && !f.has("index") && !f.has("unique"):
		f.add(word, ix.Name)
		return
	case plain && p.inOrder(e, fields):
		for _, f := range fields {
			f.add(word, ix.Name)
		}
		return
	}
	var properties []string
	for _, f := range fields {
		properties = append(properties, strconv.Quote(naming.LowerCamel(f.name)))
	}
	var include []string
	for _, f := range p.covering(e, ix.Include) {
		include = append(include, strconv.Quote(naming.LowerCamel(f.name)))
	}
	if len(include) == 0 && len(ix.Include) > 0 {
		e.notes = append(e.notes, "The index "+ix.Name+" includes "+strings.Join(ix.Include, ", ")+", which are not mapped as they stand in it.")
		return
	}
	e.code = append(e.code, "e.Index(mapper.IndexDefinition{"+indexLiteral(ix, properties, include...)+"})")
}

// inOrder reports fields that stand in the order of the struct and can each name an index.
func (p *planner) inOrder(e *entity, fields []*field) bool {
	last := -1
	for _, f := range fields {
		i := slices.Index(e.fields, f)
		if i <= last || f.has("index") || f.has("unique") {
			return false
		}
		last = i
	}
	return true
}

// coveredOtherwise reports that the key or another index begins with the columns,
// so that a foreign key makes none.
func (p *planner) coveredOtherwise(e *entity, ix *Index) bool {
	begins := func(list []string) bool {
		return len(list) >= len(ix.Columns) && slices.Equal(list[:len(ix.Columns)], ix.Columns)
	}
	return begins(p.key(e)) || slices.ContainsFunc(e.table.Indexes, func(other *Index) bool {
		return other != ix && other.Where == "" && !other.Fulltext && other.Beyond == "" && begins(other.Columns)
	})
}

func indexLiteral(ix *Index, properties []string, include ...string) string {
	parts := []string{"Name: " + strconv.Quote(ix.Name)}
	if properties != nil {
		parts = append(parts, "Properties: []string{"+strings.Join(properties, ", ")+"}")
	}
	if len(include) > 0 {
		parts = append(parts, "Include: []string{"+strings.Join(include, ", ")+"}")
	}
	if ix.Expression != "" {
		parts = append(parts, "Expression: "+goString(ix.Expression))
	}
	if ix.Unique {
		parts = append(parts, "Unique: true")
	}
	if ix.Fulltext {
		parts = append(parts, "Fulltext: true")
	}
	if ix.Where != "" {
		parts = append(parts, "Where: "+goString(ix.Where))
	}
	return strings.Join(parts, ", ")
}

// checks adds the checks of a table. A check that lists the values of an enum under
// weft's own name is said by the option enum.
func (p *planner) checks(e *entity) {
	for _, c := range e.table.Checks {
		said := slices.ContainsFunc(e.fields, func(f *field) bool {
			return f.has("enum") && !f.has("nativeEnum") && len(f.columns) == 1 && listedIn(c.Expression, f.columns[0]) != nil &&
				c.Name == naming.Index(naming.KindCheck, e.table.Name, f.columns, p.limits)
		})
		if !said && !isJSONCheck(c.Expression) {
			e.code = append(e.code, fmt.Sprintf("e.Check(%s, %s)", strconv.Quote(c.Name), goString(c.Expression)))
		}
	}
}

// isJSONCheck reports the check by which MariaDB marks a column as JSON.
func isJSONCheck(expression string) bool {
	return strings.HasPrefix(strings.ToLower(strings.Trim(expression, "() ")), "json_valid(")
}

// goString writes a text as a Go string, readable where that is possible.
func goString(text string) string {
	if strings.ContainsAny(text, `"\`) && strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}
