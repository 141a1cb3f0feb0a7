package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
)

// Snapshot is what a mapping needs of a database of one dialect, as data that JSON keeps:
// tables, views, triggers and routines, in the words weft itself gives them. Two
// snapshots can be compared where there is no database; see [Between].
type Snapshot struct {
	dialect string
	tables  []*tableFacts
	views   []*view
	objects []Object
	// manages reports that the objects are all there should be. It is about what was asked
	// for, and not kept.
	manages bool
}

// TakeSnapshot describes what a registry needs in a dialect. It does no I/O; the same
// registry gives the same snapshot. What the dialect cannot create is an [ErrUnsupported].
func TakeSnapshot(reg *mapper.Registry, d *sql.Dialect, opts ...Option) (*Snapshot, error) {
	if err := usableMapping(reg, d, opts); err != nil {
		return nil, err
	}
	a, o := atlasFor(d.Name()), collect(opts)
	if a == nil {
		return nil, fmt.Errorf("schema: %w: dialect %s", ErrUnsupported, d.Name())
	}
	s := &Snapshot{dialect: d.Name(), objects: slices.Clone(o.objects), manages: o.managesObjects}
	var err error
	if s.tables, err = a.facts(reg, o); err != nil {
		return nil, err
	}
	if s.views, err = a.viewsOf(reg, o); err != nil {
		return nil, err
	}
	if err := a.checkObjects(s.objects); err != nil {
		return nil, err
	}
	_, err = a.realm(s.tables, "")
	return s, err
}

// EmptySnapshot is that of a database of a dialect with nothing in it.
func EmptySnapshot(d *sql.Dialect) *Snapshot { return &Snapshot{dialect: d.Name()} }

// Dialect is the name of the dialect.
func (s *Snapshot) Dialect() string { return s.dialect }

// keptSnapshot is a snapshot as JSON has it.
type keptSnapshot struct {
	Dialect string        `json:"dialect"`
	Tables  []*tableFacts `json:"tables"`
	Views   []keptView    `json:"views,omitempty"`
	Objects []Object      `json:"objects,omitempty"`
}

type keptView struct {
	Schema       string `json:"schema,omitempty"`
	Name         string `json:"name"`
	Query        string `json:"query"`
	Materialized bool   `json:"materialized,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (s *Snapshot) MarshalJSON() ([]byte, error) {
	k := keptSnapshot{Dialect: s.dialect, Tables: s.tables, Objects: s.objects}
	if k.Tables == nil {
		k.Tables = []*tableFacts{}
	}
	for _, v := range s.views {
		k.Views = append(k.Views, keptView{v.schema, v.name, v.query, v.materialized})
	}
	return json.Marshal(k)
}

// UnmarshalJSON implements json.Unmarshaler. What it is given may have been merged by
// hand: a dialect that is not known, or a table that cannot be, is an error.
func (s *Snapshot) UnmarshalJSON(text []byte) error {
	var k keptSnapshot
	if err := json.Unmarshal(text, &k); err != nil {
		return err
	}
	a := atlasFor(k.Dialect)
	if a == nil {
		return fmt.Errorf("schema: snapshot: %w: dialect %q", ErrUnsupported, k.Dialect)
	}
	*s = Snapshot{dialect: k.Dialect, tables: k.Tables, objects: k.Objects}
	for _, v := range k.Views {
		s.views = append(s.views, &view{v.Schema, v.Name, v.Query, v.Materialized})
	}
	if slices.Contains(k.Tables, nil) {
		return fmt.Errorf("schema: snapshot: a table is null")
	}
	_, err := a.realm(s.tables, "")
	return err
}

// view is the one of that name, nil when it is not there.
func (s *Snapshot) view(want *view) *view {
	for _, v := range s.views {
		if v.schema == want.schema && v.name == want.name {
			old := *v
			return &old
		}
	}
	return nil
}

// made lists the objects as if a database had made exactly what it was told.
func (s *Snapshot) made() []made {
	var list []made
	for _, o := range s.objects {
		list = append(list, made{Object: o, digest: digest(o.SQL), server: digest(o.SQL)})
	}
	return list
}

func (s *Snapshot) definition(o Object) string {
	if i := slices.IndexFunc(s.objects, o.same); i >= 0 {
		return digest(s.objects[i].SQL)
	}
	return ""
}

// dependents are its views and triggers.
func (s *Snapshot) dependents(a *atlas) (list []dependent) {
	for _, v := range s.views {
		list = append(list, dependent{true, v.name, v.name, a.createView(v).SQL})
	}
	for _, o := range s.objects {
		if o.Kind == Trigger {
			list = append(list, dependent{false, o.Name, o.Table, o.SQL})
		}
	}
	return list
}

// Between plans the way from one snapshot to another of the same dialect, and back,
// without a database. Tables and views of the first that the second has not are dropped;
// [Ignore] leaves them. The plans were run nowhere: [Rehearse] is for that. A snapshot
// taken without [Objects] leaves those of the first alone, and has them afterwards.
func Between(from, to *Snapshot, opts ...Option) (*Script, error) {
	if from == nil || to == nil {
		return nil, fmt.Errorf("schema: %w: one of the snapshots", ErrArgument)
	}
	if err := usableOptions(opts); err != nil {
		return nil, err
	}
	a := atlasFor(to.dialect)
	if from.dialect != to.dialect {
		return nil, fmt.Errorf("schema: %w: from %s to %s", ErrUnsupported, from.dialect, to.dialect)
	}
	if !to.manages {
		to.objects = slices.Clone(from.objects)
	}
	l, err := a.disconnected(from)
	if err != nil {
		return nil, err
	}
	b := &between{rehearsal{live: l, options: collect(opts)}, from, to}
	up, err := b.up()
	if err != nil {
		return nil, err
	}
	s := &Script{Up: up, Down: &Plan{Transactional: true}, Views: viewNames(to.views)}
	desired, err := a.realm(to.tables, "")
	if err != nil {
		return nil, err
	}
	s.Tables = tableNames(desired)
	if !up.IsEmpty() {
		s.Down, err = b.down()
	}
	return s, err
}

// between is the way between two snapshots. What it describes for Atlas it describes anew
// for each direction: a comparison changes both sides.
type between struct {
	rehearsal
	from, to *Snapshot
}

func (b *between) up() (*Plan, error) {
	ctx, o := context.Background(), b.options
	before, err := b.realm(b.from.tables, "")
	if err != nil {
		return nil, err
	}
	desired, err := b.realm(b.to.tables, "")
	if err != nil {
		return nil, err
	}
	for _, name := range tableNames(before) {
		if !o.isIgnored(name) {
			o.gone = append(o.gone, name)
		}
	}
	for _, name := range viewNames(b.from.views) {
		if !o.isIgnored(name) {
			o.goneViews = append(o.goneViews, name)
		}
	}
	tables, err := b.planTables(ctx, before, desired, o)
	if err != nil {
		return nil, err
	}
	p, err := b.around(ctx, b.to.views, o, tables)
	if err != nil {
		return nil, err
	}
	return b.objectsTo(ctx, p, b.to.objects, b.from.made(), false)
}

// down plans the way back: the tables, then their former names, and around both what
// reads them.
func (b *between) down() (*Plan, error) {
	ctx := context.Background()
	b.kept = b.to
	before, err := b.realm(b.from.tables, "")
	if err != nil {
		return nil, err
	}
	after, err := b.realm(b.to.tables, "")
	if err != nil {
		return nil, err
	}
	renames, err := b.renames(ctx, before, after)
	if err != nil {
		return nil, err
	}
	down, err := b.wayBack(ctx, after, before)
	if err != nil {
		return nil, err
	}
	return b.objectsBack(ctx, b.viewsBack(down.then(renames.undo()), b.from.views, b.to.views), b.from.made())
}
