package schema

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// tableFacts is a table in the words of one dialect, as plain data: what a [Snapshot]
// keeps, and what the description for Atlas is made of.
type tableFacts struct {
	Schema      string             `json:"schema,omitempty"`
	Name        string             `json:"name"`
	Comment     string             `json:"comment,omitempty"`
	Collation   string             `json:"collation,omitempty"`
	Charset     string             `json:"charset,omitempty"`
	Columns     []*columnFacts     `json:"columns"`
	Key         []string           `json:"key,omitempty"`
	Indexes     []*indexFacts      `json:"indexes,omitempty"`
	ForeignKeys []*foreignKeyFacts `json:"foreignKeys,omitempty"`
	Checks      []*checkFacts      `json:"checks,omitempty"`

	// was is the former name. It says how to get here, not what is here, and is not kept.
	was string
}

type columnFacts struct {
	Name string `json:"name"`
	// Type is the type as the dialect writes it, "" of a named enum type.
	Type      string     `json:"type,omitempty"`
	Enum      *enumFacts `json:"enum,omitempty"`
	Nullable  bool       `json:"nullable,omitempty"`
	Auto      bool       `json:"auto,omitempty"`
	Default   string     `json:"default,omitempty"`
	Generated string     `json:"generated,omitempty"`
	Comment   string     `json:"comment,omitempty"`
	Collation string     `json:"collation,omitempty"`
	Charset   string     `json:"charset,omitempty"`

	was string
}

// enumFacts is a named enum type.
type enumFacts struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

type indexFacts struct {
	Name       string   `json:"name"`
	Columns    []string `json:"columns,omitempty"`
	Include    []string `json:"include,omitempty"`
	Expression string   `json:"expression,omitempty"`
	Where      string   `json:"where,omitempty"`
	Unique     bool     `json:"unique,omitempty"`
	Fulltext   bool     `json:"fulltext,omitempty"`
	Deferrable bool     `json:"deferrable,omitempty"`
	// Document says that only a document database has such an index.
	Document bool `json:"document,omitempty"`
}

type foreignKeyFacts struct {
	Name       string                `json:"name"`
	Columns    []string              `json:"columns"`
	RefSchema  string                `json:"refSchema,omitempty"`
	RefTable   string                `json:"refTable"`
	RefColumns []string              `json:"refColumns"`
	OnDelete   mapper.ForeignKeyRule `json:"onDelete,omitempty"`
	OnUpdate   mapper.ForeignKeyRule `json:"onUpdate,omitempty"`
}

type checkFacts struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
	// Made reports a name that the mapping does not give.
	Made bool `json:"made,omitempty"`
}

// facts are the tables that a registry needs in a dialect.
func (a *atlas) facts(reg *mapper.Registry, o options) ([]*tableFacts, error) {
	tables, err := o.within(a, newLayout(reg, a.maxName, o.wildcard).tables)
	if err != nil {
		return nil, err
	}
	list := make([]*tableFacts, len(tables))
	for i, t := range tables {
		list[i] = a.tableFacts(t, o)
	}
	return list, nil
}

// former is the name an object had before: the one given by an option, else that of the mapping.
func (o *options) former(mapped, name string) string {
	if given, ok := o.renamed[name]; ok {
		return given
	}
	return mapped
}

func (a *atlas) tableFacts(t *table, o options) *tableFacts {
	f := &tableFacts{Schema: t.schema, Name: t.name, Key: t.key, was: o.former(t.was, t.name)}
	if a.comments {
		f.Comment = t.comment
	}
	if a.tableCollation {
		f.Collation, f.Charset = a.textCollation()
	}
	for _, c := range t.columns {
		f.Columns = append(f.Columns, a.columnFacts(t, c, o))
		if len(c.Type.Enum) > 0 && c.Type.NativeEnum == "" {
			f.Checks = append(f.Checks, &checkFacts{Name: a.checkName(t.name, c.Name), Expression: a.enumCheck(c), Made: true})
		}
	}
	for _, ix := range t.indexes {
		f.Indexes = append(f.Indexes, &indexFacts{
			Name: ix.Name, Columns: ix.columns, Include: ix.include, Expression: ix.Expression, Where: ix.Where,
			Unique: ix.Unique, Fulltext: ix.Fulltext, Deferrable: ix.Deferrable && a.deferrable, Document: ix.Document != nil,
		})
	}
	for _, fk := range t.foreignKeys {
		f.ForeignKeys = append(f.ForeignKeys, &foreignKeyFacts{
			Name: fk.name, Columns: fk.columns, RefSchema: fk.refSchema, RefTable: fk.refName, RefColumns: fk.refColumns,
			OnDelete: fk.onDelete, OnUpdate: fk.onUpdate,
		})
	}
	for _, check := range t.checks {
		f.Checks = append(f.Checks, &checkFacts{Name: check.Name, Expression: check.Expression, Made: check.Name == naming.Check(t.name, check.Expression, a.maxName)})
	}
	return f
}

// textCollation is the collation of text that has none declared.
func (a *atlas) textCollation() (collation, charset string) {
	return a.sql.Collation(&mapper.Column{Type: &mapper.Type{Kind: mapper.String}})
}

func (a *atlas) columnFacts(t *table, c *column, o options) *columnFacts {
	f := &columnFacts{Name: c.Name, Nullable: c.nullable, Auto: c.auto, Default: strings.TrimSpace(a.defaultText(c)), Generated: c.Generated, was: o.former(c.Was, t.name+"."+c.Name)}
	if name := c.Type.NativeEnum; name != "" && a.nativeEnum != nil {
		f.Enum = &enumFacts{Name: name, Values: make([]string, len(c.Type.Enum))}
		for i, v := range c.Type.Enum {
			f.Enum.Values[i] = fmt.Sprint(v)
		}
	} else if f.Type = a.sql.ColumnType(c.Column); c.Unsigned && !strings.Contains(f.Type, "unsigned") && a.tableCollation {
		f.Type += " unsigned"
	}
	if strings.EqualFold(f.Default, "null") {
		f.Default = "" // none and NULL are the same
	}
	if c.Generated != "" {
		f.Nullable = c.nullable || a.generatedNullable
	}
	if a.comments {
		f.Comment = c.Comment
	}
	f.Collation, f.Charset = a.sql.Collation(c.Column)
	if inherited, _ := a.textCollation(); a.tableCollation && f.Collation == inherited {
		f.Collation, f.Charset = "", ""
	}
	return f
}

// enumCheck is the condition that an enum column holds one of its values.
func (a *atlas) enumCheck(c *column) string {
	values := make([]string, len(c.Type.Enum))
	for i, v := range c.Type.Enum {
		values[i] = literal(v)
	}
	return a.sql.Quote(c.Name) + " in (" + strings.Join(values, ", ") + ")"
}

func literal(v any) string {
	if s, ok := v.(string); ok {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return fmt.Sprint(v)
}

// checkName names the check of a column's values.
func (a *atlas) checkName(table, about string) string {
	return naming.Index(naming.KindCheck, table, []string{about}, a.maxName)
}
