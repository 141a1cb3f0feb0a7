package mongo

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/conditions/pattern"
)

// regex returns the regular expression of a pattern value.
func regex(operator conditions.Op, text string) (bson.Regex, error) {
	switch operator {
	case conditions.OpStartsWith:
		return bson.Regex{Pattern: unanchored(pattern.StartsWith(text))}, nil
	case conditions.OpEndsWith:
		return bson.Regex{Pattern: unanchored(pattern.EndsWith(text))}, nil
	case conditions.OpContainsText:
		return bson.Regex{Pattern: unanchored(pattern.Containing(text))}, nil
	case conditions.OpRe:
		re, err := pattern.ParseRegexp(text)
		if err != nil {
			return bson.Regex{}, err
		}
		return bson.Regex{Pattern: re.PCRE()}, nil
	}
	like, err := pattern.ParseLike(text)
	if err != nil {
		return bson.Regex{}, err
	}
	if operator == conditions.OpILike {
		return bson.Regex{Pattern: unanchored(like), Options: "i"}, nil
	}
	return bson.Regex{Pattern: unanchored(like)}, nil
}

// unanchored leaves out an anchor beside a leading or trailing "any text", which
// a search does not need: what is left may use an index, and never backtracks.
func unanchored(like pattern.Like) string {
	const anyText, end = `[\s\S]*`, `(?![\s\S])`
	re := like.Regexp()
	if trimmed, ok := strings.CutSuffix(re, anyText+end); ok {
		re = trimmed
	}
	if trimmed, ok := strings.CutPrefix(re, "^"+anyText); ok && trimmed != "" {
		re = trimmed
	}
	return re
}
