package schema

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// A table is one physical table, with what all entities mapped onto it need,
// still without dialect.
type table struct {
	schema, name string
	comment, was string
	columns      []*column
	key          []string
	indexes      []*index
	foreignKeys  []*foreignKey
	checks       []*mapper.Check
}

// A column is a physical column. Several properties may share one.
type column struct {
	*mapper.Column
	nullable bool
	auto     bool
}

// An index covers columns, or an expression.
type index struct {
	*mapper.Index
	columns []string
	include []string
}

// A foreignKey refers to the key of another table, or of its own.
type foreignKey struct {
	name               string
	columns            []string
	refSchema, refName string
	refColumns         []string
	onDelete, onUpdate mapper.ForeignKeyRule
}

func (t *table) column(name string) *column {
	for _, c := range t.columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// covered reports that the columns are the first ones of the key or of an index.
func (t *table) covered(columns []string) bool {
	if startsWith(t.key, columns) {
		return true
	}
	for _, ix := range t.indexes {
		if ix.Where == "" && !ix.Fulltext && ix.Document == nil && startsWith(ix.columns, columns) {
			return true
		}
	}
	return false
}

func startsWith(list, prefix []string) bool {
	return len(list) >= len(prefix) && slices.Equal(list[:len(prefix)], prefix)
}

// A layout collects the tables of a registry in order of first appearance.
type layout struct {
	tables   []*table
	maxName  int
	wildcard string
}

// newLayout describes the physical tables of a registry. maxName is the longest
// identifier of the dialect, 0 for no limit.
func newLayout(reg *mapper.Registry, maxName int, wildcard string) *layout {
	l := &layout{maxName: maxName, wildcard: wildcard}
	for _, e := range reg.Entities() {
		if !isView(e) {
			l.entity(e)
		}
	}
	for _, e := range reg.Entities() {
		if isView(e) {
			continue
		}
		for _, p := range e.Leaves {
			if p.Relation != nil && p.Entity == e {
				l.relation(p)
			}
		}
	}
	for _, t := range l.tables {
		l.indexForeignKeys(t)
	}
	return l
}

// isView reports an entity that has no table of its own to create.
func isView(e *mapper.Entity) bool { return e.ReadOnly || e.Query != "" || e.Table == nil }

// table returns the physical table of t, adding it at first sight.
func (l *layout) table(t *mapper.Table) *table {
	schema := schemaOf(t, l.wildcard)
	for _, known := range l.tables {
		if known.schema == schema && known.name == t.Name {
			return known
		}
	}
	added := &table{schema: schema, name: t.Name}
	l.tables = append(l.tables, added)
	return added
}

// schemaOf is the schema of a table, where wildcard stands for "*"; "" is the connection's own.
func schemaOf(t *mapper.Table, wildcard string) string {
	if t.Schema == "*" {
		return wildcard
	}
	return t.Schema
}

func (l *layout) entity(e *mapper.Entity) {
	own := l.table(e.Table)
	if own.comment == "" {
		own.comment = e.Comment
	}
	if own.was == "" {
		own.was = e.Was
	}
	if own.key == nil {
		own.key = names(e.TableKey)
	}
	for _, c := range slices.Concat(e.TableKey, e.Columns) {
		l.addColumn(c)
	}
	if e.Base != nil && e.Inheritance == mapper.TablePerType {
		// A row of a subtype goes with the row of its base.
		l.addForeignKey(e.TableKey, referenced(e.TableKey), mapper.RuleCascade, mapper.RuleDefault)
	}
	for _, p := range e.Leaves {
		if isUnique(p) && p.Entity == e {
			l.addIndex(own, &mapper.Index{Columns: p.Columns, Unique: true, Deferrable: p.Deferrable})
		}
	}
	for _, ix := range e.Indexes {
		l.addIndex(own, ix)
	}
	for _, check := range e.Checks {
		l.addCheck(own, check)
	}
}

// isUnique reports a property whose columns alone identify a row: declared so,
// or the foreign key of a one-to-one relation. The key needs no index of its own.
func isUnique(p *mapper.Property) bool {
	owning := p.Kind == mapper.OneToOne && p.Relation.Owning
	return (p.Unique || owning) && !p.Primary && len(p.Columns) > 0
}

// addColumn adds a column to its table, or merges it with the one of that name.
func (l *layout) addColumn(c *mapper.Column) {
	t := l.table(c.Table)
	if known := t.column(c.Name); known != nil {
		known.nullable = known.nullable && c.Nullable
		known.auto = known.auto || c.AutoIncrement
		return
	}
	t.columns = append(t.columns, &column{Column: c, nullable: c.Nullable, auto: c.AutoIncrement})
}

// relation adds what a relation needs: the foreign key of an owning to-one, the
// join table of an owning many-to-many.
func (l *layout) relation(p *mapper.Property) {
	r := p.Relation
	if !r.Owning {
		return
	}
	if p.Kind == mapper.ManyToMany {
		if r.Pivot != nil && r.Pivot.Entity == nil {
			l.pivot(r)
		}
		return
	}
	if !r.NoConstraint && len(p.Columns) > 0 {
		l.addForeignKey(p.Columns, r.Keys, r.OnDelete, r.OnUpdate)
	}
}

// pivot adds a join table: links are a set, and go with either of their ends.
func (l *layout) pivot(r *mapper.Relation) {
	t := l.table(r.Pivot.Table)
	columns := slices.Concat(r.Pivot.Owner, r.Pivot.Target)
	t.key = names(columns)
	if r.Pivot.Order != nil {
		columns = append(columns, r.Pivot.Order)
	}
	for _, c := range columns {
		if t.column(c.Name) == nil {
			t.columns = append(t.columns, &column{Column: c})
		}
	}
	if r.NoConstraint {
		return
	}
	onDelete := r.OnDelete
	if onDelete == mapper.RuleDefault {
		onDelete = mapper.RuleCascade
	}
	l.addForeignKey(r.Pivot.Owner, referenced(r.Pivot.Owner), onDelete, r.OnUpdate)
	l.addForeignKey(r.Pivot.Target, referenced(r.Pivot.Target), onDelete, r.OnUpdate)
}

// referenced are the columns that others, of which only one relation knows, refer to.
func referenced(columns []*mapper.Column) []*mapper.Column {
	refs := make([]*mapper.Column, len(columns))
	for i, c := range columns {
		refs[i] = c.References
	}
	return refs
}

func (l *layout) addForeignKey(columns, refs []*mapper.Column, onDelete, onUpdate mapper.ForeignKeyRule) {
	if len(refs) != len(columns) || slices.Contains(refs, nil) {
		return
	}
	t := l.table(columns[0].Table)
	ref := refs[0].Table
	fk := &foreignKey{
		name:      naming.Index(naming.KindForeignKey, t.name, names(columns), l.maxName),
		columns:   names(columns),
		refSchema: schemaOf(ref, l.wildcard), refName: ref.Name, refColumns: names(refs),
		onDelete: onDelete, onUpdate: onUpdate,
	}
	for _, known := range t.foreignKeys {
		if slices.Equal(known.columns, fk.columns) {
			return
		}
	}
	t.foreignKeys = append(t.foreignKeys, fk)
}

func (l *layout) addIndex(t *table, ix *mapper.Index) {
	added := &index{Index: ix, columns: names(ix.Columns), include: names(ix.Include)}
	if ix.Name == "" {
		named := *ix
		named.Name = l.indexName(t, ix)
		added.Index = &named
	}
	for _, known := range t.indexes {
		if known.Name == added.Name {
			return
		}
	}
	t.indexes = append(t.indexes, added)
}

func (l *layout) indexName(t *table, ix *mapper.Index) string {
	kind := naming.KindIndex
	if ix.Unique {
		kind = naming.KindUnique
	}
	columns := names(ix.Columns)
	if len(columns) == 0 {
		columns = []string{"expression"}
	}
	return naming.Index(kind, t.name, columns, l.maxName)
}

func (l *layout) addCheck(t *table, check *mapper.Check) {
	for _, known := range t.checks {
		if known.Name == check.Name && known.Expression == check.Expression {
			return
		}
	}
	t.checks = append(t.checks, check)
}

func names(columns []*mapper.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}
