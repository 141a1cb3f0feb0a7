package sql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// keyedTextLength is the length MySQL and MariaDB give to unlimited text that
// stands in a key or index, which cannot hold text without a length.
const keyedTextLength = 255

// ColumnType returns the column's type without collation, constraints and
// defaults: "bigint", "varchar(80)". An override in Column.SQLType wins. A
// generated key has the same type as one assigned by the user; making it
// auto-increment is the schema tool's part.
func (d *Dialect) ColumnType(c *mapper.Column) string {
	if s, ok := c.SQLType[d.name]; ok {
		return s
	}
	if s, ok := c.SQLType[""]; ok {
		return s
	}
	if c.Type.NativeEnum != "" {
		if s := d.nativeEnum(d, c.Type); s != "" {
			return s
		}
	}
	return d.columnType(c.Type, isKeyed(c))
}

// Collation returns the collation the column needs to compare by code point, or
// the one declared for it; "" when the type has none or the database's default
// does. The character set belongs to it on MySQL and MariaDB and is "" elsewhere.
func (d *Dialect) Collation(c *mapper.Column) (collation, charset string) {
	if c.Collation != "" {
		charset, _, _ := strings.Cut(c.Collation, "_")
		if d.charsets {
			return c.Collation, charset
		}
		return c.Collation, ""
	}
	if _, overridden := c.SQLType[d.name]; overridden || c.Type.NativeEnum != "" || !holdsText(c.SQLType[""]) {
		return "", ""
	}
	switch kindOf(c.Type) {
	case mapper.String:
		collation = d.textCollation
	case mapper.UUIDKind:
		collation = d.uuidCollation
	case mapper.ULIDKind, mapper.ObjectIDKind:
		collation = d.asciiCollation
	default:
		return "", ""
	}
	if d.charsets {
		charset, _, _ = strings.Cut(collation, "_")
	}
	return collation, charset
}

var textTypes = regexp.MustCompile(`(?i)^\s*(?:(?:tiny|medium|long)?text|n?(?:var)?char|character|clob)\b`)

// holdsText reports a type given for all dialects that can have a collation; "" is none given.
func holdsText(sqlType string) bool { return sqlType == "" || textTypes.MatchString(sqlType) }

// isKeyed reports that the column stands in a key, a unique constraint or an index.
func isKeyed(c *mapper.Column) bool {
	p := c.Property
	if p == nil || c.References != nil || p.Primary || p.Unique || len(c.Type.Enum) > 0 {
		return true
	}
	for _, ix := range p.Entity.Indexes {
		if !ix.Fulltext && ix.Document == nil && slices.Contains(ix.Columns, c) {
			return true
		}
	}
	return false
}

// kindOf returns the kind of the canonical form: that of the database form for custom types.
func kindOf(t *mapper.Type) mapper.ValueKind {
	if t.Kind == mapper.Custom && t.Custom != nil {
		return t.Custom.Kind()
	}
	return t.Kind
}

func sqliteColumnType(t *mapper.Type, _ bool) string {
	switch kindOf(t) {
	case mapper.Bool, mapper.Int, mapper.Uint, mapper.Duration:
		return "integer"
	case mapper.Float:
		return "real"
	case mapper.DecimalKind:
		return fmt.Sprintf("numeric(%d,%d)", t.Precision, t.Scale)
	case mapper.Bytes:
		return "blob"
	default:
		return "text"
	}
}

func postgresColumnType(t *mapper.Type, _ bool) string {
	switch kindOf(t) {
	case mapper.Bool:
		return "boolean"
	case mapper.Int:
		return signedType(t.Bits)
	case mapper.Uint:
		return signedType(2 * t.Bits)
	case mapper.Float:
		if t.Bits == 32 {
			return "real"
		}
		return "double precision"
	case mapper.DecimalKind:
		return fmt.Sprintf("numeric(%d,%d)", t.Precision, t.Scale)
	case mapper.Bytes:
		return "bytea"
	case mapper.Time:
		return fmt.Sprintf("timestamptz(%d)", t.Precision)
	case mapper.Date:
		return "date"
	case mapper.Duration:
		return "bigint"
	case mapper.UUIDKind:
		return "uuid"
	case mapper.ULIDKind:
		return "varchar(26)"
	case mapper.ObjectIDKind:
		return "varchar(24)"
	case mapper.JSON:
		return "jsonb"
	case mapper.Array:
		return postgresColumnType(t.Elem, false) + "[]"
	default:
		if t.Length > 0 {
			return fmt.Sprintf("varchar(%d)", t.Length)
		}
		return "text"
	}
}

// signedType returns the smallest PostgreSQL integer of at least bits, bigint at most.
func signedType(bits int) string {
	switch {
	case bits == 0 || bits > 32:
		return "bigint"
	case bits > 16:
		return "integer"
	default:
		return "smallint"
	}
}

func mysqlColumnType(t *mapper.Type, keyed bool) string {
	switch kindOf(t) {
	case mapper.Bool:
		return "tinyint(1)"
	case mapper.Int:
		return mysqlInt(t.Bits)
	case mapper.Uint:
		return mysqlInt(t.Bits) + " unsigned"
	case mapper.Float:
		if t.Bits == 32 {
			return "float"
		}
		return "double"
	case mapper.DecimalKind:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case mapper.Bytes:
		return mysqlBytes(t, keyed)
	case mapper.Time:
		return fmt.Sprintf("datetime(%d)", t.Precision)
	case mapper.Date:
		return "date"
	case mapper.Duration:
		return "bigint"
	case mapper.UUIDKind:
		return "char(36)"
	case mapper.ULIDKind:
		return "char(26)"
	case mapper.ObjectIDKind:
		return "char(24)"
	case mapper.JSON, mapper.Array:
		return "json"
	default:
		return mysqlText(t, keyed)
	}
}

func mysqlInt(bits int) string {
	switch bits {
	case 8:
		return "tinyint"
	case 16:
		return "smallint"
	case 32:
		return "int"
	default:
		return "bigint"
	}
}

func mysqlBytes(t *mapper.Type, keyed bool) string {
	switch {
	case t.Fixed && t.Length > 0 && t.Length <= 255:
		return fmt.Sprintf("binary(%d)", t.Length)
	case t.Length > 0:
		return fmt.Sprintf("varbinary(%d)", t.Length)
	case keyed:
		return fmt.Sprintf("varbinary(%d)", keyedTextLength)
	default:
		return "longblob"
	}
}

func mysqlText(t *mapper.Type, keyed bool) string {
	const longest = 16383 // 65,535 bytes of utf8mb4
	switch {
	case t.Length > longest:
		return "longtext"
	case t.Length > 0:
		return fmt.Sprintf("varchar(%d)", t.Length)
	case keyed:
		return fmt.Sprintf("varchar(%d)", keyedTextLength)
	default:
		return "longtext"
	}
}

// noNativeEnum is for engines without enum types: the enum is text.
func noNativeEnum(*Dialect, *mapper.Type) string { return "" }

// namedEnum is for engines where an enum is a type with a name.
func namedEnum(d *Dialect, t *mapper.Type) string { return d.Quote(t.NativeEnum) }

// listedEnum is for engines where the column lists the values.
func listedEnum(_ *Dialect, t *mapper.Type) string {
	var b strings.Builder
	b.WriteString("enum(")
	for i, v := range t.Enum {
		if i > 0 {
			b.WriteByte(',')
		}
		s, ok := v.(string)
		if !ok {
			return ""
		}
		b.WriteString("'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(s) + "'")
	}
	b.WriteByte(')')
	return b.String()
}
