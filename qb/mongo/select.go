package mongo

import (
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

func compileSelect(q *qb.Select) (*Command, error) {
	if err := checkSelect(q); err != nil {
		return nil, err
	}
	cmd, err := (&compiler{filters: q.Filters, with: q.With}).read(q)
	if err == nil {
		cmd.Comment = strings.Join(q.Comments, " ")
		err = cmd.useIndex(q)
	}
	return cmd, err
}

// useIndex notes the index the user wants; the server takes one.
func (c *Command) useIndex(q *qb.Select) error {
	switch len(q.Indexes) {
	case 0:
		return nil
	case 1:
		c.Hint = q.Indexes[0]
		return nil
	}
	return unsupportedClause(q.Entity, "use index", "several indexes")
}

// read compiles a query by what it reads.
func (c *compiler) read(q *qb.Select) (*Command, error) {
	switch {
	case len(q.Union) > 0:
		return c.union(q)
	case q.Via != nil:
		return c.via(q)
	case q.Count && len(q.GroupBy) == 0 && q.Having == nil && !q.Distinct:
		return c.count(q)
	case isGrouped(q):
		return c.group(q)
	case q.Count:
		return nil, unsupportedClause(q.Entity, "count", "of distinct rows")
	case q.Distinct:
		return c.distinct(q)
	}
	r, err := c.rows(q)
	if err != nil {
		return nil, err
	}
	if err := r.output(q); err != nil {
		return nil, err
	}
	return r.command(q.Entity), nil
}

// rows reads the rows of a query that is no group, in its order and of its page.
func (c *compiler) rows(q *qb.Select) (*reader, error) {
	s, err := c.roots(q)
	if err != nil {
		return nil, err
	}
	r := &reader{scope: s}
	if err := s.windowed(q); err != nil {
		return nil, err
	}
	return r, r.page(q)
}

// roots starts the pipeline of a query: explicit joins and the condition.
func (c *compiler) roots(q *qb.Select) (*scope, error) {
	s := c.newScope(q.Entity)
	s.root = true
	s.aliases = map[string]row{q.Alias: s.row}
	where := s.where
	if q.From != nil || q.Source != "" {
		if err := s.from(q); err != nil {
			return nil, err
		}
		s.root = false
		where = func(nodes ...conditions.Node) error { return s.filter(always, nodes...) } // the rows are visible ones
	}
	if len(q.Joins) == 0 {
		rest, begun, err := s.startBelow(q)
		if err != nil {
			return nil, err
		}
		s.root = s.root && !begun
		return s, where(rest)
	}
	early, late := splitByAlias(q, conjuncts(nil, q.Where))
	if err := where(early...); err != nil {
		return nil, err
	}
	for _, j := range q.Joins {
		if err := s.join(j); err != nil {
			return nil, err
		}
	}
	s.root = false
	return s, s.filter(always, late...)
}

func (c *compiler) count(q *qb.Select) (*Command, error) {
	s, err := c.roots(q)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(q.Joins, (*qb.Join).Multiplies) {
		s.out.add("$group", bson.D{{Key: keyField, Value: "$" + keyField}})
	}
	if c.nested { // no rows are one row with 0
		s.out.wholeGroup(bson.A{bson.D{{Key: "$count", Value: "n"}}}, bson.D{{Key: "n", Value: 0}})
		return &Command{Kind: Aggregate, Collection: Collection(q.Entity), pipeline: s.out.stages, Cells: []Cell{{Path: []string{"n"}, Type: countType}}}, nil
	}
	s.out.add("$count", "n")
	return &Command{
		Kind: Aggregate, Collection: Collection(q.Entity), pipeline: s.out.stages,
		Cells: []Cell{{Path: []string{"n"}, Type: countType}}, Default: []any{int64(0)},
	}, nil
}

// countType is the type of a number of rows.
var countType = &mapper.Type{Kind: mapper.Int, GoName: "int64", Bits: 64}

// reader compiles what is read of the rows a scope has found: order, page,
// joined relations, and the cells of a result row.
type reader struct {
	*scope
	cells    []Cell
	keep     projection
	sort     *sorting
	skip     any
	limit    any
	positive []conditions.Slot
	// roots reports that joins have multiplied the roots, which limits count.
	roots bool
}

// page compiles the order and the limits that count roots.
func (r *reader) page(q *qb.Select) error {
	var err error
	if r.sort, err = r.order(q.OrderBy); err != nil {
		return err
	}
	if r.c.placed && len(q.OrderBy) == 0 {
		r.sort.by(distanceField, false)
	}
	if q.Limit != conditions.NoSlot {
		r.limit = value(q.Limit)
		r.positive = append(r.positive, q.Limit)
	}
	if q.Offset != conditions.NoSlot {
		r.skip = value(q.Offset)
	}
	if r.limit != nil || r.skip != nil {
		r.roots = q.PagesRoots()
		r.sort.total(r.prefix)
	}
	return nil
}

// output compiles the columns of a row. Until then the pipeline decides which
// rows there are; from here on it only adds to them, so the page ends before.
func (r *reader) output(q *qb.Select) error {
	tail := &reader{scope: r.scope}
	part := *r.scope
	part.out = &pipeline{}
	tail.scope = &part
	if err := tail.leaves(q.Output); err != nil {
		return err
	}
	for _, j := range q.Joins {
		if err := tail.joinedLeaves(j); err != nil {
			return err
		}
	}
	if err := tail.populate(q.Populate, nil); err != nil {
		return err
	}
	if err := tail.expressions(q.Exprs); err != nil {
		return err
	}
	r.cells, r.keep = append(r.cells, tail.cells...), tail.keep
	if len(part.out.stages) > 0 {
		r.cut()
		r.out.stages = append(r.out.stages, part.out.stages...)
	}
	return nil
}

// cut writes order and page into the pipeline.
func (r *reader) cut() {
	if r.roots {
		r.cutRoots()
		return
	}
	if len(r.sort.keys) > 0 {
		r.out.add("$sort", r.sort.keys)
	}
	if r.skip != nil {
		r.out.add("$skip", r.skip)
	}
	r.limitTo()
	r.sort, r.skip, r.limit = &sorting{}, nil, nil
}

// cutRoots writes a page of roots that joins have multiplied: a root stands where the
// first of its rows would, and keeps all of them.
func (r *reader) cutRoots() {
	r.sort.by(keyField, false) // equal roots stand side by side
	r.out.add("$sort", r.sort.keys)
	group := bson.D{{Key: keyField, Value: "$" + keyField}, {Key: "rows", Value: op("$push", "$$ROOT")}}
	sort := bson.D{}
	for i, key := range r.sort.keys {
		if key.Key != keyField {
			name := fmt.Sprintf("k%d", i)
			group = append(group, bson.E{Key: name, Value: op("$first", "$"+key.Key)})
			key.Key = name
		}
		sort = append(sort, key)
	}
	r.out.add("$group", group)
	r.out.add("$sort", sort)
	if r.skip != nil {
		r.out.add("$skip", r.skip)
	}
	r.limitTo()
	r.out.unwind("rows", false)
	r.out.add("$replaceRoot", bson.D{{Key: "newRoot", Value: "$rows"}})
	r.out.add("$sort", r.sort.keys)
	r.sort, r.skip, r.limit, r.roots = &sorting{}, nil, nil, false
}

// limitTo writes the limit. The server refuses one of 0, which a query of its own is not
// sent with.
func (r *reader) limitTo() {
	h, ok := r.limit.(*hole)
	switch {
	case r.limit == nil:
	case ok && r.c.nested:
		r.out.stages = append(r.out.stages, computed(h.slot, "$limit", func(arg any) (any, error) {
			n, err := whole(arg)
			if n <= 0 {
				return bson.D{{Key: "$match", Value: never}}, err
			}
			return bson.D{{Key: "$limit", Value: n}}, err
		}))
	default:
		r.out.add("$limit", r.limit)
	}
}

// command finishes a pipeline, as a find when a filter is all there is.
func (r *reader) command(e *mapper.Entity) *Command {
	cmd := &Command{Collection: Collection(e), Cells: r.cells, positive: r.positive}
	if filter, ok := r.onlyFilter(); ok && !r.keep.computes() && !r.c.nested {
		cmd.Kind, cmd.filter = Find, filter
		if !r.keep.covers(e) {
			cmd.project = r.keep.document()
		}
		cmd.skip, cmd.limit = r.skip, r.limit
		if len(r.sort.keys) > 0 {
			cmd.sort = r.sort.keys
		}
		return cmd
	}
	r.cut()
	r.out.add("$project", r.keep.document())
	cmd.Kind, cmd.pipeline = Aggregate, r.out.stages
	return cmd
}

// onlyFilter returns the filter of a pipeline that is nothing but a $match.
func (r *reader) onlyFilter() (any, bool) {
	switch len(r.out.stages) {
	case 0:
		return always, true
	case 1:
		if stage, ok := r.out.stages[0].(bson.D); ok && stage[0].Key == "$match" {
			return stage[0].Value, true
		}
	}
	return nil, false
}

// leaves adds the columns of properties of the row.
func (r *reader) leaves(properties []*mapper.Property) error {
	for _, p := range properties {
		switch {
		case p.Formula != "":
			return unsupported(p, "", "a property computed by SQL")
		case p.Elsewhere():
			if err := r.inverseKey(p); err != nil {
				return err
			}
			continue
		}
		for _, c := range p.Columns {
			r.column(r.prefix+columnPath(c), c.Type)
		}
	}
	return nil
}

// column adds the cell of a field and keeps the field.
func (r *reader) column(path string, t *mapper.Type) {
	cell := cellAt(path, t)
	r.keep.keep(cell.Path[0])
	r.cells = append(r.cells, cell)
}

// inverseKey looks up the key of the target on the inverse side of a one-to-one.
func (r *reader) inverseKey(p *mapper.Property) error {
	l, err := linkOf(p)
	if err != nil {
		return err
	}
	sub, err := r.c.newKeyed(p)
	if err != nil {
		return err
	}
	sub.out.add("$limit", 1)
	sub.out.add("$project", bson.D{{Key: keyField, Value: 1}})
	helper := r.c.helper("k")
	r.out.lookupFrom(r.row, l, helper, sub.out)
	r.out.set(helper, op("$first", "$"+helper))
	for _, c := range l.target.KeyColumns {
		r.column(helper+"."+columnPath(c), c.Type)
	}
	return nil
}

// populate joins to-one relations; what is below them joins inside their lookup.
func (r *reader) populate(nodes []*populate.Node, path []string) error {
	for _, node := range nodes {
		p := node.Relation
		if p.Kind.IsToMany() {
			return unsupported(p, "joined", "a joined to-many relation; load it by select-in")
		}
		l, err := linkOf(p)
		if err != nil {
			return err
		}
		target, err := r.c.newRelated(p)
		if err != nil {
			return err
		}
		sub := &reader{scope: target, sort: &sorting{}}
		var where conditions.Node
		if node.Where != nil {
			where = node.Where.Root
		}
		if err := sub.where(where); err != nil {
			return err
		}
		if l.foreign != keyField {
			sub.out.add("$limit", 1)
		}
		if err := sub.leaves(node.Fields); err != nil {
			return err
		}
		helper := r.c.helper("p")
		if err := sub.populate(node.Children, append(path, helper)); err != nil {
			return err
		}
		sub.out.add("$project", sub.keep.document())
		r.out.lookupFrom(r.row, l, helper, sub.out)
		r.out.unwind(helper, true)
		r.keep.keep(helper)
		for _, cell := range sub.cells {
			r.cells = append(r.cells, Cell{Path: append([]string{helper}, cell.Path...), Type: cell.Type})
		}
	}
	return nil
}

// expressions adds computed outputs that need no grouping.
func (r *reader) expressions(outputs []qb.Output) error {
	for _, output := range outputs {
		e, t, err := r.valueOf(output.Expr, "select "+output.Name)
		if err != nil {
			return err
		}
		if path, ok := e.(string); ok && !strings.HasPrefix(path, "$"+outerMark) {
			r.column(path[1:], t)
			continue
		}
		helper := r.c.helper("x")
		if _, again := output.Expr.(*qb.CaseExpr); again {
			r.out.set(helper, e)
			r.c.keep(output.Expr, helper)
			r.column(helper, t)
			continue
		}
		r.keep.compute(helper, e)
		r.cells = append(r.cells, Cell{Path: []string{helper}, Type: t})
	}
	return nil
}

// fieldType is the type a field is read as; nil when only the value knows.
func fieldType(f conditions.Field) *mapper.Type {
	switch {
	case f.JSON != nil || f.Property == nil:
		return nil
	case f.Property.Elsewhere():
		return f.Property.Relation.Target.KeyColumns[f.Part].Type
	case f.Property.Relation != nil && len(f.Property.Columns) == 0:
		return f.Property.Relation.Target.KeyColumns[0].Type
	case f.Property.Relation != nil:
		return f.Property.Columns[f.Part].Type
	}
	return f.Property.Type
}

// computes reports a field that only $project can make.
func (p *projection) computes() bool {
	for _, e := range p.fields {
		if e.Value != 1 || strings.HasPrefix(e.Key, "$") {
			return true
		}
	}
	return false
}
