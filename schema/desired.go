package schema

import (
	"fmt"
	"strings"

	"ariga.io/atlas/sql/schema"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb/sql"
)

// Desired describes, in the words of Atlas, the tables that a registry needs in
// a dialect: one schema per name in the mapping, "" being the connection's own.
// It does no I/O; the same registry gives the same description. The result
// belongs to the caller. What the dialect cannot create is an [ErrUnsupported].
func Desired(reg *mapper.Registry, d *sql.Dialect, opts ...Option) (*schema.Realm, error) {
	a := atlasFor(d.Name())
	if a == nil {
		return nil, fmt.Errorf("schema: %w: dialect %s", ErrUnsupported, d.Name())
	}
	return a.desired(reg, collect(opts))
}

func (a *atlas) desired(reg *mapper.Registry, o options) (*schema.Realm, error) {
	b := &builder{atlas: a, realm: schema.NewRealm(schema.New("")), database: o.database, renamed: o.renamed}
	tables, err := o.within(a, newLayout(reg, a.maxName, o.wildcard).tables)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := b.table(t); err != nil {
			return nil, err
		}
	}
	for _, t := range tables {
		for _, fk := range t.foreignKeys {
			if err := b.foreignKey(t, fk); err != nil {
				return nil, err
			}
		}
	}
	return b.realm, nil
}

// A builder turns tables into those of Atlas.
type builder struct {
	*atlas
	realm *schema.Realm
	// database is the name of the connection's own database, where it is known.
	database string
	renamed  map[string]string
}

// former is the name an object had before: the one given by an option, else that of the mapping.
func (b *builder) former(mapped, name string) string {
	if given, ok := b.renamed[name]; ok {
		return given
	}
	return mapped
}

func (b *builder) unsupported(object, feature string) error {
	return &UnsupportedError{Dialect: b.sql.Name(), Object: object, Feature: feature}
}

func (b *builder) table(t *table) error {
	if strings.ContainsAny(t.schema, "\"`\x00") {
		return b.unsupported(t.name, fmt.Sprintf("a schema named %q, which has a quotation mark,", t.schema)) // Atlas does not escape it
	}
	if t.schema != "" && !b.schemas {
		return b.unsupported(t.schema+"."+t.name, "a table in a named schema")
	}
	at := schema.NewTable(t.name)
	b.schema(t.schema).AddTables(at)
	if former := b.former(t.was, t.name); former != "" {
		at.AddAttrs(&was{name: former})
	}
	if b.comments && t.comment != "" {
		at.SetComment(t.comment)
	}
	if collation, charset := b.textCollation(); b.tableCollation {
		at.SetCharset(charset).SetCollation(collation)
	}
	for _, c := range t.columns {
		if err := b.column(t, at, c); err != nil {
			return err
		}
	}
	if len(t.key) > 0 {
		at.SetPrimaryKey(schema.NewPrimaryKey(columns(at, t.key)...))
	}
	for _, ix := range t.indexes {
		if err := b.index(t, at, ix); err != nil {
			return err
		}
	}
	for _, check := range t.checks {
		ac := schema.NewCheck().SetName(check.Name).SetExpr(check.Expression)
		if check.Name == naming.Check(t.name, check.Expression, b.maxName) {
			ac.AddAttrs(&madeName{})
		}
		at.AddChecks(ac)
	}
	return nil
}

// schema returns the schema of that name, adding it at first sight.
func (b *builder) schema(name string) *schema.Schema {
	if s, ok := b.realm.Schema(name); ok {
		return s
	}
	s := schema.New(name)
	b.realm.AddSchemas(s)
	return s
}

// textCollation is the collation of text that has none declared.
func (b *builder) textCollation() (collation, charset string) {
	return b.sql.Collation(&mapper.Column{Type: &mapper.Type{Kind: mapper.String}})
}

func (b *builder) column(t *table, at *schema.Table, c *column) error {
	ac := schema.NewColumn(c.Name).SetNull(c.nullable)
	typ, err := b.columnType(t, c)
	if err != nil {
		return err
	}
	ac.Type.Type = typ
	if c.auto {
		ac.AddAttrs(b.autoIncrement())
	}
	ac.Default = b.defaultOf(c)
	if c.Generated != "" {
		ac.SetNull(c.nullable || b.generatedNullable)
		ac.SetGeneratedExpr(&schema.GeneratedExpr{Expr: c.Generated, Type: "STORED"})
	}
	if b.comments && c.Comment != "" {
		ac.SetComment(c.Comment)
	}
	b.setCollation(ac, c)
	if former := b.former(c.Was, t.name+"."+c.Name); former != "" {
		ac.AddAttrs(&was{name: former})
	}
	at.AddColumns(ac)
	if len(c.Type.Enum) > 0 && c.Type.NativeEnum == "" {
		at.AddChecks(schema.NewCheck().SetName(b.checkName(t.name, c.Name)).SetExpr(b.enumCheck(c)).AddAttrs(&madeName{}))
	}
	return nil
}

// defaultOf is the default of a column; none and NULL are the same.
func (b *builder) defaultOf(c *column) schema.Expr {
	text := strings.TrimSpace(b.defaultText(c))
	if text == "" || strings.EqualFold(text, "null") {
		return nil
	}
	x := defaultExpr(text)
	if raw, ok := x.(*schema.RawExpr); ok && b.defaultExpr != nil {
		raw.X = b.defaultExpr(raw.X)
	}
	return x
}

func (b *builder) columnType(t *table, c *column) (schema.Type, error) {
	if name := c.Type.NativeEnum; name != "" && b.nativeEnum != nil {
		return b.enumType(t, c), nil
	}
	text := b.sql.ColumnType(c.Column)
	if c.Unsigned && !strings.Contains(text, "unsigned") && b.tableCollation {
		text += " unsigned"
	}
	typ, err := b.parseType(text)
	if err != nil {
		return nil, fmt.Errorf("schema: %s: %s.%s: column type %q: %w", b.sql.Name(), t.name, c.Name, text, err)
	}
	return typ, nil
}

// enumType returns the named enum type of a column, adding it to the schema at first sight.
func (b *builder) enumType(t *table, c *column) schema.Type {
	s := b.schema(t.schema)
	for _, o := range s.Objects {
		if e, ok := o.(*schema.EnumType); ok && e.T == c.Type.NativeEnum {
			return e
		}
	}
	values := make([]string, len(c.Type.Enum))
	for i, v := range c.Type.Enum {
		values[i] = fmt.Sprint(v)
	}
	e := b.nativeEnum(c.Type.NativeEnum, t.schema, values)
	s.AddObjects(e)
	return e
}

func (b *builder) setCollation(ac *schema.Column, c *column) {
	collation, charset := b.sql.Collation(c.Column)
	if collation == "" {
		return
	}
	if inherited, _ := b.textCollation(); b.tableCollation && collation == inherited {
		return
	}
	b.collate(ac, collation, charset)
}

// enumCheck is the condition that an enum column holds one of its values.
func (b *builder) enumCheck(c *column) string {
	values := make([]string, len(c.Type.Enum))
	for i, v := range c.Type.Enum {
		values[i] = literal(v)
	}
	return b.sql.Quote(c.Name) + " in (" + strings.Join(values, ", ") + ")"
}

func literal(v any) string {
	if s, ok := v.(string); ok {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return fmt.Sprint(v)
}

// checkName names the check of a column's values.
func (b *builder) checkName(table, about string) string {
	return naming.Index(naming.KindCheck, table, []string{about}, b.maxName)
}

func (b *builder) index(t *table, at *schema.Table, ix *index) error {
	if ix.Document != nil {
		return b.unsupported(t.name+"."+ix.Name, "an index of documents")
	}
	ai := schema.NewIndex(ix.Name).SetUnique(ix.Unique)
	switch {
	case ix.Expression != "" && !b.expressions:
		return b.unsupported(t.name+"."+ix.Name, "an index on an expression")
	case ix.Expression != "":
		ai.AddExprs(&schema.RawExpr{X: ix.Expression})
	default:
		ai.AddColumns(columns(at, ix.columns)...)
	}
	if ix.Where != "" {
		if b.predicate == nil {
			return b.unsupported(t.name+"."+ix.Name, "a partial index")
		}
		ai.AddAttrs(b.predicate(ix.Where))
	}
	if len(ix.include) > 0 {
		if b.include == nil {
			return b.unsupported(t.name+"."+ix.Name, "an index that includes columns")
		}
		ai.AddAttrs(b.include(columns(at, ix.include)))
	}
	if ix.Fulltext {
		if b.fulltext == nil {
			return b.unsupported(t.name+"."+ix.Name, "a full-text index")
		}
		b.fulltext(ai)
	}
	if ix.Deferrable && b.deferrable {
		ai.AddAttrs(&deferrable{})
	}
	at.AddIndexes(ai)
	return nil
}

func (b *builder) foreignKey(t *table, fk *foreignKey) error {
	at, _ := b.schema(t.schema).Table(t.name)
	afk := schema.NewForeignKey(fk.name).AddColumns(columns(at, fk.columns)...)
	ref, ok := b.schema(fk.refSchema).Table(fk.refName)
	if !ok {
		// The target is a view or not managed by weft: there is nothing to refer to.
		return nil
	}
	afk.SetRefTable(ref).AddRefColumns(columns(ref, fk.refColumns)...)
	if fk.refSchema == "" && t.schema != "" && b.databaseName != "" {
		// A name without a database is looked for in that of the referring table.
		if b.database == "" {
			return b.unsupported(t.schema+"."+t.name+": "+fk.name, "a foreign key into the connection's own database, whose name is not known here,")
		}
		qualified := *ref
		qualified.Schema = schema.New(b.database)
		afk.RefTable = &qualified
	}
	afk.SetOnDelete(rule(fk.onDelete)).SetOnUpdate(rule(fk.onUpdate))
	at.AddForeignKeys(afk)
	return nil
}

func rule(r mapper.ForeignKeyRule) schema.ReferenceOption {
	return schema.ReferenceOption(strings.ToUpper(string(r)))
}

func columns(t *schema.Table, names []string) []*schema.Column {
	out := make([]*schema.Column, 0, len(names))
	for _, name := range names {
		if c, ok := t.Column(name); ok {
			out = append(out, c)
		}
	}
	return out
}
