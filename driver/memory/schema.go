package memory

import (
	"slices"
	"sync/atomic"

	"github.com/weft-orm/weft/conditions/check"
	"github.com/weft-orm/weft/mapper"
)

// schema is what the metadata says about tables, under one meaning of the
// wildcard schema. It is immutable.
type schema struct {
	registry *mapper.Registry
	wildcard string
	// shared has the tables that lie in no wildcard schema, nil for itself.
	shared *schema
	tables map[string]*table
}

// table describes a table: its columns, by position, and its constraints.
type table struct {
	name     string
	columns  []*mapper.Column
	position map[string]int
	// shared are the columns that several entities declare, whose limits are nobody's alone.
	shared map[int]bool
	auto   int // position of the generated key, -1 for none
	checks []check.Declared
	// unique are the unique constraints, the primary key first.
	unique []constraint
	// lookups are the columns of relations that are not unique: rows are found by
	// them without a look at the others.
	lookups [][]int
	// references are the foreign keys of the table, referenced those that point at
	// it, more of them whenever another wildcard schema is met.
	references []*foreignKey
	referenced atomic.Pointer[[]*foreignKey]
}

// incoming returns the foreign keys that point at the table.
func (t *table) incoming() []*foreignKey {
	if list := t.referenced.Load(); list != nil {
		return *list
	}
	return nil
}

// constraint is a unique constraint over columns.
type constraint struct {
	name    string
	columns []int
}

// foreignKey is a reference between tables.
type foreignKey struct {
	from, to           *table
	columns, targets   []int // positions in from and to
	onDelete, onUpdate mapper.ForeignKeyRule
}

func newSchema(reg *mapper.Registry, wildcard string, shared *schema) *schema {
	s := &schema{registry: reg, wildcard: wildcard, shared: shared, tables: map[string]*table{}}
	for _, e := range reg.Entities() {
		s.addEntity(e)
	}
	for _, e := range reg.Entities() {
		for _, p := range e.Leaves {
			if p.Relation == nil || !p.Relation.Owning {
				continue
			}
			if pivot := p.Relation.Pivot; pivot != nil {
				s.addPivot(p.Relation, pivot)
				s.addLookup(pivot.Table, pivot.Owner)
				s.addLookup(pivot.Table, pivot.Target)
				continue
			}
			s.addLookup(e.Root().Table, p.Columns)
			if !p.Relation.NoConstraint {
				s.addReference(e.Root().Table, p.Columns, p.Relation.Keys, p.Relation.OnDelete, p.Relation.OnUpdate)
			}
		}
	}
	return s
}

// of returns the table of an entity. All types of a hierarchy stand in that of the
// root, whatever tables the mapping names.
func (s *schema) of(e *mapper.Entity) *table { return s.table(e.Root().Table) }

// place names a column within a table. Types that share a table here but not in
// the mapping may have columns of one name.
func place(c *mapper.Column) string {
	if p := c.Property; p != nil && p.Entity.Base != nil && p.Entity.Inheritance == mapper.TablePerType {
		return p.Entity.Name + "." + c.Name
	}
	return c.Name
}

// at returns the position of a column.
func (t *table) at(c *mapper.Column) int { return t.position[place(c)] }

// name returns the qualified name of a table.
func (s *schema) name(t *mapper.Table) string {
	if t.Schema == "*" {
		return s.wildcard + "." + t.Name
	}
	return t.Schema + "." + t.Name
}

func (s *schema) table(t *mapper.Table) *table {
	if t.Schema != "*" && s.shared != nil {
		return s.shared.table(t)
	}
	name := s.name(t)
	if s.tables[name] == nil {
		s.tables[name] = &table{name: t.Name, position: map[string]int{}, shared: map[int]bool{}, auto: -1}
	}
	return s.tables[name]
}

func (t *table) add(columns ...*mapper.Column) {
	for _, c := range columns {
		if at, ok := t.position[place(c)]; ok {
			if t.columns[at] != c {
				t.shared[at] = true
			}
			continue
		}
		t.position[place(c)] = len(t.columns)
		if c.AutoIncrement {
			t.auto = len(t.columns)
		}
		t.columns = append(t.columns, c)
	}
}

// positions returns where columns stand in the table.
func (t *table) positions(columns []*mapper.Column) []int {
	at := make([]int, len(columns))
	for i, c := range columns {
		at[i] = t.at(c)
	}
	return at
}

func (t *table) addUnique(name string, columns []*mapper.Column) {
	at := t.positions(columns)
	for _, u := range t.unique {
		if slices.Equal(u.columns, at) {
			return
		}
	}
	t.unique = append(t.unique, constraint{name, at})
}

func (s *schema) addEntity(e *mapper.Entity) {
	t := s.of(e)
	t.add(e.Columns...)
	t.checks = append(t.checks, check.Of(e)...)
	t.addUnique(t.name+"_pkey", e.KeyColumns)
	for _, p := range e.Leaves {
		if p.Unique && len(p.Columns) > 0 {
			t.addUnique(t.name+"_"+p.Columns[0].Name+"_unique", p.Columns)
		}
	}
	for _, ix := range e.Indexes {
		if ix.Unique && ix.Where == "" && ix.Expression == "" && (ix.Document == nil || ix.Document.Filter == nil) {
			t.addUnique(ix.Name, ix.Columns)
		}
	}
}

func (s *schema) addPivot(r *mapper.Relation, p *mapper.Pivot) {
	t := s.table(p.Table)
	columns := slices.Concat(p.Owner, p.Target)
	t.add(columns...)
	if p.Order != nil {
		t.add(p.Order)
	}
	if p.Entity != nil {
		return
	}
	t.addUnique(t.name+"_pkey", columns)
	onDelete := r.OnDelete
	if onDelete == mapper.RuleDefault {
		onDelete = mapper.RuleCascade
	}
	s.addReference(p.Table, p.Owner, referenced(p.Owner), onDelete, r.OnUpdate)
	s.addReference(p.Table, p.Target, referenced(p.Target), onDelete, r.OnUpdate)
}

// addLookup makes rows of a table findable by columns, unless a unique constraint does.
func (s *schema) addLookup(of *mapper.Table, columns []*mapper.Column) {
	if s.shared != nil && of.Schema != "*" {
		return // of a table that belongs to all schemas
	}
	t := s.table(of)
	at := t.positions(columns)
	if len(at) == 0 || t.lookup(at) >= 0 || slices.ContainsFunc(t.unique, func(u constraint) bool { return slices.Equal(u.columns, at) }) {
		return
	}
	t.lookups = append(t.lookups, at)
}

// lookup returns which lookup is over columns, -1 when none is.
func (t *table) lookup(columns []int) int {
	return slices.IndexFunc(t.lookups, func(at []int) bool { return slices.Equal(at, columns) })
}

// referenced are the keys that the columns of a pivot table refer to.
func referenced(columns []*mapper.Column) []*mapper.Column {
	keys := make([]*mapper.Column, len(columns))
	for i, c := range columns {
		keys[i] = c.References
	}
	return keys
}

func (s *schema) addReference(from *mapper.Table, columns, targets []*mapper.Column, onDelete, onUpdate mapper.ForeignKeyRule) {
	if len(targets) == 0 || len(targets) != len(columns) || slices.Contains(targets, nil) {
		return
	}
	if s.shared != nil && from.Schema != "*" {
		return // of a table that belongs to all schemas
	}
	f := &foreignKey{from: s.table(from), to: s.table(targets[0].Table), onDelete: onDelete, onUpdate: onUpdate}
	f.columns, f.targets = f.from.positions(columns), f.to.positions(targets)
	for _, other := range f.from.references {
		if other.to == f.to && slices.Equal(other.columns, f.columns) {
			return // declared by another entity of the same table
		}
	}
	f.from.references = append(f.from.references, f)
	incoming := append(slices.Clone(f.to.incoming()), f)
	f.to.referenced.Store(&incoming)
}
