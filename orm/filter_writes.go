package orm

import (
	"context"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// guardRule is a guard that is on, with its condition and values.
type guardRule struct {
	entity *mapper.Entity
	filter string
	rd     conditions.Reading
	root   conditions.Node
	args   []any
}

// rules makes the conditions of the guards that are on.
func (f *filtering) rules(op string) ([]*guardRule, error) {
	if !f.guarded() {
		return nil, nil
	}
	o := f.options(nil)
	if err := f.knownFilters(o); err != nil {
		return nil, told(op, err)
	}
	var list []*guardRule
	for _, e := range f.db.registry.Entities() {
		for _, filter := range f.of(e) {
			on := f.active(filter, o)
			if !filter.Guard || on == nil {
				continue
			}
			r := &guardRule{entity: e, filter: filter.Name}
			if err := r.make(f.db.registry, filter, on.params); err != nil {
				return nil, (&restriction{op: op, entity: e, filter: filter}).fail(err)
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// make reads the condition, which must be about columns of the row itself.
func (r *guardRule) make(reg *mapper.Registry, filter *mapper.Filter, params map[string]any) error {
	cond, err := filter.Condition(params)
	if err != nil {
		return err
	}
	if err := conditions.Read(&r.rd, cond); err != nil {
		return err
	}
	tree, err := r.tree(reg, 0)
	if err != nil {
		return err
	}
	if r.args, err = tree.Bind(nil, r.rd.Values); err != nil {
		return err
	}
	if err := qb.CheckFilter(r.entity, filter.Name, tree.Root); err != nil {
		return err
	}
	if !ownColumns(tree.Root) {
		return &Error{Class: ErrInvalidOption, Entity: r.entity.Name, Path: filter.Name,
			Detail: "it is a guard, whose condition can only be about columns of the row itself: what is written is judged in memory"}
	}
	r.root = tree.Root
	return nil
}

// tree parses the condition, whose values stand in the slots from first on.
func (r *guardRule) tree(reg *mapper.Registry, first conditions.Slot) (*conditions.Tree, error) {
	return conditions.Parse(conditions.Env{Registry: reg, Entity: r.entity, Queries: r.rd.Queries}, r.rd.Shape, first)
}

// ownColumns reports a condition that the row alone decides.
func ownColumns(n conditions.Node) bool {
	switch n := n.(type) {
	case *conditions.AndNode, *conditions.OrNode:
		return !slices.ContainsFunc(conditions.Members(n), func(m conditions.Node) bool { return !ownColumns(m) })
	case *conditions.SomeNode, *conditions.ReachNode, *conditions.EveryNode, *conditions.SizeNode, *conditions.Exists, *conditions.RawNode:
		return false
	case *conditions.Compare:
		switch n.Value.(type) {
		case *conditions.RawValue, conditions.Query:
			return false
		}
	case *conditions.InNode:
		if _, ok := n.Values.(conditions.Query); ok {
			return false
		}
	}
	own := true
	conditions.Walk(n, func(f conditions.Field, _ conditions.Node) {
		own = own && len(f.Hops) == 0 && (f.Property == nil || len(f.Property.Columns) > 0)
	})
	return own
}

// shows reports that the guard shows a row.
func (r *guardRule) shows(row conditions.Row) (bool, error) {
	ev := conditions.Evaluator{Args: r.args}
	yes, err := ev.Matches(r.root, row)
	return yes, (&restriction{entity: r.entity, filter: &mapper.Filter{Name: r.filter}}).fail(err)
}

// columns are those that the condition asks for.
func (r *guardRule) columns() (list []*mapper.Column) {
	conditions.Walk(r.root, func(f conditions.Field, _ conditions.Node) {
		if f.Property == nil {
			list = append(list, r.entity.KeyColumns...)
		} else {
			list = append(list, f.Property.Columns...)
		}
	})
	return list
}

// hold refuses a write by what detail says when the guard does not show a row.
func (r *guardRule) hold(op string, e *mapper.Entity, key any, row conditions.Row, detail string) error {
	ok, err := r.shows(row)
	if err == nil && !ok {
		err = r.refuse(op, e, key, detail)
	}
	return err
}

// refuse is the error of a write.
func (r *guardRule) refuse(op string, e *mapper.Entity, key any, detail string) error {
	return &GuardError{Op: op, Entity: e.Name, Key: key, Filter: r.filter, Detail: detail}
}

// What a guard says about a write.
const (
	hiddenRow   = "it hides the row"
	hiddenAfter = "it would hide the row that is written"
)

// guardRows refuses new rows that a guard would hide.
func guardRows(op string, rules []*guardRule, e *mapper.Entity, key any, row conditions.Row) error {
	for _, r := range rules {
		if !e.IsSubtypeOf(r.entity) {
			continue
		}
		if err := r.hold(op, e, key, row, hiddenAfter); err != nil {
			return err
		}
	}
	return nil
}

// unitRow is a managed entity as a row: as it is, or as it is stored.
type unitRow struct {
	unit   *unit.Unit
	m      *managed
	stored bool
	// base is the row as it was read for the guard, nil for none: what the entity does not know.
	base conditions.Row
}

// knows reports that the entity tells the value of a property.
func (r unitRow) knows(p *mapper.Property) bool {
	if r.m.Loaded.Has(p.Index) && (!r.stored || r.m.Snap != nil) {
		return true
	}
	return r.base == nil
}

// Value is that of a property that is no relation.
func (r unitRow) Value(p *mapper.Property) (any, error) {
	if !r.knows(p) {
		return r.base.Value(p)
	}
	at := r.m.Entity
	if r.stored {
		at = r.m.Snap
	}
	return conditions.NewRow(r.m.Meta, at).Value(p)
}

// Key is the key that a reference holds, or the row's own.
func (r unitRow) Key(p *mapper.Property) (any, error) {
	if p == nil {
		if key, ok := r.unit.KeyOf(r.m); ok && !r.stored {
			return key, nil
		}
		return r.m.Key, nil
	}
	if !r.m.Meta.IsSubtypeOf(p.Entity) {
		return nil, nil
	}
	if !r.knows(p) {
		return r.base.Key(p)
	}
	entry := r.unit.Reference(r.m, p)
	if r.stored {
		entry = r.unit.Stored(r.m, p)
	}
	switch {
	case entry == nil:
		return nil, nil
	case entry.Key != nil:
		return entry.Key, nil
	}
	if target := r.unit.EntryOf(entry); target != nil {
		if key, ok := r.unit.KeyOf(target); ok {
			return key, nil
		}
	}
	return nil, nil
}

// One and Many are not asked for: the condition of a guard walks no relations.
func (r unitRow) One(*mapper.Property) (conditions.Row, error)    { return nil, nil }
func (r unitRow) Many(*mapper.Property) ([]conditions.Row, error) { return nil, nil }

// guarding holds the guards against one flush.
type guarding struct {
	em    *EntityManager
	rules []*guardRule
	// read are the rows that had to be read.
	read map[*managed]*managed
	rows *unit.Unit
}

// guarded refuses a flush that writes rows which guards hide, or that would be hidden.
func (em *EntityManager) guarded(ctx context.Context, w *work) error {
	rules, err := em.filtering.rules("flush")
	if err != nil || len(rules) == 0 {
		return err
	}
	g := &guarding{em: em, rules: rules, read: map[*managed]*managed{}}
	owners := g.owners(w)
	var unread []*managed
	for _, c := range w.Changes {
		if m := w.At(c); c.Kind != changeset.Insert && g.asksDatabase(m) {
			unread = append(unread, m)
		}
	}
	for _, m := range owners {
		if g.asksDatabase(m) {
			unread = append(unread, m)
		}
	}
	if err := g.ask(ctx, unread); err != nil {
		return err
	}
	for _, c := range w.Changes {
		if err := g.change(w.At(c), c.Kind); err != nil {
			return err
		}
	}
	for _, m := range owners {
		if err := g.change(m, changeset.Update); err != nil {
			return err
		}
	}
	return nil
}

// owners are the entities of which only links change.
func (g *guarding) owners(w *work) (list []*managed) {
	changed := map[int]bool{}
	for _, c := range w.Changes {
		changed[c.Ordinal] = true
	}
	for _, l := range w.Links {
		if m := w.Unit.At(l.Ordinal); !changed[l.Ordinal] && !m.IsNew() {
			changed[l.Ordinal] = true
			list = append(list, m)
		}
	}
	return list
}

// asksDatabase reports a row that the unit of work cannot be trusted about: what it holds was
// handed in, or does not hold what a guard asks for.
func (g *guarding) asksDatabase(m *managed) bool {
	return slices.ContainsFunc(g.rules, func(r *guardRule) bool {
		if !m.Meta.IsSubtypeOf(r.entity) {
			return false
		}
		return m.Snap == nil || slices.ContainsFunc(r.columns(), func(c *mapper.Column) bool {
			p := c.Property
			return p != nil && m.Meta.IsSubtypeOf(p.Entity) && (m.Vouched(p) || !m.Loaded.Has(p.Index))
		})
	})
}

// ask reads rows without filters, into a unit of their own.
func (g *guarding) ask(ctx context.Context, list []*managed) error {
	if len(list) == 0 {
		return nil
	}
	db := g.em.db
	g.rows = unit.New(db.units, &homeOf(nil, true).Manager)
	l := load.New(&db.loads, g.rows, g.em.scope, nil)
	for len(list) > 0 {
		meta := list[0].Meta
		var places []*managed
		list = slices.DeleteFunc(list, func(m *managed) bool {
			if m.Meta != meta {
				return false
			}
			g.read[m] = g.rows.Entry(meta, m.Key)
			places = append(places, g.read[m])
			return true
		})
		if err := l.ByKey(ctx, places, nil, &load.Options{Limit: -1, Offset: -1, Schema: g.em.scope.Schema}); err != nil {
			return err
		}
	}
	return nil
}

// change judges what becomes of one entity.
func (g *guarding) change(m *managed, kind changeset.Kind) error {
	key := m.Key
	if key == nil {
		key, _ = g.em.unit.KeyOf(m)
	}
	before, now := unitRow{unit: g.em.unit, m: m, stored: true}, unitRow{unit: g.em.unit, m: m}
	if row := g.read[m]; row != nil {
		if row.Entity == nil {
			return nil // there is no row; the flush finds out itself
		}
		before = unitRow{unit: g.rows, m: row, stored: true}
		now.base = before
	}
	for _, r := range g.rules {
		if !m.Meta.IsSubtypeOf(r.entity) {
			continue
		}
		if kind != changeset.Insert {
			if err := r.hold("flush", m.Meta, key, before, hiddenRow); err != nil {
				return err
			}
		}
		if kind == changeset.Delete {
			continue
		}
		if err := r.hold("flush", m.Meta, key, now, hiddenAfter); err != nil {
			return err
		}
	}
	return nil
}

// guardInserts refuses entities of a bulk insert that guards would hide.
func (b *bulk) guardInserts(list []unsafe.Pointer) (err error) {
	if b.rules, err = b.em.filtering.rules(b.opts.op); err != nil || len(b.rules) == 0 {
		return err
	}
	b.rules = slices.DeleteFunc(b.rules, func(r *guardRule) bool { return !b.meta.IsSubtypeOf(r.entity) })
	for _, x := range list {
		if leaf, err := generate(b.meta, x); err != nil {
			return &Error{Class: mapper.ErrValue, Op: b.opts.op, Entity: b.meta.Name, Path: leaf.Path, Err: err}
		}
		key, _ := b.meta.KeyOf(x)
		if err := guardRows(b.opts.op, b.rules, b.meta, key, conditions.NewRow(b.meta, x)); err != nil {
			return err
		}
	}
	return nil
}

// guardExisting refuses an upsert of entities that would take the place of a hidden row.
func (b *bulk) guardExisting(ctx context.Context, list []unsafe.Pointer) error {
	if len(b.rules) == 0 || b.on == nil || b.opts.mergeNone {
		return nil
	}
	sets := append(uniqueSets(b.meta), b.meta.Key, b.on)
	var alternatives []any
	for _, x := range list {
		for _, set := range sets {
			if at := uniqueAt(set, func(p *mapper.Property) any { return uniqueValue(p, x) }); at != nil {
				alternatives = append(alternatives, at)
			}
		}
	}
	return b.em.guardFound(ctx, b.opts.op, b.rules, b.meta, alternatives)
}

// uniqueAt is the condition that finds the row with the same unique values, nil where one
// of them is missing, so that no row can be in the way.
func uniqueAt(set []*mapper.Property, value func(*mapper.Property) any) M {
	at := M{}
	for _, p := range set {
		v := value(p)
		if v == nil || p.Generated == mapper.AutoIncrement && (v == int64(0) || v == uint64(0)) {
			return nil
		}
		at[p.Path] = v
	}
	return at
}

// guardChunk is the number of conditions that one query asks for.
const guardChunk = 500

// guardFound refuses a write that would take the place of rows that guards hide, found by
// conditions on unique values.
func (em *EntityManager) guardFound(ctx context.Context, op string, rules []*guardRule, e *mapper.Entity, alternatives []any) error {
	for chunk := range slices.Chunk(alternatives, guardChunk) {
		r, err := em.requestOf(e, M{"$or": chunk}, []FindOption{WithoutFilter()})
		if err != nil {
			return err
		}
		u := unit.New(em.db.units, &homeOf(nil, true).Manager)
		found, err := load.New(&em.db.loads, u, em.scope, nil).Find(ctx, &r.Request)
		if err != nil {
			return err
		}
		for _, m := range found {
			for _, rule := range rules {
				if !m.Meta.IsSubtypeOf(rule.entity) {
					continue
				}
				if err := rule.hold(op, m.Meta, m.Key, unitRow{unit: u, m: m, stored: true}, hiddenRow); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
