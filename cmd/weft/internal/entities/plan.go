package entities

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// An option is one option of a field or an entity, in the words of tags.
type option struct{ name, value string }

// An entity is what is written for a table or view.
type entity struct {
	table  *Table
	said   *TableOptions
	name   string
	fields []*field
	// options are those of the entity, code the calls that tags have no word for.
	options []option
	code    []string
	// notes tell what is beyond the mapping.
	notes     []string
	enums     []*goEnum
	documents []*document
	names     scope
	// keyless: rows are not told apart, and cannot be written.
	keyless bool
}

// A field is one field of an entity.
type field struct {
	name    string
	typ     string
	imports []string
	// columns are those the field holds, column the name to spell out, "" where the strategy finds it.
	columns []string
	column  string
	options []option
	notes   []string
	comment string
	// relation: the field refers to other entities.
	relation bool
	// ref is what the field is of: the target of a reference or collection, by its type name.
	target string
	many   bool
}

func (f *field) add(name, value string) { f.options = append(f.options, option{name, value}) }

func (f *field) has(name string) bool {
	return slices.ContainsFunc(f.options, func(o option) bool { return o.name == name })
}

// A goEnum is a Go type with constants.
type goEnum struct {
	name, doc string
	values    []string
	constants []string
}

// A planner decides what is written.
type planner struct {
	db       *Database
	opts     Options
	style    string
	strategy naming.Strategy
	naming   string
	limits   int // the longest name of an index
	entities []*entity
	joins    []*joinTable
	enums    []*goEnum          // of types with a name, shared by columns
	byEnum   map[string]*goEnum // by the name of the database
	types    scope              // names of the package
	mistakes []error            // names that people chose twice
}

var longestNames = map[string]int{"sqlite": naming.MaxSQLite, "postgres": naming.MaxPostgres, "mysql": naming.MaxMySQL, "mariadb": naming.MaxMySQL, "mongo": naming.MaxMongo}

// newPlanner plans all entities. The description is not changed.
func newPlanner(db *Database, opts Options) (*planner, error) {
	if err := opts.unknown(db); err != nil {
		return nil, err
	}
	p := &planner{db: &Database{Dialect: db.Dialect, Notes: db.Notes}, opts: opts, style: opts.Style, limits: longestNames[db.Dialect],
		byEnum: map[string]*goEnum{}, types: scope{"entities": true, "naming": true}}
	for _, t := range db.Tables {
		if opts.takes(t) {
			p.db.Tables = append(p.db.Tables, t)
		}
	}
	if len(p.db.Tables) == 0 {
		return nil, fmt.Errorf("entities: %w", ErrNothing)
	}
	if p.style == "" {
		p.style = styleTags
	}
	if p.naming = opts.Naming; p.naming == "" {
		p.naming, p.strategy = recognise(p.db.Tables)
	} else {
		p.strategy, _ = naming.Parse(p.naming)
	}
	p.declare()
	for _, e := range p.entities {
		p.columns(e)
	}
	p.relations()
	for _, e := range p.entities {
		p.finish(e)
	}
	return p, errors.Join(p.mistakes...)
}

// chosen gives out a name that people chose.
func (p *planner) chosen(s scope, of, name string) string {
	if s[strings.ToLower(name)] {
		p.mistakes = append(p.mistakes, optionError("%s: the name %s is taken; name what has it otherwise", of, name))
	}
	return s.take(name)
}

// declare names the entities: of tables that are no mere join tables, and of views.
func (p *planner) declare() {
	for _, t := range p.db.Tables {
		if j := p.joinTable(t); j != nil {
			p.joins = append(p.joins, j)
		}
	}
	for _, t := range p.db.Tables {
		if slices.ContainsFunc(p.joins, func(j *joinTable) bool { return j.table == t }) {
			continue
		}
		e := &entity{table: t, said: p.opts.of(t), names: scope{}, notes: slices.Clone(t.Notes)}
		if e.said.Name != "" {
			e.name = p.chosen(p.types, t.String(), e.said.Name)
		}
		p.entities = append(p.entities, e)
	}
	for _, e := range p.entities {
		if e.name != "" {
			continue
		}
		t := e.table
		own := entityName(p.strategy, t.Name)
		e.name = p.types.take(own, goName(lastWord(words(t.Schema+" "+t.Name), singular)), own+"Entity")
	}
}

func (p *planner) entity(t *Table) *entity {
	for _, e := range p.entities {
		if e.table == t {
			return e
		}
	}
	return nil
}

// key returns the columns of the key: those of the database, or those people named.
func (p *planner) key(e *entity) []string {
	if len(e.said.Key) > 0 {
		return e.said.Key
	}
	if len(e.table.Key) > 0 || e.table.View {
		return e.table.Key
	}
	// Without a primary key a unique one does, as long as none of its columns may be NULL.
	for _, ix := range e.table.Indexes {
		if ix.Unique && ix.Where == "" && ix.Expression == "" && len(ix.Columns) > 0 &&
			!slices.ContainsFunc(ix.Columns, func(c string) bool { return e.table.column(c).Nullable }) {
			return ix.Columns
		}
	}
	return nil
}

// columns makes the fields of scalar columns, and leaves places for references.
func (p *planner) columns(e *entity) {
	key := p.key(e)
	e.keyless = len(key) == 0
	for _, c := range e.table.Columns {
		said := e.said.column(c.Name)
		if said.Skip {
			e.notes = append(e.notes, "The column "+c.Name+" is left out, as the options say.")
			continue
		}
		if c.Links != "" && p.links(e, c) {
			continue
		}
		if fk := p.referenceOf(e, c.Name); fk == nil || p.keepsScalars(e, fk) {
			p.scalar(e, c, key)
		}
		for _, fk := range e.table.ForeignKeys {
			if p.isReference(e, fk) && p.anchor(e, fk) == c.Name {
				p.reference(e, fk, key)
			}
		}
	}
}

// scalar adds the field of a column.
func (p *planner) scalar(e *entity, c *Column, key []string) {
	said := e.said.column(c.Name)
	typ := typeOf(p.db.Dialect, c)
	if c.Enum != nil {
		typ = textType(0)
	}
	spec := said.Type
	if spec == "" {
		spec = p.opts.overrideFor(c, typ)
	}
	if spec != "" {
		typ = typ.override(spec)
	}
	f := &field{name: p.fieldName(e, c, key, said), columns: []string{c.Name}, imports: typ.imports, comment: c.Comment}
	if p.strategy.Column(naming.LowerCamel(f.name)) != c.Name && (p.db.Dialect != "mongo" || c.Name != "_id") {
		f.column = c.Name
	}
	f.notes = append(f.notes, p.noRelation(e, c.Name)...)
	isKey := slices.Contains(key, c.Name)
	if isKey && (len(key) > 1 || !strings.EqualFold(f.name, "id")) {
		f.add("pk", "")
	}
	p.generation(f, c, typ, isKey, len(key) == 1)
	name := p.enumType(e, c, &typ, f, spec != "")
	if len(c.Fields) > 0 && spec == "" {
		name = p.document(e, c, &typ)
	}
	nullable := c.Nullable && !isKey
	if typ.unknown != "" {
		f.notes = append(f.notes, "weft has no kind for the type "+typ.unknown+": its text is not read unless asked for")
	}
	switch {
	case typ.other && !nullable && !isKey:
		name = "*" + name
		f.add("required", "")
	case nullable && typ.nilable:
		f.add("nullable", "")
	case nullable:
		name = "*" + name
	}
	f.typ = name
	f.options = append(f.options, typ.options...)
	p.storage(e, f, c, typ, isKey)
	e.fields = append(e.fields, f)
}

// fieldName names the field of a column: ID for a key that is called after its table.
func (p *planner) fieldName(e *entity, c *Column, key []string, said ColumnOptions) string {
	list := words(c.Name)
	name := goName(list)
	isID := len(list) > 0 && list[len(list)-1] == "id"
	alone := len(key) == 1 && key[0] == c.Name
	switch {
	case said.Name != "":
		return p.chosen(e.names, e.table.String()+"."+c.Name, said.Name)
	case alone && isID && strings.EqualFold(strings.TrimSuffix(name, "ID"), e.name) && !hasID(e.table, c):
		return e.names.take("ID", name)
	case name == "ID" && !slices.Contains(key, c.Name):
		// A field ID would be taken for the key, whose rows are told apart by it.
		return e.names.take("RowID")
	}
	return e.names.take(name)
}

// hasID reports another column that is called id.
func hasID(t *Table, other *Column) bool {
	return slices.ContainsFunc(t.Columns, func(c *Column) bool { return c != other && strings.EqualFold(c.Name, "id") })
}

// generation says who makes the values of a column.
func (p *planner) generation(f *field, c *Column, typ goType, isKey, alone bool) {
	integer := typ.kind.Kind == mapper.Int || typ.kind.Kind == mapper.Uint
	auto := c.Auto || p.db.Dialect == "sqlite" && isKey && alone && strings.EqualFold(c.Type, "integer")
	switch {
	case isKey && alone && integer && !auto:
		f.add("assigned", "")
	case auto && (!isKey || !alone):
		if isKey {
			f.add("auto", "")
		} else {
			f.notes = append(f.notes, "the database numbers it, although it is not the key")
		}
	case isKey && alone && typ.kind.Kind == mapper.UUIDKind && c.Default == "":
		return
	}
	if c.Generated != "" {
		f.add("generated", c.Generated)
		if c.Virtual {
			f.notes = append(f.notes, "the database computes it at every read; weft would store it")
		}
	}
	if c.Default != "" && c.Generated == "" {
		f.add("default", trimParens(c.Default))
		if (typ.senseless || c.Enum != nil) && !c.Nullable && !isKey {
			f.add("optional", "")
		}
	}
	if c.OnUpdate != "" {
		f.notes = append(f.notes, "the database sets it at every update: "+c.OnUpdate)
	}
}

// storage says what of the column the Go type does not tell.
func (p *planner) storage(e *entity, f *field, c *Column, typ goType, isKey bool) {
	if e.table.View || p.db.Dialect == "mongo" {
		return
	}
	keyed := isKey || slices.ContainsFunc(e.table.Indexes, func(ix *Index) bool { return slices.Contains(ix.Columns, c.Name) })
	if !f.has("nativeEnum") && !(f.has("enum") && p.db.Dialect == "sqlite") {
		if text := sqlTypeOf(p.db.Dialect, c, typ, keyed); text != "" {
			f.add("sqlType", p.db.Dialect+":"+text)
		}
	}
	if c.Collation != "" && c.Collation != dialectCollation(p.db.Dialect) {
		f.add("collation", c.Collation)
	}
	if c.Comment != "" && p.db.Dialect != "sqlite" {
		f.add("comment", c.Comment)
	}
}

func dialectCollation(dialect string) string {
	collation, _ := dialects[dialect].Collation(&mapper.Column{Type: &mapper.Type{Kind: mapper.String}})
	return collation
}

// taggable reports a column whose name the first part of a tag can hold.
func taggable(column string) bool {
	return !strings.ContainsAny(column, ",='") && strings.TrimSpace(column) == column
}

// finish adds what concerns the entity as a whole.
func (p *planner) finish(e *entity) {
	t := e.table
	for _, f := range e.fields {
		if p.style == styleTags && !taggable(f.column) {
			e.code = append(e.code, fmt.Sprintf("e.Field(%q).Column(%s)", f.name, goString(f.column)))
			f.column = ""
		}
	}
	switch {
	case t.View:
		e.options = append(e.options, option{"view", t.Name})
	case p.strategy.Table(e.name) != t.Name:
		e.options = append(e.options, option{"table", t.Name})
	}
	if t.Schema != "" {
		e.options = append(e.options, option{"schema", t.Schema})
	}
	if t.Comment != "" && p.db.Dialect != "sqlite" {
		e.options = append(e.options, option{"comment", t.Comment})
	}
	if e.keyless && !t.View {
		e.options = append(e.options, option{"readOnly", ""})
		e.notes = append(e.notes, "The table has no key: rows can be read, but not written.")
	}
	if !t.View {
		p.indexes(e)
		p.checks(e)
	}
	if len(e.said.Key) == 0 && !t.View && len(t.Key) == 0 && !e.keyless {
		e.notes = append(e.notes, "The table has no primary key; a unique index takes its place.")
	}
}
