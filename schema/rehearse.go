package schema

import (
	"context"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/schema"
)

// Script is the way from one state of a database to the next, and back.
type Script struct {
	// Up brings the database to what the mapping says, Down takes it back.
	Up, Down *Plan
	// Tables are those that the mapping needs.
	Tables []string
	// Views are those that the mapping makes.
	Views []string
}

// Rehearse plans the way from the state of a scratch database to the mapping, and
// back, and goes it there: Up was run and left no difference, Down was run and led to
// the state before. The database is in that state again afterwards; what rows it has
// may be lost. Options are those of [Diff].
func Rehearse(ctx context.Context, t Target, opts ...Option) (_ *Script, err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return nil, err
	}
	o := collect(opts)
	if len(parts(t, o)) > 1 {
		return nil, &UnsupportedError{Dialect: t.Engine().Caps().Name, Object: "mapping", Feature: "a migration over several attached files"}
	}
	l, err := connect(ctx, t, "")
	if err != nil {
		return nil, err
	}
	defer l.close()
	r := &rehearsal{live: l, target: t, options: o}
	return r.run(ctx)
}

type rehearsal struct {
	*live
	target  Target
	options options
}

func (r *rehearsal) run(ctx context.Context) (*Script, error) {
	desired, err := r.described(r.target.Registry(), r.options)
	if err != nil {
		return nil, err
	}
	views, err := r.viewsOf(r.target.Registry(), r.options)
	if err != nil {
		return nil, err
	}
	s := &Script{Tables: tableNames(desired), Views: viewNames(views)}
	renames, err := r.planRenames(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.apply(ctx, renames); err != nil {
		return nil, err
	}
	before, err := r.everything(ctx, desired)
	if err != nil {
		return nil, err
	}
	viewsBefore, err := r.viewState(ctx)
	if err != nil {
		return nil, err
	}
	objectsBefore, err := r.madeObjects(ctx)
	if err != nil {
		return nil, err
	}
	rest, err := r.diff(ctx, r.target, r.options)
	if err != nil {
		return nil, err
	}
	if err := r.apply(ctx, rest); err != nil {
		return nil, err
	}
	s.Up = renames.then(rest)
	if s.Up.IsEmpty() {
		s.Down = &Plan{Transactional: true}
		return s, nil
	}
	if again, err := r.diff(ctx, r.target, r.options); err != nil {
		return nil, err
	} else if !again.IsEmpty() {
		return nil, fmt.Errorf("schema: %s: %w:\n%s", r.sql.Name(), ErrUnsettled, again)
	}
	s.Down, err = r.back(ctx, desired, before, viewsBefore, objectsBefore, renames)
	return s, err
}

// planRenames plans the renames alone.
func (r *rehearsal) planRenames(ctx context.Context) (*Plan, error) {
	desired, err := r.described(r.target.Registry(), r.options)
	if err != nil {
		return nil, err
	}
	current, err := r.inspect(ctx, desired, r.options)
	if err != nil {
		return nil, err
	}
	return r.renames(ctx, current, desired)
}

// back plans the way to the state before, goes it, and sees that it got there.
func (r *rehearsal) back(ctx context.Context, desired, before *schema.Realm, views []*view, objects []made, renames *Plan) (*Plan, error) {
	down, err := r.planBack(ctx, desired, before)
	if err != nil {
		return nil, err
	}
	viewsAfter, err := r.viewState(ctx)
	if err != nil {
		return nil, err
	}
	if down, err = r.objectsBack(ctx, r.viewsBack(down, views, viewsAfter), objects); err != nil {
		return nil, err
	}
	if err := r.apply(ctx, down); err != nil {
		return nil, err
	}
	rest, err := r.planBack(ctx, desired, before)
	if err != nil {
		return nil, err
	}
	if !rest.IsEmpty() {
		return nil, fmt.Errorf("schema: %s: down: %w:\n%s", r.sql.Name(), ErrUnsettled, rest)
	}
	undo := renames.undo()
	if err := r.apply(ctx, undo); err != nil {
		return nil, err
	}
	return down.then(undo), nil
}

// undo is the plan that takes one back whose statements can all be taken back.
func (p *Plan) undo() *Plan {
	undo := &Plan{Transactional: p.Transactional}
	for _, s := range slices.Backward(p.Statements) {
		for _, text := range s.Reverse {
			undo.Statements = append(undo.Statements, Statement{SQL: text, Comment: "undo: " + s.Comment})
		}
	}
	return undo
}

// objectsBack puts the triggers and routines of the state before around the way back.
func (r *rehearsal) objectsBack(ctx context.Context, down *Plan, before []made) (*Plan, error) {
	var want []Object
	for _, m := range before {
		want = append(want, m.Object)
	}
	have, err := r.madeObjects(ctx)
	if err != nil {
		return nil, err
	}
	return r.objectsTo(ctx, down, want, have, false)
}

func (r *rehearsal) planBack(ctx context.Context, desired, before *schema.Realm) (*Plan, error) {
	after, err := r.everything(ctx, desired)
	if err != nil {
		return nil, err
	}
	return r.wayBack(ctx, after, before)
}

// wayBack plans the way from one state to the one before it.
func (l *live) wayBack(ctx context.Context, after, before *schema.Realm) (*Plan, error) {
	var changes []schema.Change
	for _, want := range before.Schemas {
		have, ok := after.Schema(want.Name)
		if !ok {
			continue
		}
		reconcile(after, before)
		again := l.regenerated(ctx, have, want)
		left := l.leftIndexes(have, want)
		diff, err := l.SchemaDiff(have, want, schema.DiffSkipChanges(&schema.ModifySchema{}))
		if err != nil {
			return nil, fmt.Errorf("schema: %s: %w", l.sql.Name(), err)
		}
		for _, m := range left {
			diff = modify(diff, m.T, m.Changes)
		}
		for _, m := range again {
			diff = modify(diff, m.T, m.Changes)
		}
		changes = append(changes, modifiedCounters(have, want, modifiedChecks(have, want, otherwiseNamedChecks(have, want, diff)))...)
	}
	for _, s := range after.Schemas {
		if _, ok := before.Schema(s.Name); !ok {
			for _, t := range s.Tables {
				changes = append(changes, &schema.DropTable{T: t})
			}
			changes = append(changes, &schema.DropSchema{S: s})
		}
	}
	changes, later := withPassingDefaults(changes)
	first, err := l.planned(ctx, after, before, changes)
	if err != nil {
		return nil, err
	}
	second, err := l.plan(ctx, l.Driver, later)
	if err != nil {
		return nil, err
	}
	return first.then(second), nil
}

// everything reads all tables of the schemas of the mapping, whether they have an entity or not.
func (r *rehearsal) everything(ctx context.Context, desired *schema.Realm) (*schema.Realm, error) {
	all := schema.NewRealm()
	for _, want := range desired.Schemas {
		s, err := r.InspectSchema(ctx, want.Name, &schema.InspectOptions{
			Mode: schema.InspectSchemas | schema.InspectTables | schema.InspectTypes, Exclude: append([]string{objectTable}, r.options.ignored...),
		})
		if schema.IsNotExistError(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("schema: %s: inspect: %w", r.sql.Name(), err)
		}
		s.Name = want.Name
		all.AddSchemas(s)
	}
	return all, nil
}

func tableNames(realm *schema.Realm) []string {
	var list []string
	for _, s := range realm.Schemas {
		for _, t := range s.Tables {
			name := t.Name
			if s.Name != "" {
				name = s.Name + "." + name
			}
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
