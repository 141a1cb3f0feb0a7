package naming

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Snake writes a Go name in lower case words joined by underscores: "authorID" gives "author_id", "HTTPServer" gives
// "http_server", "UserIDs" gives "user_ids". A digit belongs to the word before it. Underscores already there stay,
// so Snake(Snake(name)) is Snake(name).
func Snake(name string) string {
	name = clean(name)
	if strings.IndexFunc(name, isUpper) < 0 {
		return name
	}
	runes := []rune(name)
	var b strings.Builder
	b.Grow(len(name) + 4)
	for i, r := range runes {
		if startsWord(runes, i) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// LowerCamel writes a Go name the way properties are called: "ID" gives "id", "CreatedAt" gives "createdAt",
// "HTTPServer" gives "httpServer", "AuthorID" gives "authorID". Only the first word changes.
func LowerCamel(goName string) string {
	runes := []rune(clean(goName))
	end := 0
	for end < len(runes) && isUpper(runes[end]) && !startsWord(runes, end) {
		end++
	}
	for i := range end {
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}

// startsWord reports whether a new word begins at runes[i], i > 0, in a name that marks words by case.
func startsWord(runes []rune, i int) bool {
	if i == 0 || !isUpper(runes[i]) {
		return false
	}
	before := runes[i-1]
	switch {
	case unicode.IsDigit(before), unicode.IsLetter(before) && !isUpper(before):
		return true
	case isUpper(before):
		return endsRun(runes, i)
	default:
		return false
	}
}

// endsRun reports whether the upper case rune at i, after another one, begins a word ("HTTPServer" at S) rather than
// continuing an initialism ("HTTP") or its plural ("IDs").
func endsRun(runes []rune, i int) bool {
	if i+1 >= len(runes) {
		return false
	}
	next := runes[i+1]
	if !unicode.IsLetter(next) || isUpper(next) {
		return false
	}
	pluralOfInitialism := next == 's' && (i+2 == len(runes) || isUpper(runes[i+2]) || !unicode.IsLetter(runes[i+2]))
	return !pluralOfInitialism
}

// isUpper reports whether lower-casing changes r. It is narrower than unicode.IsUpper, which is also true for letters
// without a lower case: with this definition the result of Snake has no upper case rune, hence no word boundary left.
func isUpper(r rune) bool { return unicode.ToLower(r) != r }

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// clean replaces what no database accepts in an identifier: control characters (NUL above all) and bytes that are not
// UTF-8. Go identifiers contain neither and pass unchanged.
func clean(name string) string {
	bad := func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
	if strings.IndexFunc(name, bad) < 0 {
		return name
	}
	return strings.Map(func(r rune) rune {
		if bad(r) {
			return '_'
		}
		return r
	}, name)
}
