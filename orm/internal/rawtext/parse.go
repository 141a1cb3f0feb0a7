package rawtext

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/weft-orm/weft/driver"
)

// Parse cuts a statement at its placeholders. It fails with ErrUnended.
func Parse(text string, style Style, language driver.Language) (*Text, error) {
	s := &scanner{text: text, language: language, style: style, out: &Text{}}
	if style == Positional && strings.Contains(text, "$") {
		probe := &scanner{text: text, language: language, numbered: true, out: &Text{}}
		if err := probe.run(); err != nil {
			return nil, err
		}
		s.numbered = len(probe.out.Params) > 0
	}
	if err := s.run(); err != nil {
		return nil, err
	}
	s.out.Numbered = s.numbered
	return s.out, nil
}

// Verbatim returns a statement that has no placeholders, whatever it looks like.
func Verbatim(text string, language driver.Language) *Text {
	t, err := Parse(text, Named, language)
	if err != nil { // the engine will tell
		return &Text{Pieces: []string{text}, Mutates: true}
	}
	return &Text{Pieces: []string{text}, Mutates: t.Mutates}
}

// scanner walks through a text once.
type scanner struct {
	text     string
	language driver.Language
	style    Style
	numbered bool
	out      *Text

	at    int
	piece strings.Builder
	// before are the last two words or signs, in lower case.
	before [2]string
}

func (s *scanner) run() error {
	for s.at < len(s.text) {
		if err := s.step(); err != nil {
			return err
		}
	}
	s.out.Pieces = append(s.out.Pieces, s.piece.String())
	return nil
}

// step reads one lexical unit.
func (s *scanner) step() error {
	c := s.text[s.at]
	switch {
	case c == '\'' || c == '"' || c == '`' || c == '[' && s.language.Brackets:
		return s.quotation(c, s.language.Backslash && (c == '\'' || c == '"'))
	case c == '-' && s.dashes(), c == '#' && s.language.HashComments:
		s.line()
		return nil
	case c == '/' && s.next(1) == '*':
		return s.comment()
	case c == '$' && s.language.DollarStrings && s.dollarTag() != "":
		return s.dollar(s.dollarTag())
	case isWord(c):
		return s.word()
	case s.placeholder():
		return nil
	}
	if !isSpace(c) {
		s.note(string(c))
	}
	s.take(1)
	return nil
}

// take copies n bytes.
func (s *scanner) take(n int) {
	s.piece.WriteString(s.text[s.at : s.at+n])
	s.at += n
}

func (s *scanner) next(n int) byte {
	if s.at+n < len(s.text) {
		return s.text[s.at+n]
	}
	return 0
}

func (s *scanner) note(sign string) { s.before[0], s.before[1] = s.before[1], sign }

func (s *scanner) unended(what string) error {
	return fmt.Errorf("%w: the %s at byte %d", ErrUnended, what, s.at+1)
}

// quotation copies a string or a quoted name, whose quotes are doubled inside.
func (s *scanner) quotation(open byte, backslash bool) error {
	end := open
	if open == '[' {
		end = ']'
	}
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\' && backslash:
			i++
		case c == end && end != ']' && i+1 < len(s.text) && s.text[i+1] == end:
			i++
		case c == end:
			s.take(i + 1 - s.at)
			s.note(string(open))
			return nil
		}
	}
	return s.unended("quotation")
}

func (s *scanner) dashes() bool {
	if s.next(1) != '-' {
		return false
	}
	return !s.language.DashesNeedSpace || s.at+2 >= len(s.text) || s.text[s.at+2] <= ' '
}

// line copies the rest of a line.
func (s *scanner) line() {
	n := strings.IndexByte(s.text[s.at:], '\n')
	if n < 0 {
		n = len(s.text) - s.at
	}
	s.take(n)
}

// comment copies a comment between /* and */.
func (s *scanner) comment() error {
	depth := 0
	for i := s.at; i+1 < len(s.text); i++ {
		switch two := s.text[i : i+2]; {
		case two == "/*" && (depth == 0 || s.language.NestedComments):
			depth, i = depth+1, i+1
		case two == "*/":
			depth, i = depth-1, i+1
			if depth == 0 {
				s.take(i + 1 - s.at)
				return nil
			}
		}
	}
	return s.unended("comment")
}

// dollarTag returns $tag$ where a string so quoted begins, else "".
func (s *scanner) dollarTag() string {
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '$':
			return s.text[s.at : i+1]
		case !isWord(c) || i == s.at+1 && isDigit(c):
			return ""
		}
	}
	return ""
}

func (s *scanner) dollar(tag string) error {
	end := strings.Index(s.text[s.at+len(tag):], tag)
	if end < 0 {
		return s.unended("quotation")
	}
	s.take(end + 2*len(tag))
	s.note("'")
	return nil
}

// word copies a name, a keyword or a number, with dollar signs inside it.
func (s *scanner) word() error {
	i := s.at
	for i < len(s.text) && (isWord(s.text[i]) || s.text[i] == '$') {
		i++
	}
	word := strings.ToLower(s.text[s.at:i])
	if s.language.EscapeStrings && word == "e" && i < len(s.text) && s.text[i] == '\'' {
		s.take(1)
		return s.quotation('\'', true)
	}
	s.out.Mutates = s.out.Mutates || mutating[word] || s.before == [2]string{} && !reading[word]
	s.take(i - s.at)
	s.note(word)
	return nil
}

// mutating are words of statements that write or lock, wherever they stand; reading are
// those that begin one that does not.
var (
	mutating = set("insert", "update", "delete", "merge", "replace", "call", "do", "lock", "share", "into",
		"nextval", "setval", "set_config", "pg_advisory_lock", "pg_advisory_xact_lock", "get_lock")
	reading = set("select", "with", "values", "show", "explain", "table", "describe", "desc")
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// placeholder cuts the text at a placeholder, if one stands here.
func (s *scanner) placeholder() bool {
	c := s.text[s.at]
	switch {
	case s.style == Positional && !s.numbered && c == '?':
		if s.next(1) == '?' {
			s.piece.WriteByte('?')
			s.at += 2
			s.note("?")
			return true
		}
		s.cut(Param{Number: len(s.out.Params)}, 1)
		return true
	case s.style == Positional && s.numbered && c == '$' && isDigit(s.next(1)):
		n, i := 0, s.at+1
		for ; i < len(s.text) && isDigit(s.text[i]) && n < 1<<16; i++ {
			n = 10*n + int(s.text[i]-'0')
		}
		if n == 0 {
			return false
		}
		s.cut(Param{Number: n - 1}, i-s.at)
		return true
	case c == ':' && (s.next(1) == ':' || s.next(1) == '='):
		s.note(":")
		s.take(2)
		return true
	case s.style == Named && c == ':' && isStart(s.next(1)) && !s.behindOperand():
		i := s.at + 1
		for i < len(s.text) && isWord(s.text[i]) {
			i++
		}
		s.cut(Param{Name: s.text[s.at+1 : i]}, i-s.at)
		return true
	}
	return false
}

// behindOperand reports that the sign at hand follows a value without a space, as in
// the bounds of a slice, a[1:n].
func (s *scanner) behindOperand() bool {
	if s.at == 0 {
		return false
	}
	c := s.text[s.at-1]
	return isWord(c) || c == ']' || c == ')' || c == '"' || c == '\''
}

// cut ends a piece before a placeholder of a length.
func (s *scanner) cut(p Param, length int) {
	s.at += length
	rest := strings.TrimLeft(s.text[s.at:], " \t\r\n")
	p.List = s.before == [2]string{"in", "("} && strings.HasPrefix(rest, ")")
	s.out.Pieces, s.out.Params = append(s.out.Pieces, s.piece.String()), append(s.out.Params, p)
	s.piece.Reset()
	s.note("?")
}

func isSpace(c byte) bool { return c <= ' ' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isStart(c byte) bool { return isWord(c) && !isDigit(c) }
func isWord(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf
}
