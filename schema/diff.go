package schema

import (
	"context"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/schema"
)

// Diff plans the statements that bring the tables of the target's entities from
// what they are in the database to what the mapping says; the plan is empty
// when they agree. Tables without an entity are not looked at. With [AddOnly]
// nothing that exists is changed or removed.
//
// Check constraints, generated columns and index predicates are compared as
// text, after the differences of notation that a database introduces; a change
// of parentheses alone is not noticed.
func Diff(ctx context.Context, t Target, opts ...Option) (_ *Plan, err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return nil, err
	}
	var list []*Plan
	for _, part := range parts(t, collect(opts)) {
		l, err := connect(ctx, t, part.part)
		if err != nil {
			return nil, err
		}
		p, err := l.diff(ctx, t, part)
		l.close()
		if err != nil {
			return nil, err
		}
		list = append(list, p.in(part.part))
	}
	return join(list), nil
}

func (l *live) diff(ctx context.Context, t Target, o options) (*Plan, error) {
	tables, err := l.diffTables(ctx, t, o)
	if err != nil {
		return nil, err
	}
	views, err := l.viewsOf(t.Registry(), o)
	if err != nil {
		return nil, err
	}
	p, err := l.around(ctx, views, o, tables)
	if err != nil {
		return nil, err
	}
	return l.withObjects(ctx, t.Registry(), o, p)
}

func (l *live) diffTables(ctx context.Context, t Target, o options) (*Plan, error) {
	desired, err := l.described(t.Registry(), o)
	if err != nil {
		return nil, err
	}
	current, err := l.inspect(ctx, desired, o)
	if err != nil {
		return nil, err
	}
	held := leaveUnquotable(current, t.Engine().Caps().Limits)
	p, err := l.planTables(ctx, current, desired, o)
	if err != nil {
		return nil, err
	}
	if err := l.refuseCopies(p, held); err != nil {
		return nil, err
	}
	return p, nil
}

func (l *live) planTables(ctx context.Context, current, desired *schema.Realm, o options) (*Plan, error) {
	var renames *Plan
	if !o.addOnly {
		var err error
		if renames, err = l.renames(ctx, current, desired); err != nil {
			return nil, err
		}
	}
	adoptUniques(current, desired)
	reconcile(current, desired)
	l.adoptChecks(ctx, current, desired)
	if o.addOnly {
		keepExisting(current, desired)
	}
	changes, err := l.changes(ctx, current, desired, o)
	if err != nil {
		return nil, err
	}
	if renames == nil || renames.IsEmpty() {
		return l.planned(ctx, current, desired, l.settle(ctx, changes))
	}
	rest, err := l.planned(ctx, current, desired, changes) // the server does not know the new names yet
	if err != nil {
		return nil, err
	}
	return renames.then(rest), nil
}

// changes compares schema by schema.
func (l *live) changes(ctx context.Context, current, desired *schema.Realm, o options) ([]schema.Change, error) {
	var changes []schema.Change
	for _, want := range desired.Schemas {
		have, ok := current.Schema(want.Name)
		if !ok {
			changes = append(changes, createChanges(schema.NewRealm(want))...)
			continue
		}
		again := l.regenerated(ctx, have, want)
		left := l.leftIndexes(have, want)
		diff, err := l.SchemaDiff(have, want, schema.DiffSkipChanges(skipped(o)...))
		if err != nil {
			return nil, fmt.Errorf("schema: %s: %w", l.sql.Name(), err)
		}
		for _, m := range left {
			diff = modify(diff, m.T, m.Changes)
		}
		diff = slices.DeleteFunc(diff, func(c schema.Change) bool {
			d, ok := c.(*schema.DropTable)
			return ok && !o.isGone(want.Name, d.T.Name)
		})
		for _, m := range again {
			diff = modify(diff, m.T, m.Changes)
		}
		changes = append(changes, l.freedIndexes(have, want, modifiedCounters(have, want, modifiedDeferrables(have, want, modifiedChecks(have, want, diff))))...)
	}
	return changes, nil
}

// skipped are the changes that are not weft's to make: settings of the schema, and
// objects without an entity.
func skipped(o options) []schema.Change {
	list := []schema.Change{&schema.ModifySchema{}, &schema.DropObject{}, &schema.DropView{}}
	if len(o.gone) == 0 {
		list = append(list, &schema.DropTable{})
	}
	return list
}

// regenerated finds generated columns with another expression where the server cannot
// change it: they are dropped and added, which loses nothing.
func (l *live) regenerated(ctx context.Context, have, want *schema.Schema) []*schema.ModifyTable {
	if l.trial == nil || !l.trial.transaction {
		return nil
	}
	var list []*schema.ModifyTable
	for _, t := range want.Tables {
		old, ok := have.Table(t.Name)
		if !ok {
			continue
		}
		for _, c := range t.Columns {
			from, ok := old.Column(c.Name)
			if !ok {
				continue
			}
			x, generated := attribute[*schema.GeneratedExpr](from.Attrs)
			to, wanted := attribute[*schema.GeneratedExpr](c.Attrs)
			if !wanted || generated && x.Expr == to.Expr {
				continue
			}
			made := *c
			made.Attrs = append(slices.Clip(slices.DeleteFunc(slices.Clone(c.Attrs), func(a schema.Attr) bool { return a == schema.Attr(to) })),
				&schema.GeneratedExpr{Expr: to.Expr, Type: to.Type})
			group := []schema.Change{&schema.DropColumn{C: from}, &schema.AddColumn{C: &made}}
			if generated && !l.alters(ctx, t, group) {
				to.Expr, to.Type = x.Expr, x.Type
				continue
			}
			c.Attrs = slices.DeleteFunc(c.Attrs, func(a schema.Attr) bool { return a == schema.Attr(to) })
			if generated {
				c.Attrs = append(c.Attrs, x)
			}
			list = append(list, &schema.ModifyTable{T: t, Changes: group})
		}
	}
	return list
}

// modifiedChecks adds the checks whose name stayed and whose condition changed,
// which Atlas does not compare.
func modifiedChecks(have, want *schema.Schema, changes []schema.Change) []schema.Change {
	for _, to := range want.Tables {
		from, ok := have.Table(to.Name)
		if !ok {
			continue
		}
		var modified []schema.Change
		for _, check := range to.Checks() {
			if old := checkOf(from, check.Name); old != nil && old.Expr != check.Expr {
				// One after the other: Atlas has no modification that all servers understand.
				modified = append(modified, &schema.DropCheck{C: old}, &schema.AddCheck{C: check})
			}
		}
		if len(modified) > 0 {
			changes = modify(changes, to, modified)
		}
	}
	return changes
}

// modify adds changes of a table to those planned for it.
func modify(changes []schema.Change, t *schema.Table, more []schema.Change) []schema.Change {
	for _, c := range changes {
		if m, ok := c.(*schema.ModifyTable); ok && m.T == t {
			m.Changes = append(m.Changes, more...)
			return changes
		}
	}
	return append(changes, &schema.ModifyTable{T: t, Changes: more})
}

// freedIndexes makes indexes again that have the name of a foreign key which goes, and stay
// themselves. MySQL and MariaDB may have made such an index for the foreign key, which they do
// not tell, and then give it up for that of the next foreign key over its columns.
func (l *live) freedIndexes(have, want *schema.Schema, changes []schema.Change) []schema.Change {
	if l.databaseName == "" {
		return changes
	}
	for _, to := range want.Tables {
		from, ok := have.Table(to.Name)
		if !ok {
			continue
		}
		for _, fk := range from.ForeignKeys {
			if _, stays := to.ForeignKey(fk.Symbol); stays {
				continue
			}
			old, there := from.Index(fk.Symbol)
			if index, wanted := to.Index(fk.Symbol); there && wanted {
				changes = modify(changes, to, []schema.Change{&schema.DropIndex{I: old}, &schema.AddIndex{I: index}})
			}
		}
	}
	return changes
}

// leftIndexes drops the indexes of foreign keys that go, which stay behind on MySQL and
// MariaDB: Atlas takes such an index for a part of the foreign key. It must be asked before
// Atlas, which takes them out of the current tables.
func (l *live) leftIndexes(have, want *schema.Schema) []*schema.ModifyTable {
	if l.databaseName == "" {
		return nil
	}
	var list []*schema.ModifyTable
	for _, to := range want.Tables {
		from, ok := have.Table(to.Name)
		if !ok {
			continue
		}
		var changes []schema.Change
		for _, ix := range from.Indexes {
			_, stays := to.Index(ix.Name)
			_, named := from.ForeignKey(ix.Name)
			of := named || slices.ContainsFunc(from.ForeignKeys, func(fk *schema.ForeignKey) bool {
				return len(fk.Columns) == len(ix.Parts) && beginsWith(ix, fk.Columns)
			})
			needed := slices.ContainsFunc(to.ForeignKeys, func(fk *schema.ForeignKey) bool { return beginsWith(ix, fk.Columns) })
			if of && !stays && !needed {
				changes = append(changes, &schema.DropIndex{I: ix})
			}
		}
		if len(changes) > 0 {
			list = append(list, &schema.ModifyTable{T: to, Changes: changes})
		}
	}
	return list
}

// beginsWith reports an index whose first columns are those, by name.
func beginsWith(ix *schema.Index, columns []*schema.Column) bool {
	if len(ix.Parts) < len(columns) {
		return false
	}
	for i, c := range columns {
		if part := ix.Parts[i].C; part == nil || part.Name != c.Name {
			return false
		}
	}
	return true
}

func checkOf(t *schema.Table, name string) *schema.Check {
	for _, c := range t.Checks() {
		if c.Name == name {
			return c
		}
	}
	return nil
}
