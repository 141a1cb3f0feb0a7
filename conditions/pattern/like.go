package pattern

import (
	"strings"
	"unicode/utf8"
)

// Like is a parsed LIKE pattern: % stands for any text, _ for one code point,
// \x for x. It covers the whole value.
type Like struct{ parts []part }

// part is a piece of literal text, or a wildcard.
type part struct {
	literal string
	wild    byte // '%', '_' or 0
}

// ParseLike parses a pattern. A lone backslash at its end is an error.
func ParseLike(pattern string) (Like, error) {
	var l Like
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			l.parts = append(l.parts, part{literal: literal.String()})
			literal.Reset()
		}
	}
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '%', '_':
			flush()
			l.parts = append(l.parts, part{wild: c})
		case '\\':
			if i++; i == len(pattern) {
				return Like{}, errLoneBackslash
			}
			literal.WriteByte(pattern[i])
		default:
			literal.WriteByte(c)
		}
	}
	flush()
	return l, nil
}

// CheckLike reports what ParseLike would, without parsing.
func CheckLike(pattern string) error {
	trailing := len(pattern) - len(strings.TrimRight(pattern, `\`))
	if trailing%2 == 1 {
		return errLoneBackslash
	}
	return nil
}

// StartsWith is the pattern of text that begins with literal text.
func StartsWith(text string) Like { return Like{[]part{{literal: text}, {wild: '%'}}} }

// EndsWith is the pattern of text that ends with literal text.
func EndsWith(text string) Like { return Like{[]part{{wild: '%'}, {literal: text}}} }

// Containing is the pattern of text with literal text somewhere in it.
func Containing(text string) Like {
	return Like{[]part{{wild: '%'}, {literal: text}, {wild: '%'}}}
}

// SQL returns the pattern for LIKE ... ESCAPE '!'. The exclamation mark, unlike a
// backslash, means the same in every mode of MySQL and MariaDB.
func (l Like) SQL() string {
	return l.write(sqlEscaper, "%", "_")
}

// Glob returns the pattern for SQLite's GLOB, which is case-sensitive.
func (l Like) Glob() string {
	return l.write(globEscaper, "*", "?")
}

// Regexp returns the pattern as a regular expression that PCRE and JavaScript
// read alike, anchored at both ends.
func (l Like) Regexp() string {
	return "^" + l.write(pcreEscaper, `[\s\S]*`, `[\s\S]`) + pcreEnd
}

var (
	sqlEscaper  = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
	globEscaper = strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]")
	pcreEscaper = newPCREEscaper()
)

func newPCREEscaper() *strings.Replacer {
	var pairs []string
	for _, c := range `\^$.|?*+()[]{}/-` {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	return strings.NewReplacer(pairs...)
}

func (l Like) write(escape *strings.Replacer, many, one string) string {
	var b strings.Builder
	for _, p := range l.parts {
		switch p.wild {
		case '%':
			b.WriteString(many)
		case '_':
			b.WriteString(one)
		default:
			b.WriteString(escape.Replace(p.literal))
		}
	}
	return b.String()
}

// Fold returns the pattern with its literal text folded, for matching folded text.
func (l Like) Fold() Like {
	parts := make([]part, len(l.parts))
	for i, p := range l.parts {
		parts[i] = part{Fold(p.literal), p.wild}
	}
	return Like{parts}
}

// Match reports whether the pattern covers text.
func (l Like) Match(text string) bool {
	// back is where to go on after the last %, when what follows does not fit.
	i, backPart, backText := 0, -1, ""
	for {
		switch {
		case i < len(l.parts) && l.parts[i].wild == '%':
			i++
			backPart, backText = i, text
			continue
		case i == len(l.parts) && text == "":
			return true
		case i < len(l.parts):
			if rest, ok := l.parts[i].take(text); ok {
				i, text = i+1, rest
				continue
			}
		}
		if backPart < 0 || backText == "" {
			return false
		}
		_, size := utf8.DecodeRuneInString(backText)
		backText = backText[size:]
		i, text = backPart, backText
	}
}

// take removes what the part matches from the front of text.
func (p part) take(text string) (rest string, ok bool) {
	if p.wild == '_' {
		_, size := utf8.DecodeRuneInString(text)
		return text[size:], size > 0
	}
	return strings.CutPrefix(text, p.literal)
}
