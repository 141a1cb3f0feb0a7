package lite

import (
	"regexp"

	"github.com/weft-orm/weft/conditions/pattern"
)

// Functions are those that the dialect of qb/sql uses, for one connection. A value is a string, a
// []byte, which is text too, or of another type; NULL is nil or a nil []byte.
type Functions struct {
	// Regexp is weft_regexp(pattern, value): whether the regular expression, in Go's syntax,
	// finds a match in the text; NULL for a value that is not text.
	Regexp func(pattern string, value any) (any, error)
	// Lower is weft_lower(value): text folded as the patterns it is compared with were folded;
	// NULL for a value that is not text.
	Lower func(value any) any
}

// Names of functions.
const (
	RegexpName = "weft_regexp"
	LowerName  = "weft_lower"
)

func newFunctions() *Functions {
	return &Functions{Regexp: make(patternCache).match, Lower: lower}
}

// patternCache keeps the compiled patterns of one connection.
type patternCache map[string]*regexp.Regexp

// maxPatterns bounds a cache; a connection that meets more starts anew.
const maxPatterns = 128

func (c patternCache) match(pattern string, value any) (any, error) {
	text, ok := textOf(value)
	if !ok {
		return nil, nil
	}
	re := c[pattern]
	if re == nil {
		var err error
		if re, err = regexp.Compile(pattern); err != nil {
			return nil, err
		}
		if len(c) >= maxPatterns {
			clear(c)
		}
		c[pattern] = re
	}
	return re.MatchString(text), nil
}

func lower(value any) any {
	text, ok := textOf(value)
	if !ok {
		return nil
	}
	return pattern.Fold(text)
}

func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), v != nil
	}
	return "", false
}
