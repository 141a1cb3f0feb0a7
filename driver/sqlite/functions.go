package sqlite

import (
	"fmt"
	"regexp"

	"github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/conditions/pattern"
)

// registerFunctions adds the functions that the dialect of qb/sql uses.
func registerFunctions(c *sqlite3.SQLiteConn) error {
	patterns := make(patternCache)
	for name, impl := range map[string]any{
		"weft_regexp": patterns.match,
		"weft_lower":  lower,
	} {
		if err := c.RegisterFunc(name, impl, true); err != nil {
			return fmt.Errorf("function %s: %w", name, err)
		}
	}
	return nil
}

// patternCache keeps the compiled patterns of one connection.
type patternCache map[string]*regexp.Regexp

// maxPatterns bounds a cache; a connection that meets more starts anew.
const maxPatterns = 128

// match reports whether the regular expression, in Go's syntax, finds a match in
// the text; NULL for a value that is not text.
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

// lower folds text as the patterns it is compared with were folded; NULL for a value
// that is not text.
func lower(value any) any {
	text, ok := textOf(value)
	if !ok {
		return nil
	}
	return pattern.Fold(text)
}

// textOf returns text as the Go driver hands it to functions; NULL is a nil byte slice there.
func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), v != nil
	}
	return "", false
}
