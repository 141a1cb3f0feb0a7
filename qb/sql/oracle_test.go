package sql_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// store holds the rows that fill gives every engine, for the naive evaluator.
type store struct {
	tables map[string][]map[string]any
}

func newStore(reg *mapper.Registry) *store {
	s := &store{map[string][]map[string]any{}}
	put := func(table *mapper.Table, cols []*mapper.Column, rows [][]any) {
		if s.tables[table.Name] != nil {
			return
		}
		for _, r := range rows {
			m := map[string]any{}
			for i, c := range cols {
				m[c.Name] = r[i]
			}
			s.tables[table.Name] = append(s.tables[table.Name], m)
		}
	}
	for _, e := range reg.Entities() {
		if e.Base == nil {
			cols := tableColumns(e)
			put(e.Table, cols, rows(e, cols))
		}
		for _, p := range e.Properties {
			if p.Kind == mapper.ManyToMany && p.Relation.Owning {
				cols := slices.Concat(p.Relation.Pivot.Owner, p.Relation.Pivot.Target)
				put(p.Relation.Pivot.Table, cols, links(cols))
			}
		}
	}
	return s
}

// find gives the visible rows of e for which the columns hold the values.
func (s *store) find(e *mapper.Entity, cols []string, values []any) []conditions.Row {
	var out []conditions.Row
	for _, r := range s.tables[e.Table.Name] {
		if e.Base != nil && e.Discriminator != nil && e.TypeOf(r[e.Discriminator.Name]) == nil {
			continue
		}
		match := true
		for i, c := range cols {
			match = match && values[i] != nil && r[c] == values[i]
		}
		if match {
			out = append(out, memoryRow{s, e, r})
		}
	}
	return out
}

// memoryRow is a row of the store.
type memoryRow struct {
	s    *store
	e    *mapper.Entity
	cell map[string]any
}

func (r memoryRow) values(cols []*mapper.Column) []any {
	out := make([]any, len(cols))
	for i, c := range cols {
		out[i] = r.cell[c.Name]
	}
	return out
}

func (r memoryRow) Value(p *mapper.Property) (any, error) { return r.cell[p.Columns[0].Name], nil }

func (r memoryRow) Key(p *mapper.Property) (any, error) {
	cols := r.e.KeyColumns
	switch {
	case p == nil:
	case len(p.Columns) > 0:
		cols = p.Columns
	default:
		to, err := r.One(p)
		if to == nil || err != nil {
			return nil, err
		}
		return to.Key(nil)
	}
	values := r.values(cols)
	if slices.Contains(values, nil) {
		return nil, nil
	}
	return mapper.NewTuple(values), nil
}

func (r memoryRow) One(p *mapper.Property) (conditions.Row, error) {
	names, values := names(p.Relation.Target.KeyColumns), r.values(p.Columns)
	if !p.Relation.Owning {
		names, values = linked(p.Relation.Inverse.Columns, r)
	}
	if rows := r.s.find(p.Relation.Target, names, values); len(rows) > 0 {
		return rows[0], nil
	}
	return nil, nil
}

func (r memoryRow) Many(p *mapper.Property) ([]conditions.Row, error) {
	if p.Kind == mapper.OneToMany {
		names, values := linked(p.Relation.Inverse.Columns, r)
		return r.s.find(p.Relation.Target, names, values), nil
	}
	own, other := p.Relation.Pivot.Owner, p.Relation.Pivot.Target
	if !p.Relation.Owning {
		own, other = other, own
	}
	var out []conditions.Row
	for _, link := range r.s.tables[p.Relation.Pivot.Table.Name] {
		if link[own[0].Name] == r.cell[own[0].References.Name] {
			out = append(out, r.s.find(p.Relation.Target, names(p.Relation.Target.KeyColumns), []any{link[other[0].Name]})...)
		}
	}
	return out, nil
}

// linked gives the foreign key columns that lead to r, and the values they hold then.
func linked(fk []*mapper.Column, r memoryRow) (cols []string, values []any) {
	for _, c := range fk {
		cols, values = append(cols, c.Name), append(values, r.cell[c.References.Name])
	}
	return cols, values
}

func names(cols []*mapper.Column) []string {
	var out []string
	for _, c := range cols {
		out = append(out, c.Name)
	}
	return out
}

// answer gives the keys of the roots for which a condition is true.
func (s *store) answer(e *mapper.Entity, where conditions.Node, args []any) ([]string, error) {
	ev := conditions.Evaluator{Args: args}
	var out []string
	for _, r := range s.find(e, nil, nil) {
		yes, err := ev.Matches(where, r)
		if err != nil {
			return nil, err
		}
		if yes {
			out = append(out, fmt.Sprint(shownKey(r.(memoryRow))...))
		}
	}
	slices.Sort(out)
	return out, nil
}

// shownKey is the key as SQLite returns it.
func shownKey(r memoryRow) []any {
	var out []any
	for _, c := range r.e.KeyColumns {
		v, err := sql.SQLite().Encode(c.Type, r.cell[c.Name])
		if err != nil {
			return []any{err}
		}
		out = append(out, v)
	}
	return out
}

// TestCorpusAgainstTheEvaluator: SQLite answers every case of the corpus as the
// naive evaluator does. (TestEnginesAgree ties the other engines to SQLite.)
func TestCorpusAgainstTheEvaluator(t *testing.T) {
	reg := registry(t)
	s := newStore(reg)
	e := engine{sql.SQLite(), open(t, sqliteDriver(), ":memory:")}
	e.fill(t, reg)
	found, all := 0, 0
	for _, c := range load(t) {
		q, err := query(reg, c)
		if err != nil || len(c.Order) > 0 || c.Limit >= 0 || c.Offset >= 0 || len(c.Populate) > 0 {
			continue
		}
		want, err := s.answer(q.query.Entity, q.query.Where, q.args)
		if err != nil {
			t.Logf("%s: %v", c, err)
			continue
		}
		got, err := e.run(q)
		if err != nil {
			t.Errorf("%s: %v", c, err)
			continue
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			st, _ := e.dialect.Compile(q.query)
			t.Errorf("%s: %s\n%s\nsqlite gives    %v\nevaluator gives %v", c, c.Source, st, got, want)
		}
		all++
		if len(want) > 0 && len(want) < entityRows {
			found++
		}
	}
	if found*3 < all {
		t.Errorf("only %d of %d cases tell rows apart", found, all)
	}
}

// vocabulary says what random conditions are made of.
var vocabulary = map[string]struct{ ints, texts, ones, manys []string }{
	"Author":    {[]string{"id", "age", "version"}, []string{"name"}, []string{"favourite", "profile"}, []string{"books"}},
	"Book":      {[]string{"id", "pages"}, []string{"title"}, []string{"author", "publisher"}, []string{"tags"}},
	"Tag":       {[]string{"id"}, []string{"name"}, nil, []string{"books"}},
	"Publisher": {nil, []string{"name", "country"}, nil, []string{"books"}},
	"Profile":   {[]string{"id"}, []string{"bio"}, []string{"author"}, nil},
	"Employee":  {[]string{"id", "salary"}, []string{"name"}, []string{"manager"}, []string{"reports", "mentees"}},
}

// drawCondition draws a condition about an entity.
func drawCondition(t *rapid.T, reg *mapper.Registry, entity string, depth int) M {
	m := M{}
	for range rapid.IntRange(1, 2).Draw(t, "keys") {
		v := vocabulary[entity]
		kind := rapid.SampledFrom([]string{"int", "text", "one", "many", "logic", "not"}).Draw(t, "kind")
		switch {
		case depth > 0 && kind == "logic":
			op := rapid.SampledFrom([]string{"$and", "$or", "$nor"}).Draw(t, "logic")
			var list []any
			for range rapid.IntRange(1, 3).Draw(t, "members") {
				list = append(list, drawCondition(t, reg, entity, depth-1))
			}
			m[op] = list
		case depth > 0 && kind == "not":
			m["$not"] = drawCondition(t, reg, entity, depth-1)
		case depth > 0 && kind == "one" && len(v.ones) > 0:
			name := rapid.SampledFrom(v.ones).Draw(t, "one")
			m[name] = drawTarget(t, reg, reg.Entity(entity).Property(name), depth)
		case depth > 0 && kind == "many" && len(v.manys) > 0:
			name := rapid.SampledFrom(v.manys).Draw(t, "many")
			drawMany(t, reg, m, reg.Entity(entity).Property(name), depth)
		case kind == "int" && len(v.ints) > 0:
			m[rapid.SampledFrom(v.ints).Draw(t, "int")] = drawNumber(t)
		default:
			m[rapid.SampledFrom(v.texts).Draw(t, "text")] = drawText(t)
		}
	}
	return m
}

func drawTarget(t *rapid.T, reg *mapper.Registry, rel *mapper.Property, depth int) any {
	switch rapid.IntRange(0, 5).Draw(t, "target") {
	case 0:
		return nil
	case 1:
		return M{"$ne": nil}
	default:
		return drawCondition(t, reg, rel.Relation.Target.Name, depth-1)
	}
}

func drawMany(t *rapid.T, reg *mapper.Registry, m M, rel *mapper.Property, depth int) {
	target := rel.Relation.Target
	switch op := rapid.SampledFrom([]string{"", "$some", "$none", "$every", "$size", "key", "nil"}).Draw(t, "quantifier"); op {
	case "":
		m[rel.Name] = drawCondition(t, reg, target.Name, depth-1)
	case "$size":
		m[rel.Name] = M{"$size": M{rapid.SampledFrom([]string{"$eq", "$gt", "$lte"}).Draw(t, "size"): rapid.IntRange(0, 2).Draw(t, "n")}}
	case "key":
		m[rel.Name] = M{rapid.SampledFrom([]string{"$in", "$nin"}).Draw(t, "in"): []any{rapid.IntRange(1, 4).Draw(t, "key"), 7}}
	case "nil":
		m[rel.Name] = nil
	default:
		m[rel.Name] = M{op: drawCondition(t, reg, target.Name, depth-1)}
	}
}

func drawNumber(t *rapid.T) any {
	n := rapid.SampledFrom([]int{1, 2, 5, 18}).Draw(t, "number")
	switch op := rapid.SampledFrom([]string{"$eq", "$ne", "$gt", "$lte", "$in", "$nin", "nil", "$exists"}).Draw(t, "op"); op {
	case "$in", "$nin":
		return M{op: []any{n, rapid.SampledFrom([]any{nil, 0}).Draw(t, "second")}}
	case "nil":
		return nil
	case "$exists":
		return M{op: rapid.Bool().Draw(t, "exists")}
	default:
		return M{op: n}
	}
}

func drawText(t *rapid.T) any {
	s := rapid.SampledFrom([]string{"a", "A", "x", "fantasy", "k1"}).Draw(t, "word")
	switch op := rapid.SampledFrom([]string{"$eq", "$ne", "$like", "$ilike", "$startsWith", "$re", "$in", "nil"}).Draw(t, "op"); op {
	case "$like", "$ilike":
		return M{op: s + "%"}
	case "$in":
		return M{op: []any{s, nil}}
	case "nil":
		return nil
	default:
		return M{op: s}
	}
}

// TestRandomConditionsAgainstTheEvaluator: random conditions, EXISTS and key IN,
// give SQLite and the naive evaluator the same rows. -rapid.checks=100000 is the long run.
func TestRandomConditionsAgainstTheEvaluator(t *testing.T) {
	reg := registry(t)
	s := newStore(reg)
	e := engine{sql.SQLite(), open(t, sqliteDriver(), ":memory:")}
	e.fill(t, reg)
	rapid.Check(t, func(t *rapid.T) {
		entity := reg.Entity(rapid.SampledFrom([]string{"Author", "Book", "Tag", "Publisher", "Profile", "Employee"}).Draw(t, "entity"))
		cond := drawCondition(t, reg, entity.Name, 3)
		tree, args, err := conditions.Compile(conditions.Env{Registry: reg, Entity: entity}, cond, 0)
		if err != nil {
			t.Skip(err.Error())
		}
		q := compiled{&qb.Select{Registry: reg, Entity: entity, Output: entity.Key, Where: tree.Root, Slots: tree.Slots,
			Limit: conditions.NoSlot, Offset: conditions.NoSlot, KeyIn: rapid.Bool().Draw(t, "key in")}, args}
		want, err := s.answer(entity, tree.Root, args)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.run(q)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			st, _ := e.dialect.Compile(q.query)
			t.Fatalf("%v\n%s\n%s\nsqlite gives    %v\nevaluator gives %v", cond, tree, st, got, want)
		}
	})
}
