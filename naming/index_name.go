package naming

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"unicode/utf8"
)

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

// hashLength is the number of base-32 characters, five bits each, that tell shortened names apart.
const hashLength = 10

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

// Shorten gives name when it is at most max bytes long, and otherwise a cut of it with a hash of the whole at the end.
// Zero or less is no limit.
func Shorten(name string, max int) string {
	name = clean(name)
	if max <= 0 || len(name) <= max {
		return name
	}
	return fit(name, "", digest([]string{name}), max)
}

// fit cuts stem so that stem, hash and suffix take max bytes or less. Where there is no room for all of them the suffix
// goes first and the hash last: uniqueness is worth more than looks.
func fit(stem, suffix, hash string, max int) string {
	if room := max - len(hash) - len(suffix) - 1; room > 0 {
		return strings.TrimRight(cut(stem, room), "_") + "_" + hash + suffix
	}
	return cut(hash+suffix, max)
}

// cut takes at most n bytes of valid UTF-8 from the start of s, never half a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// digest hashes a list so that the borders between its items count: ("ab", "c") and ("a", "bc") differ. It begins with
// a letter, and has no upper case, because some databases fold it.
func digest(parts []string) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	text := base32.StdEncoding.EncodeToString(h.Sum(nil))
	return "h" + strings.ToLower(text[:hashLength])
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
