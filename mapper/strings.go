package mapper

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// name picks the name of a small number, or writes the number.
func name[T ~uint8](v T, names ...string) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("%d", v)
}

// String returns the name of the kind, "many-to-one".
func (k Kind) String() string {
	return name(k, "?", "scalar", "inline", "document", "many-to-one", "one-to-one", "one-to-many", "many-to-many")
}

// String returns the name of the kind, "int".
func (k ValueKind) String() string {
	return name(k, "?", "bool", "int", "uint", "float", "decimal", "string", "bytes", "time", "date", "duration", "uuid", "ulid", "objectid", "json", "array", "custom")
}

// String says who makes the value.
func (g Generation) String() string {
	return name(g, "assigned", "auto-increment", "by-client", "by-database")
}

// String returns the Go form, "ref".
func (s Style) String() string { return name(s, "?", "ref", "pointer", "collection", "slice") }

// String returns the way of storage, "single-table".
func (i Inheritance) String() string { return name(i, "none", "single-table", "table-per-type") }

// String returns the qualified name, "library.authors".
func (t *Table) String() string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// String describes the type, "decimal(10,2)".
func (t *Type) String() string {
	var b strings.Builder
	b.WriteString(t.Kind.String())
	switch t.Kind {
	case Int, Uint, Float:
		fmt.Fprintf(&b, "%d", t.Bits)
	case DecimalKind:
		fmt.Fprintf(&b, "(%d,%d)", t.Precision, t.Scale)
	case Time:
		fmt.Fprintf(&b, "(%d)", t.Precision)
	case Array:
		b.WriteString("[" + t.Elem.String() + "]")
	case String, Bytes:
		if t.Length > 0 {
			fmt.Fprintf(&b, "(%d)", t.Length)
		}
	case Custom:
		b.WriteString("[" + t.Custom.Kind().String() + "]")
	}
	b.WriteString(cond(t.Fixed, " fixed") + cond(t.NativeEnum != "", " native "+t.NativeEnum) + cond(t.Layout != "", " layout "+t.Layout))
	if len(t.Enum) > 0 {
		fmt.Fprintf(&b, " enum%v", t.Enum)
	}
	return b.String()
}

// sortedKeys returns the keys of m in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
