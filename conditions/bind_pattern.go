package conditions

import (
	"regexp"

	"github.com/weft-orm/weft/conditions/pattern"
)

// bindPattern checks the operand of a text operator. Its canonical form is the
// text as written; package pattern translates it when a statement is bound.
func bindPattern(op Op, v any) (any, error) {
	if re, ok := v.(*regexp.Regexp); ok && op == OpRe {
		v = re.String()
	}
	v, err := textType.Convert(v)
	if err != nil {
		return nil, err
	}
	switch text := v.(string); op {
	case OpLike, OpILike:
		err = pattern.CheckLike(text)
	case OpRe:
		_, err = pattern.ParseRegexp(text)
	}
	return v, err
}
