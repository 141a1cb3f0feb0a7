package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"

	"github.com/weft-orm/weft/mapper"
)

var literalPattern = regexp.MustCompile(`(?i)^(?:[-+]?[0-9]+(?:\.[0-9]+)?|'(?:[^']|'')*'|true|false|null)$`)

// defaultExpr tells constants from expressions, which some dialects write in parentheses.
func defaultExpr(text string) schema.Expr {
	text = strings.TrimSpace(text)
	if literalPattern.MatchString(text) {
		return &schema.Literal{V: text}
	}
	return &schema.RawExpr{X: text}
}

// defaultText is the default of a column as written, but for the current time where
// times are text: that has another layout, and would be found by no condition.
func (a *atlas) defaultText(c *column) string {
	switch strings.ToLower(strings.TrimSpace(c.Default)) {
	case "now()", "current_timestamp", "current_timestamp()":
	default:
		return c.Default
	}
	switch p := c.Type.Precision; {
	case !a.textTimes || c.Type.Layout != "":
		return c.Default
	case c.Type.Kind == mapper.Date:
		return "current_date"
	case c.Type.Kind != mapper.Time:
		return c.Default
	case p == 0:
		return "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
	case p < 3:
		return fmt.Sprintf("substr(strftime('%%Y-%%m-%%dT%%H:%%M:%%f', 'now'), 1, %d) || 'Z'", len("2006-01-02T15:04:05.")+p)
	default:
		return "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '" + strings.Repeat("0", p-3) + "Z'"
	}
}

func exprText(x schema.Expr) string {
	switch x := schema.UnderlyingExpr(x).(type) {
	case *schema.Literal:
		return x.V
	case *schema.RawExpr:
		return x.X
	}
	return ""
}

// tokenPattern finds, in order: string constants, quoted identifiers, casts,
// words and numbers, operators of several characters, and any other character.
var tokenPattern = regexp.MustCompile(`'(?:[^']|'')*'|"[^"]*"|` + "`[^`]*`" +
	`|::\s*(?:double precision|character varying|timestamp with(?:out)? time zone|[a-z_][a-z0-9_."]*)(?:\(\d+(?:,\d+)?\))?(?:\[\])*` +
	`|[A-Za-z_0-9.]+|!?~~\*?|<>|!=|<=|>=|\|\||\S`)

var charsetPattern = regexp.MustCompile(`_[a-z0-9]+(')`)

// equivalent reports that two expressions differ at most in what databases do to
// the text they are given: case of words, quotes around names, spaces,
// parentheses, casts of constants, quotes escaped by a backslash, and what
// [rewrite] lists.
func equivalent(a, b string) bool {
	return a == b || slices.Equal(normal(a), normal(b))
}

// normal returns the tokens of an expression in the common notation.
func normal(expr string) []string {
	expr = strings.ReplaceAll(charsetPattern.ReplaceAllString(expr, "$1"), `\'`, `''`)
	var out []string
	for _, tok := range tokenPattern.FindAllString(expr, -1) {
		switch {
		case tok[0] == '\'':
			out = append(out, tok)
		case tok[0] == '"' || tok[0] == '`':
			out = append(out, strings.ToLower(strings.Trim(tok, "\"`")))
		case strings.HasPrefix(tok, "::") || strings.Contains("()[]", tok):
		default:
			out = append(out, strings.ToLower(tok))
		}
	}
	return rewrite(out)
}

// operators are spelled otherwise by PostgreSQL.
var operators = map[string][]string{
	"!=": {"<>"}, "~~": {"like"}, "!~~": {"not", "like"}, "~~*": {"ilike"}, "!~~*": {"not", "ilike"},
}

// rewrite spells what PostgreSQL rewrites as it does: "= any array" is "in",
// "x between a and b" is two comparisons.
func rewrite(tokens []string) []string {
	out := make([]string, 0, len(tokens))
	for i := 0; i < len(tokens); i++ {
		rest := tokens[i:]
		switch {
		case len(rest) > 2 && rest[0] == "=" && rest[1] == "any" && rest[2] == "array":
			out = append(out, "in")
			i += 2
		case len(rest) > 3 && rest[0] == "between" && rest[2] == "and" && len(out) > 0:
			out = append(out, ">=", rest[1], "and", out[len(out)-1], "<=", rest[3])
			i += 3
		case operators[rest[0]] != nil:
			out = append(out, operators[rest[0]]...)
		default:
			out = append(out, rest[0])
		}
	}
	return out
}
