package naming

import "strings"

// IndexKind says what an index or constraint is for; it is the last word of its name.
type IndexKind string

// The kinds of indexes and constraints that are named after their columns.
const (
	KindIndex      IndexKind = "idx"
	KindUnique     IndexKind = "uniq"
	KindForeignKey IndexKind = "fkey"
	KindCheck      IndexKind = "check"
	KindPrimary    IndexKind = "pkey"
)

// Index names an index or constraint of a table: the table, its columns and the kind joined by underscores, such as
// "books_author_id_idx". Dots and dashes in the parts become underscores. A primary key is named by its table alone.
//
// The name is at most max bytes long (see [MaxPostgres] and its neighbours; zero or less is no limit). A longer one is
// cut, between characters, and given a hash of the kind, the table and the columns, so that two different indexes keep
// different names however much they have in common. Names that fit are not hashed: a column b_c of a table a and a
// column c of a table a_b ask for the same one.
func Index(kind IndexKind, table string, columns []string, max int) string {
	if kind == KindPrimary {
		columns = nil
	}
	parts := append([]string{table}, columns...)
	stem := make([]string, len(parts))
	for i, part := range parts {
		stem[i] = plain(part)
	}
	suffix := "_" + string(kind)
	name := strings.Join(stem, "_")
	if max <= 0 || len(name)+len(suffix) <= max {
		return name + suffix
	}
	return fit(name, suffix, digest(append(parts, string(kind))), max)
}

// Check names a check constraint after what it says, spaces apart, so that a check added before another one does not
// rename it.
func Check(table, expression string, max int) string {
	said := digest([]string{strings.Join(strings.Fields(expression), " ")})
	return Index(KindCheck, table, []string{said}, max)
}

// plain makes a part of a name usable inside an index name: a schema-qualified table has a dot, a collection dashes.
func plain(part string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' {
			return '_'
		}
		return r
	}, clean(part))
}
