package entities

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
)

// A goType is the Go type of a column, with the options of its field.
type goType struct {
	// name is the type as written in Go, imports what it needs.
	name    string
	imports []string
	// nilable: nil stands for NULL, so that no pointer is needed.
	nilable bool
	options []option
	// kind is what weft makes of the type.
	kind mapper.Type
	// other: the text of a type that weft has no kind for. A pointer reads it, also
	// where NULL is forbidden.
	other bool
	// unknown names a type whose text may mean nothing: it is not read unless asked for.
	unknown string
	// senseless reports that the zero value means nothing, so that a default may take its place.
	senseless bool
}

// A columnType is a type as the database writes it, taken apart.
type columnType struct {
	base     string // "character varying", lower case
	args     []int
	array    bool
	unsigned bool
}

// parseType takes "numeric(10,2)[]" or "int(10) unsigned" apart.
func parseType(text string) columnType {
	t := columnType{}
	text = strings.ToLower(strings.TrimSpace(text))
	for strings.HasSuffix(text, "[]") {
		text, t.array = strings.TrimSpace(strings.TrimSuffix(text, "[]")), true
	}
	if strings.Contains(text, " unsigned") {
		text, t.unsigned = strings.ReplaceAll(text, " unsigned", ""), true
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, " zerofill", ""))
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open > 0 && end > open {
		for _, a := range strings.Split(text[open+1:end], ",") {
			if n, err := strconv.Atoi(strings.TrimSpace(a)); err == nil {
				t.args = append(t.args, n)
			}
		}
		text = text[:open] + text[end+1:]
	}
	t.base = strings.Join(strings.Fields(text), " ")
	return t
}

func (t columnType) arg(i, otherwise int) int {
	if i < len(t.args) {
		return t.args[i]
	}
	return otherwise
}

func simple(name string, kind mapper.Type) goType { return goType{name: name, kind: kind} }

func intType(bits int, unsigned bool) goType {
	if unsigned {
		return simple("uint"+strconv.Itoa(bits), mapper.Type{Kind: mapper.Uint, Bits: bits})
	}
	return simple("int"+strconv.Itoa(bits), mapper.Type{Kind: mapper.Int, Bits: bits})
}

func floatType(bits int) goType {
	return simple("float"+strconv.Itoa(bits), mapper.Type{Kind: mapper.Float, Bits: bits})
}

func textType(length int) goType {
	t := simple("string", mapper.Type{Kind: mapper.String, Length: length})
	if length > 0 {
		t.options = []option{{"length", strconv.Itoa(length)}}
	}
	return t
}

func bytesType(length int) goType {
	t := goType{name: "[]byte", nilable: true, kind: mapper.Type{Kind: mapper.Bytes, Length: length}}
	if length > 0 {
		t.options = []option{{"length", strconv.Itoa(length)}}
	}
	return t
}

func decimalType(precision, scale int) goType {
	t := simple("string", mapper.Type{Kind: mapper.DecimalKind, Precision: precision, Scale: scale})
	t.options = []option{{"type", "decimal"}, {"precision", strconv.Itoa(precision)}, {"scale", strconv.Itoa(scale)}}
	return t
}

func timeType(precision, usual int) goType {
	t := goType{name: "time.Time", imports: []string{"time"}, senseless: true, kind: mapper.Type{Kind: mapper.Time, Precision: precision}}
	if precision != usual {
		t.options = []option{{"precision", strconv.Itoa(precision)}}
	}
	return t
}

func dateType() goType {
	return goType{name: "time.Time", imports: []string{"time"}, senseless: true, kind: mapper.Type{Kind: mapper.Date}, options: []option{{"type", "date"}}}
}

func uuidType() goType {
	return goType{name: "mapper.UUID", imports: []string{mapperPath}, senseless: true, kind: mapper.Type{Kind: mapper.UUIDKind}}
}

func jsonType() goType {
	return goType{name: "json.RawMessage", imports: []string{"encoding/json"}, nilable: true, kind: mapper.Type{Kind: mapper.JSON}}
}

func otherType() goType {
	t := textType(0)
	t.other = true
	return t
}

// unknownType keeps the column in the mapping, so that a comparison of schemas does
// not take it for one that nobody wants.
func unknownType(text string) goType {
	t := otherType()
	t.unknown = text
	t.options = []option{{"lazy", ""}}
	return t
}

const mapperPath = "github.com/weft-orm/weft/mapper"

// typeOf finds the Go type of a column of a dialect.
func typeOf(dialect string, c *Column) goType {
	text := c.Type
	if c.Base != "" {
		text = c.Base
	}
	switch dialect {
	case "mongo":
		return mongoType(c)
	case "postgres":
		return postgresType(text)
	case "sqlite":
		return sqliteType(text, c.Layout)
	}
	return mysqlType(text)
}

// override replaces a type by the one people chose for it.
func (t goType) override(spec string) goType {
	t.imports = nil
	prefix := ""
	for strings.HasPrefix(spec, "[]") || strings.HasPrefix(spec, "*") {
		cut := 1 + strings.Index(spec, string(spec[0]))
		if spec[0] == '[' {
			cut = 2
		}
		prefix, spec = prefix+spec[:cut], spec[cut:]
	}
	name := spec
	if dot := strings.LastIndexByte(spec, '.'); dot > 0 && !strings.ContainsAny(spec, "[ ") {
		importPath := spec[:dot]
		t.imports = []string{importPath}
		name = packageName(importPath) + spec[dot:]
	}
	t.name, t.unknown, t.other = prefix+name, "", false
	t.options = slices.DeleteFunc(t.options, func(o option) bool { return o.name == "lazy" })
	t.nilable = prefix != "" || strings.HasPrefix(name, "map[") || name == "any" || name == "json.RawMessage"
	return t
}

// packageName is the name of the package at a path, as far as the path tells it.
func packageName(importPath string) string {
	name := path.Base(importPath)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = path.Base(path.Dir(importPath))
	}
	name, _, _ = strings.Cut(name, ".")
	return strings.ReplaceAll(name, "-", "")
}

// overrideFor finds what people chose for a column: by its type as written, by
// the type without its arguments, or by the kind.
func (o Options) overrideFor(c *Column, t goType) string {
	for _, key := range []string{c.Type, c.Base, parseType(c.Type).base, parseType(c.Base).base, kindName(t.kind.Kind)} {
		if spec, ok := o.Types[key]; ok && key != "" {
			return spec
		}
	}
	return ""
}

func kindName(k mapper.ValueKind) string {
	switch k {
	case mapper.DecimalKind:
		return "decimal"
	case mapper.UUIDKind:
		return "uuid"
	case mapper.Time:
		return "time"
	case mapper.Date:
		return "date"
	case mapper.JSON:
		return "json"
	}
	return ""
}

var dialects = map[string]*sql.Dialect{
	"sqlite": sql.SQLite(), "postgres": sql.Postgres(), "mysql": sql.MySQL(), "mariadb": sql.MariaDB(),
}

// sqlTypeOf is the column type that must be spelt out, because weft would make
// another of the Go type; "" where it makes the same.
func sqlTypeOf(dialect string, c *Column, t goType, keyed bool) string {
	own := dialects[dialect].ColumnType(&mapper.Column{
		Type: &t.kind, Property: &mapper.Property{Entity: &mapper.Entity{}, Primary: keyed},
	})
	if sameType(dialect, own, c.Type) {
		return ""
	}
	return writtenType(dialect, c)
}

// writtenType is the type as DDL has it.
func writtenType(dialect string, c *Column) string {
	t := strings.TrimSpace(c.Type)
	switch {
	case dialect == "postgres" && strings.HasSuffix(t, "serial"):
		return map[string]string{"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}[t]
	case dialect == "sqlite" && t == "":
		return "blob"
	}
	return t
}

// sameType reports two spellings of one type.
func sameType(dialect, a, b string) bool {
	return canonical(dialect, a) == canonical(dialect, b)
}

func canonical(dialect, text string) string {
	switch dialect {
	case "sqlite":
		return affinity(text)
	case "postgres":
		if short, ok := map[string]string{"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}[text]; ok {
			text = short
		}
		if t, err := postgres.ParseType(text); err == nil {
			if s, err := postgres.FormatType(t); err == nil {
				return s
			}
		}
	default:
		if t, err := mysql.ParseType(strings.ToLower(text)); err == nil {
			if s, err := mysql.FormatType(t); err == nil {
				return s
			}
		}
	}
	return strings.ToLower(text)
}

// affinity is what SQLite makes of a declared type, with the family of names that
// schema.Diff tells apart within it.
func affinity(text string) string {
	t := parseType(text)
	switch {
	case strings.Contains(t.base, "date") || strings.Contains(t.base, "time"):
		return "time"
	case strings.Contains(t.base, "int"):
		return "integer"
	case strings.Contains(t.base, "char"), strings.Contains(t.base, "clob"), strings.Contains(t.base, "text"):
		return "text"
	case t.base == "" || strings.Contains(t.base, "blob"):
		return "blob"
	case strings.Contains(t.base, "real"), strings.Contains(t.base, "floa"), strings.Contains(t.base, "doub"):
		return "real"
	case t.base == "numeric" || t.base == "decimal":
		return "numeric"
	}
	return fmt.Sprintf("%s%v", t.base, t.args)
}
