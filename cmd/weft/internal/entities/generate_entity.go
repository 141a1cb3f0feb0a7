package entities

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// entityFile writes the file of an entity: its type, the types of its enums, and
// the part of the mapping that stands in code.
func (w *writer) entityFile(e *entity, own string) ([]byte, error) {
	s := newSource()
	if !w.own[e.name] {
		w.structType(s, e)
	}
	for _, d := range e.documents {
		w.document(s, d)
	}
	for _, g := range e.enums {
		w.enum(s, g)
	}
	if w.defines(e) && !w.own[w.defineName(e)] {
		w.define(s, e)
	}
	return w.file(s, own)
}

// defines reports that a part of the mapping stands in code. An entity without a
// key is always defined, for tools that find entities in source by their keys.
func (w *writer) defines(e *entity) bool {
	return w.style == styleDefine || len(e.code) > 0 || e.keyless || w.own[w.defineName(e)]
}

func (w *writer) defineName(e *entity) string { return "define" + e.name }

func (w *writer) structType(s *source, e *entity) {
	what := "a row of the table"
	switch {
	case e.table.View:
		what = "a row of the view"
	case w.db.Dialect == "mongo":
		what = "a document of the collection"
	}
	paragraphs := []string{fmt.Sprintf("%s is %s %s.", e.name, what, e.table.Name)}
	if e.table.Comment != "" {
		paragraphs = append(paragraphs, e.table.Comment)
	}
	s.comment(append(paragraphs, e.notes...)...)
	fmt.Fprintf(s, "type %s struct {\n", e.name)
	if w.style == styleTags && len(e.options) > 0 {
		fmt.Fprintf(s, "_ struct{} %s\n", tag(e.options[0].written(), e.options[1:]))
	}
	for i, f := range e.fields {
		if i > 0 && (f.comment != "" || len(f.notes) > 0) {
			s.WriteString("\n")
		}
		lines := f.notes
		if f.comment != "" {
			lines = append([]string{f.comment}, lines...)
		}
		for _, l := range lines {
			s.comment(l)
		}
		fmt.Fprintf(s, "%s %s", f.name, w.fieldType(s, f))
		if t := tag(f.column, f.options); w.style == styleTags && t != "" {
			s.WriteString(" " + t)
		}
		s.WriteString("\n")
	}
	s.WriteString("}\n\n")
}

func (w *writer) fieldType(s *source, f *field) string {
	switch {
	case !f.relation:
		s.use(f.imports...)
		return f.typ
	case w.style == styleDefine && f.many:
		return "[]*" + f.target
	case w.style == styleDefine:
		return "*" + f.target
	case f.many:
		s.use(relPath)
		return "rel.Collection[" + f.target + "]"
	}
	s.use(relPath)
	return "rel.Ref[" + f.target + "]"
}

// tag writes a struct tag, "" when there is nothing to say.
func tag(column string, options []option) string {
	if column == "" && len(options) == 0 {
		return ""
	}
	if slices.Contains(mapper.FieldOptions(), column) { // read as a column, not as an option without its comma
		column = "'" + column + "'"
	}
	parts := []string{column}
	for _, o := range options {
		parts = append(parts, o.written())
	}
	whole := "orm:" + strconv.Quote(strings.Join(parts, ","))
	if strconv.CanBackquote(whole) {
		return "`" + whole + "`"
	}
	return strconv.Quote(whole)
}

// written is the option as a tag has it.
func (o option) written() string {
	if o.value == "" {
		return o.name
	}
	if o.name == "default" { // SQL, whose quotes and parentheses a tag reads as SQL does
		return o.name + "=" + o.value
	}
	return o.name + "=" + tagValue(o.value)
}

// tagValue quotes a value that a tag would take apart.
func tagValue(v string) string {
	if strings.ContainsAny(v, ",'") || strings.TrimSpace(v) != v {
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return v
}

// document writes the type of a sub-document.
func (w *writer) document(s *source, d *document) {
	if w.own[d.name] {
		return
	}
	s.comment(d.name + " is what the field " + d.column + " holds.")
	fmt.Fprintf(s, "type %s struct {\n", d.name)
	for _, f := range d.fields {
		s.use(f.imports...)
		fmt.Fprintf(s, "%s %s `json:%q`\n", f.name, f.typ, f.column+",omitempty")
	}
	s.WriteString("}\n\n")
}

func (w *writer) enum(s *source, g *goEnum) {
	if w.own[g.name] {
		return
	}
	s.comment(g.name + " " + g.doc + ".")
	fmt.Fprintf(s, "type %s string\n\n", g.name)
	s.comment("The values of " + g.name + ".")
	s.WriteString("const (\n")
	for i, c := range g.constants {
		fmt.Fprintf(s, "%s %s = %s\n", c, g.name, strconv.Quote(g.values[i]))
	}
	s.WriteString(")\n\n")
}

// define writes the function that says in code what tags do not.
func (w *writer) define(s *source, e *entity) {
	s.use(mapperPath)
	s.comment(fmt.Sprintf("%s says of the mapping of %s what its tags do not.", w.defineName(e), e.name))
	fmt.Fprintf(s, "func %s(e *mapper.Builder[%s]) {\n", w.defineName(e), e.name)
	if w.style == styleDefine || e.keyless {
		for _, o := range e.options {
			fmt.Fprintf(s, "e.%s(%s)\n", entityCalls[o.name], quoted(o.value))
		}
	}
	for _, f := range e.fields {
		if w.style == styleDefine {
			w.defineField(s, e, f)
		}
	}
	for _, c := range e.code {
		s.WriteString(c + "\n")
	}
	s.WriteString("}\n\n")
}

func quoted(v string) string {
	if v == "" {
		return ""
	}
	return goString(v)
}

var entityCalls = map[string]string{
	"table": "Table", "schema": "Schema", "comment": "Comment", "view": "View", "readOnly": "ReadOnly",
}

// fieldCalls are the calls that stand for options; "%s" is the value as text, "%d"
// as it is, "%l" as a list.
var fieldCalls = map[string]string{
	"pk": "PrimaryKey()", "auto": "AutoIncrement()", "assigned": "Assigned()", "required": "Required()", "nullable": "Nullable()",
	"unique": "Unique(%s)", "index": "Index(%s)", "optional": "Optional()", "json": "JSON()", "lazy": "Lazy()", "type": "Type(%s)", "length": "Length(%d)",
	"precision": "Precision(%d)", "scale": "Scale(%d)", "enum": "Enum(%l)", "nativeEnum": "NativeEnum(%s)", "layout": "Layout(%s)",
	"default": "Default(%s)", "generated": "Generated(%s)", "collation": "Collation(%s)", "comment": "Comment(%s)",
	"oneToOne": "OneToOne()", "mappedBy": "MappedBy(%s)", "pivot": "Pivot(%s)", "joinColumn": "JoinColumns(%l)",
	"inverseJoinColumn": "InverseJoinColumns(%l)", "onDelete": "OnDelete(%s)", "onUpdate": "OnKeyUpdate(%s)",
}

// defineField writes the calls for one field.
func (w *writer) defineField(s *source, e *entity, f *field) {
	if f.column == "" && len(f.options) == 0 {
		return
	}
	typ := w.fieldType(newSource(), f)
	s.use(f.importsIn(w.style)...)
	fmt.Fprintf(s, "mapper.Field(e, func(x *%s) *%s { return &x.%s })", e.name, typ, f.name)
	if f.column != "" {
		fmt.Fprintf(s, ".Column(%s)", goString(f.column))
	}
	for _, o := range f.options {
		if o.name == "sqlType" {
			dialect, text, _ := strings.Cut(o.value, ":")
			fmt.Fprintf(s, ".SQLType(%q, %s)", dialect, goString(text))
			continue
		}
		call := fieldCalls[o.name]
		call = strings.Replace(call, "%s", quoted(o.value), 1)
		call = strings.Replace(call, "%d", o.value, 1)
		if strings.Contains(call, "%l") {
			var list []string
			for _, v := range strings.Split(o.value, "|") {
				list = append(list, goString(v))
			}
			call = strings.Replace(call, "%l", strings.Join(list, ", "), 1)
		}
		s.WriteString("." + call)
	}
	s.WriteString("\n")
}

// importsIn are the packages that the type of a field needs.
func (f *field) importsIn(style string) []string {
	if f.relation && style == styleDefine {
		return nil
	}
	return f.imports
}

// listFile writes what lists the entities, and the enums of the database that have a name.
func (w *writer) listFile() ([]byte, error) {
	s := newSource()
	if !w.own["Entities"] {
		s.comment("Entities are the entities of the database: orm.Entities(Entities()...).")
		s.WriteString("func Entities() []any {\nreturn []any{\n")
		for _, e := range w.entities {
			if w.defines(e) {
				s.use(mapperPath)
				fmt.Fprintf(s, "mapper.Define(%s),\n", w.defineName(e))
			} else {
				fmt.Fprintf(s, "%s{},\n", e.name)
			}
		}
		s.WriteString("}\n}\n\n")
	}
	if !w.own["Naming"] {
		s.use("github.com/weft-orm/weft/naming")
		s.comment(fmt.Sprintf("Naming is the strategy that the names of the database follow: orm.Naming(Naming()).\nTools take it by its name, %q.", w.naming))
		fmt.Fprintf(s, "func Naming() naming.Strategy { return %s }\n\n", namingLiterals[w.naming])
	}
	for _, g := range w.enums {
		w.enum(s, g)
	}
	if len(w.db.Notes) > 0 {
		notes := slices.Clone(w.db.Notes)
		s.WriteString("// Left alone:\n//\n")
		for _, n := range notes {
			s.WriteString("//   - " + n + "\n")
		}
	}
	return w.file(s, "")
}

var namingLiterals = map[string]string{
	"underscore": "naming.Underscore{}", "underscore-singular": "naming.Underscore{Singular: true}", "entity-case": "naming.EntityCase{}",
	"mongo": "naming.Mongo{}", "mongo-singular": "naming.Mongo{Singular: true}",
}
