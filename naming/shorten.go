package naming

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The longest identifiers of the databases weft knows, in bytes. Zero means that there is no limit. MySQL counts
// characters; counting bytes there is never too long.
const (
	MaxPostgres = 63
	MaxMySQL    = 64
	MaxMongo    = 127
	MaxSQLite   = 0
)

// hashLength is the number of base-32 characters, five bits each, that tell shortened names apart.
const hashLength = 10

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
