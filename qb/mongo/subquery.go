package mongo

import (
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// A query within another is a pipeline within a $lookup. What it says of the rows around
// it comes in as variables: until the pipeline is complete, a path of a row around is
// spelled with the number of that row's pipeline before it, and then the path becomes a
// variable of the $lookup ("$$v0").

// outerMark begins the paths of rows around a pipeline; no field has it.
const outerMark = "\x00"

// level is a pipeline that holds others, and the values that those ask of its rows.
type level struct {
	around  *level
	number  int
	aliases map[string]row
	let     bson.D
}

// outerRow is a row around, as pipelines within see it.
func (l *level) outerRow(alias string) (row, bool) {
	for ; l != nil; l = l.around {
		if r, ok := l.aliases[alias]; ok {
			r.prefix = fmt.Sprintf("%s%d:%s", outerMark, l.number, r.prefix)
			return r, true
		}
	}
	return row{}, false
}

// variable returns the variable for a path of a row around.
func (l *level) variable(path string) string {
	var number int
	_, _ = fmt.Sscanf(path, outerMark+"%d:", &number)
	field := "$" + path[strings.IndexByte(path, ':')+1:]
	for l.number != number {
		l = l.around
	}
	for _, e := range l.let {
		if e.Value == field {
			return "$$" + e.Key
		}
	}
	name := fmt.Sprintf("v%d_%d", l.number, len(l.let))
	l.let = append(l.let, bson.E{Key: name, Value: field})
	return "$$" + name
}

// within makes the compiler of a query inside a pipeline of s.
func (s *scope) within(q *qb.Select) (*compiler, *level) {
	around := &level{around: s.c.around, aliases: map[string]row{}}
	if s.c.around != nil {
		around.number = s.c.around.number + 1
	}
	for alias, r := range s.aliases {
		if alias != "" {
			around.aliases[alias] = r
		}
	}
	return &compiler{filters: q.FiltersWithin(s.c.filters), with: slices.Concat(s.c.with, q.With), nested: true, around: around}, around
}

// beside makes the compiler of a query whose rows come with those of another.
func (c *compiler) beside(q *qb.Select) *compiler {
	return &compiler{filters: q.FiltersWithin(c.filters), with: slices.Concat(c.with, q.With), nested: true, around: c.around, helpers: c.helpers}
}

// lookup appends the lookup of a pipeline that may ask for values of this one.
func (s *scope) lookupWithin(around *level, from, as string, stages bson.A) error {
	stages, err := around.resolve(stages)
	if err != nil {
		return unsupportedClause(s.entity, as, err.Error())
	}
	stage := bson.D{{Key: "from", Value: from}}
	if len(around.let) > 0 {
		stage = append(stage, bson.E{Key: "let", Value: around.let})
	}
	s.out.add("$lookup", append(stage, bson.E{Key: "pipeline", Value: stages}, bson.E{Key: "as", Value: as}))
	return nil
}

// errOutside is what cannot be asked of a row around.
var errOutside = fmt.Errorf("a relation, or a clause other than a condition, of the row around it")

// resolve puts variables into the places of values of rows around.
func (l *level) resolve(stages bson.A) (bson.A, error) {
	out, err := l.replace(stages)
	if err != nil {
		return nil, err
	}
	return out.(bson.A), nil
}

func (l *level) replace(template any) (any, error) {
	switch t := template.(type) {
	case string:
		switch {
		case strings.HasPrefix(t, "$"+outerMark):
			return l.variable(t[1:]), nil
		case strings.Contains(t, outerMark):
			return nil, errOutside
		}
	case *hole:
		if strings.Contains(t.form, outerMark) {
			return nil, errOutside
		}
	case bson.A:
		out := make(bson.A, len(t))
		for i, v := range t {
			var err error
			if out[i], err = l.replace(v); err != nil {
				return nil, err
			}
		}
		return out, nil
	case bson.D:
		out := make(bson.D, len(t))
		for i, e := range t {
			v, err := l.replace(e.Value)
			if err != nil {
				return nil, err
			}
			if strings.Contains(e.Key, outerMark) {
				return nil, errOutside
			}
			out[i] = bson.E{Key: e.Key, Value: v}
		}
		return out, nil
	}
	return template, nil
}

// speaksOutside reports a filter that is about a row around, which only an expression can be.
func speaksOutside(template any) bool {
	switch t := template.(type) {
	case bson.A:
		return slices.ContainsFunc(t, speaksOutside)
	case bson.D:
		return slices.ContainsFunc(t, func(e bson.E) bool { return strings.Contains(e.Key, outerMark) || speaksOutside(e.Value) })
	case *hole:
		return strings.Contains(t.form, outerMark)
	case string:
		return strings.Contains(t, outerMark)
	}
	return false
}

// rowsOf compiles a query within another to the stages that make its rows, and the
// cells where its columns stand in them.
func (c *compiler) rowsOf(q *qb.Select) (bson.A, []Cell, error) {
	if err := c.check(q); err != nil {
		return nil, nil, err
	}
	if len(q.Union) > 0 {
		return c.unionRows(q)
	}
	cmd, err := c.read(q)
	if err != nil {
		return nil, nil, err
	}
	return cmd.pipeline, cmd.Cells, nil
}

// check refuses what a query within another cannot have.
func (c *compiler) check(q *qb.Select) error {
	if err := checkSelect(q); err != nil {
		return err
	}
	return qb.CheckFilters(c.filters)
}

// docsOf compiles a query within another to stages whose documents have the fields of
// its entity, and its computed columns by name.
func (c *compiler) docsOf(q *qb.Select) (bson.A, error) {
	if q.Roots && len(q.Exprs) == 0 && !q.Distinct && !q.Count && len(q.Union) == 0 && !isGrouped(q) {
		return c.wholeRows(q)
	}
	if q.Count {
		return nil, unsupportedClause(q.Entity, "join", "of a count, which has no name; read Count().As(name)")
	}
	stages, cells, err := c.rowsOf(q)
	if err != nil {
		return nil, err
	}
	project := bson.D{}
	hasKey := false
	for i, place := range namesOf(q) {
		if place != "" && i < len(cells) {
			hasKey = hasKey || strings.HasPrefix(place, keyField)
			project = append(project, bson.E{Key: place, Value: "$" + strings.Join(cells[i].Path, ".")})
		}
	}
	if !hasKey {
		project = append(bson.D{{Key: keyField, Value: 0}}, project...)
	}
	return append(slices.Clip(stages), bson.D{{Key: "$project", Value: project}}), nil
}

// namesOf tells, for each column of a query, the field that conditions know it by.
func namesOf(q *qb.Select) []string {
	var out []string
	for _, p := range q.Output {
		columns := p.Columns
		if p.Elsewhere() {
			columns = p.Relation.Target.KeyColumns
			out = append(out, make([]string, len(columns))...)
			continue
		}
		for _, c := range columns {
			out = append(out, columnPath(c))
		}
	}
	for _, j := range q.Joins {
		for _, p := range j.Output {
			out = append(out, make([]string, max(1, len(p.Columns)))...)
		}
	}
	for _, x := range q.Exprs {
		out = append(out, x.Name)
	}
	return out
}

// wholeRows compiles a query for whole documents: its condition, order and page.
func (c *compiler) wholeRows(q *qb.Select) (bson.A, error) {
	if err := c.check(q); err != nil {
		return nil, err
	}
	if len(q.Populate) > 0 || q.Via != nil {
		return nil, unsupportedClause(q.Entity, "from", "a sub-query that populates")
	}
	r, err := c.rows(q)
	if err != nil {
		return nil, err
	}
	r.cut()
	return r.out.stages, nil
}

// from starts a pipeline with the rows of a sub-query, or of a common table expression,
// in the place of the collection's.
func (s *scope) from(q *qb.Select) error {
	source := q.From
	if q.Source != "" {
		i := slices.IndexFunc(s.c.with, func(t *qb.CTE) bool { return t.Name == q.Source })
		if i < 0 {
			return unsupportedClause(q.Entity, "from "+q.Source, "a common table expression that the query does not have")
		}
		if source = s.c.with[i].Query; s.c.with[i].Recursive {
			return unsupportedClause(q.Entity, "with "+q.Source, "a recursive common table expression; a pipeline with $graphLookup walks trees")
		}
	}
	if source.Entity != q.Entity {
		return unsupportedClause(q.Entity, "from", "the rows of another entity, "+source.Entity.Name)
	}
	inner := s.c.beside(source)
	stages, err := inner.docsOf(source)
	if err != nil {
		return err
	}
	s.c.helpers = inner.helpers
	s.out.stages = append(s.out.stages, stages...)
	return nil
}

// joinRows joins the rows of a sub-query, of a common table expression, or of an entity
// by a condition alone: a $lookup whose pipeline ends in that condition.
func (s *scope) joinRows(j *qb.Join) error {
	query, e := j.Query, j.Entity
	if j.Source != "" {
		i := slices.IndexFunc(s.c.with, func(t *qb.CTE) bool { return t.Name == j.Source })
		if i < 0 || s.c.with[i].Recursive {
			return unsupportedClause(s.entity, "join "+j.Alias, "a common table expression that is recursive, or not there")
		}
		query = s.c.with[i].Query
	}
	var stages bson.A
	filters := &qb.Select{}
	if query != nil {
		e, filters = query.Entity, query
	}
	inner, around := s.within(filters)
	if !j.Lateral {
		around.aliases = map[string]row{} // only the condition of the join sees them
	}
	if query != nil {
		var err error
		if stages, err = inner.docsOf(query); err != nil {
			return err
		}
	}
	if Collection(e) == "" || e.Root().Table.Schema != s.entity.Root().Table.Schema {
		return unsupportedClause(s.entity, "join "+j.Alias, "rows of another database, which a lookup cannot reach")
	}
	for alias, r := range s.aliases {
		around.aliases[alias] = r
	}
	delete(around.aliases, j.Alias)
	on := inner.newScope(e)
	on.aliases = map[string]row{j.Alias: on.row}
	on.out.stages = stages
	var err error
	if query == nil {
		if err = checkEntity(e); err == nil {
			err = on.where(j.On)
		}
	} else {
		err = on.filter(always, j.On)
	}
	if err != nil {
		return err
	}
	if err := s.lookupWithin(around, Collection(e), j.Alias, on.out.stages); err != nil {
		return err
	}
	s.out.unwind(j.Alias, j.Left)
	s.aliases[j.Alias] = row{entity: e, prefix: j.Alias + "."}
	return nil
}

// subquery looks up a value of a sub-query with one column into a helper field: an array
// of one document with a field v, empty where there is none. equals is the path of a value
// that it must be equal to, "" for any.
func (s *scope) subquery(q *qb.Select, clause, equals string) (helper string, t *mapper.Type, err error) {
	if q.Entity.Root().Table.Schema != s.entity.Root().Table.Schema {
		return "", nil, unsupportedClause(s.entity, clause, "a sub-query in another database, which a lookup cannot reach")
	}
	inner, around := s.within(q)
	stages, cells, err := inner.rowsOf(q)
	if err != nil {
		return "", nil, err
	}
	if len(cells) != 1 && clause != "$exists" {
		return "", nil, unsupportedClause(s.entity, clause, fmt.Sprintf("a sub-query of %d columns; it gives one", len(cells)))
	}
	out := &pipeline{stages: slices.Clip(stages)}
	out.add("$project", bson.D{{Key: keyField, Value: 0}, {Key: "v", Value: "$" + strings.Join(cells[0].Path, ".")}})
	if equals != "" {
		around.let = append(around.let, bson.E{Key: "value", Value: "$" + equals})
		out.match(is("$expr", op("$eq", bson.A{"$v", "$$value"})))
	}
	out.add("$limit", 1)
	helper = s.c.helper("s")
	return helper, cells[0].Type, s.lookupWithin(around, Collection(q.Entity), helper, out.stages)
}

// exists tests whether a sub-query has rows.
func (s *scope) exists(n *conditions.Exists) (any, error) {
	q, ok := n.Query.Select.(*qb.Select)
	if !ok {
		return nil, unsupportedClause(s.entity, "$exists", "this sub-query")
	}
	helper, _, err := s.subquery(q, "$exists", "")
	return found(helper, !n.Not), err
}

// found tests whether a lookup has found something.
func found(helper string, yes bool) bson.D {
	if yes {
		return is(helper, op("$ne", bson.A{}))
	}
	return is(helper, op("$eq", bson.A{}))
}

// inQuery tests membership in what a sub-query finds; a null among it equals nothing.
func (s *scope) inQuery(path string, n *conditions.InNode, q *qb.Select) (any, error) {
	if strings.Contains(path, outerMark) {
		return nil, unsupportedField(s.entity, n.Field, "$in", "a sub-query about a value of the row around; ask that row")
	}
	helper, _, err := s.subquery(q, "$in", path)
	if err != nil {
		return nil, err
	}
	test := and(is(path, op("$ne", nil)), found(helper, !n.Not))
	if n.OrNull && !n.Not {
		return or(test, is(path, nil)), nil
	}
	return test, nil
}

// compareQuery compares a value with the one that a sub-query finds.
func (s *scope) compareQuery(path string, n *conditions.Compare, q *qb.Select) (any, error) {
	helper, _, err := s.subquery(q, n.Op.String(), "")
	if err != nil {
		return nil, err
	}
	s.out.set(helper, op("$first", "$"+helper+".v"))
	test := is("$expr", op(n.Op.String(), bson.A{"$" + path, "$" + helper}))
	return and(is(path, op("$ne", nil)), is(helper, op("$ne", nil)), test), nil
}

// selected returns the query of an operand, nil for another one.
func selected(o conditions.Operand) *qb.Select {
	if query, ok := o.(conditions.Query); ok {
		q, _ := query.Select.(*qb.Select)
		return q
	}
	return nil
}
