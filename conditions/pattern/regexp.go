package pattern

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxRepeat is the greatest repeat count PostgreSQL accepts.
const maxRepeat = 255

// Regexp is a checked regular expression in Go's syntax, restricted to what every
// engine can express.
type Regexp struct {
	source string
	tree   *syntax.Regexp
}

// ParseRegexp parses and checks an expression. Refused, with the piece at fault,
// are word boundaries, (?m), classes by \p, flags other than a leading (?i) or (?s),
// repeat counts above 255, and what Go refuses.
func ParseRegexp(source string) (*Regexp, error) {
	if err := checkSource(source); err != nil {
		return nil, err
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		e, _ := err.(*syntax.Error)
		if e == nil {
			return nil, &Error{Reason: err.Error()}
		}
		return nil, &Error{Reason: e.Code.String(), Piece: e.Expr}
	}
	if err := checkTree(tree); err != nil {
		return nil, err
	}
	return &Regexp{source, tree}, nil
}

// Source returns the expression as it was written.
func (r *Regexp) Source() string { return r.source }

// Compile returns the expression for matching in Go.
func (r *Regexp) Compile() *regexp.Regexp { return regexp.MustCompile(r.source) }

// checkSource refuses what the parsed tree does not show any more: flags and \p.
func checkSource(s string) error {
	for strings.HasPrefix(s, "(?") {
		end := strings.IndexByte(s, ')')
		if end < 0 || strings.Trim(s[2:end], "is") != "" || end == 2 {
			break
		}
		s = s[end+1:]
	}
	inClass := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case 'p', 'P':
				return &Error{"classes by \\p are not supported", s[i-1 : min(len(s), i+1)]}
			case 'b', 'B':
				if !inClass {
					return &Error{"word boundaries are not supported", s[i-1 : i+1]}
				}
			case 'Q':
				if n := strings.Index(s[i:], `\E`); n >= 0 {
					i += n + 1
				} else {
					i = len(s)
				}
			}
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
			i += classOpening(s[i+1:])
		case strings.HasPrefix(s[i:], "(?"):
			if err := checkGroup(s[i:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// classOpening returns the length of what may stand at the start of a class and
// does not close it: "^", "]" or both.
func classOpening(s string) int {
	n := len(s) - len(strings.TrimPrefix(s, "^"))
	if strings.HasPrefix(s[n:], "]") {
		n++
	}
	return n
}

// checkGroup lets (?:...) and named groups pass.
func checkGroup(s string) error {
	if strings.HasPrefix(s, "(?:") || strings.HasPrefix(s, "(?P<") || strings.HasPrefix(s, "(?<") {
		return nil
	}
	end := strings.IndexAny(s, ":)")
	if end < 0 {
		end = len(s) - 1
	}
	return &Error{"flags other than a leading (?i) or (?s) are not supported", s[:end+1]}
}

func checkTree(re *syntax.Regexp) error {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine:
		return &Error{"(?m) is not supported", re.String()}
	case syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return &Error{"word boundaries are not supported", re.String()}
	case syntax.OpRepeat:
		if re.Min > maxRepeat || re.Max > maxRepeat {
			return &Error{"repeat counts above 255 are not supported", re.String()}
		}
	}
	for _, sub := range re.Sub {
		if err := checkTree(sub); err != nil {
			return err
		}
	}
	return nil
}
