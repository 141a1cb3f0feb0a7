package mongo

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// valueOf returns an aggregation expression for what a query computes of a row: a path
// "$name", or a document; and the type of its values.
func (s *scope) valueOf(e qb.Expr, clause string) (any, *mapper.Type, error) {
	switch e := e.(type) {
	case qb.FieldExpr:
		v, err := s.expression(e.Field, false)
		return v, fieldType(e.Field), err
	case *qb.CaseExpr:
		if path, ok := s.c.made[e]; ok {
			return "$" + path, e.Type, nil
		}
		v, err := s.caseOf(e, clause)
		return v, e.Type, err
	case *qb.WindowExpr:
		if path, ok := s.c.made[e]; ok {
			return "$" + path, windowType(e), nil
		}
		return nil, nil, unsupportedClause(s.entity, clause, "a window over the rows of this clause; read it as a column")
	case qb.ValueExpr:
		return literal(value(e.Slot)), e.Type, nil
	case *qb.SubqueryExpr:
		helper, t, err := s.subquery(e.Query, clause, "")
		return op("$first", "$"+helper+".v"), t, err
	case qb.RawExpr:
		return nil, nil, unsupportedClause(s.entity, clause, "SQL")
	}
	return nil, nil, unsupportedClause(s.entity, clause, "this expression")
}

// caseOf makes a $switch. A condition that is unknown is not true, as in SQL.
func (s *scope) caseOf(e *qb.CaseExpr, clause string) (any, error) {
	branches := make(bson.A, len(e.Whens))
	for i, when := range e.Whens {
		test, err := s.asExpression(when.If, clause, ownPlace)
		if err != nil {
			return nil, err
		}
		then, _, err := s.valueOf(when.Then, clause)
		if err != nil {
			return nil, err
		}
		branches[i] = bson.D{{Key: "case", Value: test}, {Key: "then", Value: then}}
	}
	var other any
	if e.Else != nil {
		var err error
		if other, _, err = s.valueOf(e.Else, clause); err != nil {
			return nil, err
		}
	}
	return op("$switch", bson.D{{Key: "branches", Value: branches}, {Key: "default", Value: other}}), nil
}

// windowed computes the windows that a query reads or sorts by, which see all rows that
// its condition lets through, before there is an order or a page.
func (s *scope) windowed(q *qb.Select) error {
	for _, output := range q.Exprs {
		if w, ok := output.Expr.(*qb.WindowExpr); ok {
			if err := s.window(w); err != nil {
				return err
			}
		}
	}
	for _, entry := range q.OrderBy {
		if w, ok := entry.Expr.(*qb.WindowExpr); ok {
			if err := s.window(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// window computes a function over a window into a helper field.
func (s *scope) window(e *qb.WindowExpr) error {
	if _, done := s.c.made[e]; done {
		return nil
	}
	w := s.c.sameWindow(e)
	if w == nil {
		w = &windowing{like: e}
		var err error
		if w.by, err = s.partition(e.Partition); err != nil {
			return err
		}
		order, err := s.order(e.OrderBy)
		if err != nil {
			return err
		}
		w.sort = order.keys
		s.c.windows = append(s.c.windows, w)
	}
	w.scope, w.expr = s, e
	path, err := w.function()
	if err != nil {
		return err
	}
	s.c.keep(e, path)
	return nil
}

// keep notes the field that holds a computed value.
func (c *compiler) keep(e qb.Expr, path string) {
	if c.made == nil {
		c.made = map[qb.Expr]string{}
	}
	c.made[e] = path
}

// windowing compiles the functions over one window.
type windowing struct {
	*scope
	// expr is the function at work, like the first one over the window.
	expr, like *qb.WindowExpr
	by         bson.D // the fields of the partition, as expressions
	sort       bson.D
	// ranks is the field of the ranks, "" before somebody asks.
	ranks string
}

// sameWindow returns what is known of the window of a function, nil for a new window.
func (c *compiler) sameWindow(e *qb.WindowExpr) *windowing {
	for _, w := range c.windows {
		same := slices.EqualFunc(w.like.Partition, e.Partition, sameExpr) && slices.EqualFunc(w.like.OrderBy, e.OrderBy, func(a, b qb.Order) bool {
			return a.Desc == b.Desc && a.Nulls == b.Nulls && a.Collation == b.Collation && sameExpr(a.Expr, b.Expr)
		})
		if same {
			return w
		}
	}
	return nil
}

func sameExpr(a, b qb.Expr) bool {
	x, ok := a.(qb.FieldExpr)
	y, ok2 := b.(qb.FieldExpr)
	return ok && ok2 && sameField(x.Field, y.Field)
}

// partition lists what the rows of a partition have in common.
func (s *scope) partition(exprs []qb.Expr) (bson.D, error) {
	var by bson.D
	for _, p := range exprs {
		v, _, err := s.valueOf(p, "partition")
		if err != nil {
			return nil, err
		}
		by = append(by, bson.E{Key: partName(len(by)), Value: op("$ifNull", bson.A{v, nil})})
	}
	return by, nil
}

func partName(i int) string { return "p" + string(rune('0'+i%10)) + string(rune('a'+i/10)) }

// function computes the value of the function for each row, and returns its field.
func (w *windowing) function() (string, error) {
	switch w.expr.Func {
	case "row_number":
		return w.over(w.by, w.sort, op("$documentNumber", bson.D{})), nil
	case "rank":
		return w.rank(), nil
	case "dense_rank": // numbers the ranks, which are one field whatever the order is
		return w.over(w.by, bson.D{{Key: w.rank(), Value: 1}}, op("$denseRank", bson.D{})), nil
	case "lag", "lead", "first_value":
		v, _, err := w.valueOf(qb.FieldExpr{Field: w.expr.Field}, w.expr.Func)
		if err != nil {
			return "", err
		}
		if w.expr.Func == "first_value" {
			return w.over(w.by, w.sort, inFrame(op("$first", op("$ifNull", bson.A{v, nil})), "unbounded")), nil
		}
		by := w.expr.Offset
		if w.expr.Func == "lag" {
			by = -by
		}
		return w.over(w.by, w.sort, op("$shift", bson.D{{Key: "output", Value: v}, {Key: "by", Value: by}, {Key: "default", Value: nil}})), nil
	}
	return w.aggregate()
}

// over appends a $setWindowFields of one field and returns its name.
func (w *windowing) over(by, sort bson.D, output bson.D) string {
	name := w.c.helper("f")
	stage := bson.D{}
	if len(by) > 0 {
		stage = append(stage, bson.E{Key: "partitionBy", Value: by})
	}
	if len(sort) > 0 {
		stage = append(stage, bson.E{Key: "sortBy", Value: sort})
	}
	w.out.add("$setWindowFields", append(stage, bson.E{Key: "output", Value: is(name, output)}))
	return name
}

// inFrame gives an accumulator the documents from the first of the window to upper.
func inFrame(accumulator bson.D, upper string) bson.D {
	return append(accumulator, bson.E{Key: "window", Value: op("documents", bson.A{"unbounded", upper})})
}

// equals are the rows that the order of the window does not tell apart.
func (w *windowing) equals() bson.D {
	by := append(bson.D(nil), w.by...)
	for _, key := range w.sort {
		by = append(by, bson.E{Key: partName(len(by)), Value: op("$ifNull", bson.A{"$" + key.Key, nil})})
	}
	return by
}

// rank is the number of the first of equal rows. The server's own $rank takes an order of
// one field only.
func (w *windowing) rank() string {
	if w.ranks == "" {
		number := w.over(w.by, w.sort, op("$documentNumber", bson.D{}))
		w.ranks = w.over(w.equals(), nil, op("$min", "$"+number))
	}
	return w.ranks
}

// aggregate computes an aggregate over the window: all of it, or with an order up to the
// row and its equals.
func (w *windowing) aggregate() (string, error) {
	acc, err := w.accumulators()
	if err != nil {
		return "", err
	}
	var names []string
	for _, a := range acc {
		if len(w.sort) == 0 {
			names = append(names, w.over(w.by, nil, a))
			continue
		}
		names = append(names, w.running(a))
	}
	if w.expr.Func != "sum" {
		return names[0], nil
	}
	// The $sum of nothing is 0 where SQL says null, so values are counted beside it.
	sum := w.c.helper("f")
	w.out.set(sum, op("$cond", bson.A{op("$gt", bson.A{"$" + names[1], 0}), "$" + names[0], nil}))
	return sum, nil
}

// running is an accumulator up to a row and its equals: the value that the last of them
// has where rows are counted one by one.
func (w *windowing) running(accumulator bson.D) string {
	value, number := w.c.helper("f"), w.c.helper("f")
	stage := bson.D{}
	if len(w.by) > 0 {
		stage = append(stage, bson.E{Key: "partitionBy", Value: w.by})
	}
	w.out.add("$setWindowFields", append(stage, bson.E{Key: "sortBy", Value: w.sort}, bson.E{Key: "output", Value: bson.D{
		{Key: value, Value: inFrame(accumulator, "current")},
		{Key: number, Value: op("$documentNumber", bson.D{})},
	}}))
	return w.over(w.equals(), bson.D{{Key: number, Value: 1}}, inFrame(op("$last", "$"+value), "unbounded"))
}

// accumulators are those that make the aggregate.
func (w *windowing) accumulators() ([]bson.D, error) {
	f := w.expr.Field
	if w.expr.Func == "count" && f.Property == nil {
		return []bson.D{op("$sum", 1)}, nil
	}
	v, _, err := w.valueOf(qb.FieldExpr{Field: f}, w.expr.Func)
	if err != nil {
		return nil, err
	}
	there := op("$sum", op("$cond", bson.A{op("$eq", bson.A{op("$ifNull", bson.A{v, nil}), nil}), 0, 1}))
	switch w.expr.Func {
	case "count":
		return []bson.D{there}, nil
	case "sum":
		return []bson.D{op("$sum", v), there}, nil
	case "avg", "min", "max":
		return []bson.D{op("$"+w.expr.Func, v)}, nil
	}
	return nil, unsupportedField(w.entity, f, w.expr.Func, "this function of a window")
}

// windowType is the type of a window function's values; nil where only a value can tell.
func windowType(e *qb.WindowExpr) *mapper.Type {
	switch e.Func {
	case "row_number", "rank", "dense_rank", "count":
		return countType
	case "sum":
		return sumType(e.Field)
	case "avg":
		return nil
	}
	return fieldType(e.Field)
}
