package pattern

import (
	"strings"
	"unicode"
)

// Fold lower-cases text one code point by one, without regard to language. It is
// what ILIKE compares on every engine, for letters with exactly one upper and one
// lower form.
func Fold(text string) string { return strings.Map(unicode.ToLower, text) }
