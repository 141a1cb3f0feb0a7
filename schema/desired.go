package schema

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
)

// Desired describes, in the words of Atlas, the tables that a registry needs in
// a dialect: one schema per name in the mapping, "" being the connection's own.
// It does no I/O; the same registry gives the same description. The result
// belongs to the caller. What the dialect cannot create is an [ErrUnsupported].
func Desired(reg *mapper.Registry, d *sql.Dialect, opts ...Option) (*schema.Realm, error) {
	if err := usableMapping(reg, d, opts); err != nil {
		return nil, err
	}
	a := atlasFor(d.Name())
	if a == nil {
		return nil, fmt.Errorf("schema: %w: dialect %s", ErrUnsupported, d.Name())
	}
	return a.desired(reg, collect(opts))
}

func (a *atlas) desired(reg *mapper.Registry, o options) (*schema.Realm, error) {
	tables, err := a.facts(reg, o)
	if err != nil {
		return nil, err
	}
	return a.realm(tables, o.database)
}

// realm describes tables in the words of Atlas. database is the name of the connection's
// own, where it is known and is what a schema is.
func (a *atlas) realm(tables []*tableFacts, database string) (*schema.Realm, error) {
	b := &builder{atlas: a, realm: schema.NewRealm(schema.New("")), database: database}
	for _, t := range tables {
		if err := b.table(t); err != nil {
			return nil, err
		}
	}
	for _, t := range tables {
		for _, fk := range t.ForeignKeys {
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
}

func (b *builder) unsupported(object, feature string) error {
	return &UnsupportedError{Dialect: b.sql.Name(), Object: object, Feature: feature}
}

func (b *builder) table(t *tableFacts) error {
	if strings.ContainsAny(t.Schema, "\"`\x00") {
		return b.unsupported(t.Name, fmt.Sprintf("a schema named %q, which has a quotation mark,", t.Schema)) // Atlas does not escape it
	}
	if t.Schema != "" && !b.schemas {
		return b.unsupported(t.Schema+"."+t.Name, "a table in a named schema")
	}
	at := schema.NewTable(t.Name)
	b.schema(t.Schema).AddTables(at)
	if t.was != "" {
		at.AddAttrs(&was{name: t.was})
	}
	if t.Comment != "" {
		at.SetComment(t.Comment)
	}
	if t.Collation != "" {
		at.SetCharset(t.Charset).SetCollation(t.Collation)
	}
	for _, c := range t.Columns {
		if err := b.column(t, at, c); err != nil {
			return err
		}
	}
	if len(t.Key) > 0 {
		at.SetPrimaryKey(schema.NewPrimaryKey(columns(at, t.Key)...))
	}
	for _, ix := range t.Indexes {
		if err := b.index(t, at, ix); err != nil {
			return err
		}
	}
	for _, check := range t.Checks {
		ac := schema.NewCheck().SetName(check.Name).SetExpr(check.Expression)
		if check.Made {
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

func (b *builder) column(t *tableFacts, at *schema.Table, c *columnFacts) error {
	ac := schema.NewColumn(c.Name).SetNull(c.Nullable)
	typ, err := b.columnType(t, c)
	if err != nil {
		return err
	}
	ac.Type.Type = typ
	if c.Auto {
		ac.AddAttrs(b.autoIncrement())
	}
	ac.Default = b.defaultOf(c)
	if c.Generated != "" {
		ac.SetGeneratedExpr(&schema.GeneratedExpr{Expr: c.Generated, Type: "STORED"})
	}
	if c.Comment != "" {
		ac.SetComment(c.Comment)
	}
	if c.Collation != "" {
		b.collate(ac, c.Collation, c.Charset)
	}
	if c.was != "" {
		ac.AddAttrs(&was{name: c.was})
	}
	at.AddColumns(ac)
	return nil
}

// defaultOf is the default of a column, nil for none.
func (b *builder) defaultOf(c *columnFacts) schema.Expr {
	if c.Default == "" {
		return nil
	}
	x := defaultExpr(c.Default)
	if raw, ok := x.(*schema.RawExpr); ok && b.defaultExpr != nil {
		raw.X = b.defaultExpr(raw.X)
	}
	return x
}

func (b *builder) columnType(t *tableFacts, c *columnFacts) (schema.Type, error) {
	if c.Enum != nil {
		return b.enumType(t, c.Enum), nil
	}
	typ, err := b.parseType(c.Type)
	if err != nil {
		return nil, fmt.Errorf("schema: %s: %s.%s: column type %q: %w", b.sql.Name(), t.Name, c.Name, c.Type, err)
	}
	return typ, nil
}

// enumType returns the named enum type of a column, adding it to the schema at first sight.
func (b *builder) enumType(t *tableFacts, enum *enumFacts) schema.Type {
	s := b.schema(t.Schema)
	for _, o := range s.Objects {
		if e, ok := o.(*schema.EnumType); ok && e.T == enum.Name {
			return e
		}
	}
	e := b.nativeEnum(enum.Name, t.Schema, slices.Clone(enum.Values))
	s.AddObjects(e)
	return e
}

func (b *builder) index(t *tableFacts, at *schema.Table, ix *indexFacts) error {
	if ix.Document {
		return b.unsupported(t.Name+"."+ix.Name, "an index of documents")
	}
	ai := schema.NewIndex(ix.Name).SetUnique(ix.Unique)
	switch {
	case ix.Expression != "" && !b.expressions:
		return b.unsupported(t.Name+"."+ix.Name, "an index on an expression")
	case ix.Expression != "":
		ai.AddExprs(&schema.RawExpr{X: ix.Expression})
	default:
		ai.AddColumns(columns(at, ix.Columns)...)
	}
	if ix.Where != "" {
		if b.predicate == nil {
			return b.unsupported(t.Name+"."+ix.Name, "a partial index")
		}
		ai.AddAttrs(b.predicate(ix.Where))
	}
	if len(ix.Include) > 0 {
		if b.include == nil {
			return b.unsupported(t.Name+"."+ix.Name, "an index that includes columns")
		}
		ai.AddAttrs(b.include(columns(at, ix.Include)))
	}
	if ix.Fulltext {
		if b.fulltext == nil {
			return b.unsupported(t.Name+"."+ix.Name, "a full-text index")
		}
		b.fulltext(ai)
	}
	if ix.Deferrable {
		ai.AddAttrs(&deferrable{})
	}
	at.AddIndexes(ai)
	return nil
}

func (b *builder) foreignKey(t *tableFacts, fk *foreignKeyFacts) error {
	at, _ := b.schema(t.Schema).Table(t.Name)
	afk := schema.NewForeignKey(fk.Name).AddColumns(columns(at, fk.Columns)...)
	ref, ok := b.schema(fk.RefSchema).Table(fk.RefTable)
	if !ok {
		// The target is a view or not managed by weft: there is nothing to refer to.
		return nil
	}
	afk.SetRefTable(ref).AddRefColumns(columns(ref, fk.RefColumns)...)
	if fk.RefSchema == "" && t.Schema != "" && b.databaseName != "" {
		// A name without a database is looked for in that of the referring table.
		if b.database == "" {
			return b.unsupported(t.Schema+"."+t.Name+": "+fk.Name, "a foreign key into the connection's own database, whose name is not known here,")
		}
		qualified := *ref
		qualified.Schema = schema.New(b.database)
		afk.RefTable = &qualified
	}
	afk.SetOnDelete(rule(fk.OnDelete)).SetOnUpdate(rule(fk.OnUpdate))
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
