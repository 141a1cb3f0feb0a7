package sql

import (
	"fmt"

	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/conditions/pattern"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// textForm is how an engine matches patterns. Formats take the text, then the
// pattern; for regexp they may take them the other way round.
type textForm struct {
	// like matches a pattern case-sensitively, ilike one whose letters are folded.
	like, notLike, ilike, notILike string
	// glob reports that patterns are GLOBs, not LIKEs escaped by an exclamation mark.
	glob bool
	// regexp searches by a regular expression; patternFirst says the order of the operands.
	regexp, notRegexp string
	patternFirst      bool
	// dialect writes a regular expression the way the engine reads it.
	dialect func(*pattern.Regexp) string
	// fulltext is the engine's own search, "" where it needs a table of its own.
	fulltext string
	// binary gives text the collation that compares code points; convert also
	// changes the character set. Columns without a declared collation have it.
	binary, convert string
}

var sqliteTexts = textForm{
	like: "? GLOB ?", notLike: "? NOT GLOB ?",
	ilike: "weft_lower(?) GLOB ?", notILike: "weft_lower(?) NOT GLOB ?", glob: true,
	regexp: "weft_regexp(?, ?)", notRegexp: "NOT weft_regexp(?, ?)", patternFirst: true,
	dialect: (*pattern.Regexp).Source,
	binary:  "?", convert: "?",
}

var postgresTexts = textForm{
	like: "? LIKE ? ESCAPE '!'", notLike: "? NOT LIKE ? ESCAPE '!'",
	ilike:    `lower(? COLLATE "und-x-icu") COLLATE "C" LIKE ? ESCAPE '!'`,
	notILike: `lower(? COLLATE "und-x-icu") COLLATE "C" NOT LIKE ? ESCAPE '!'`,
	regexp:   "? ~ ?", notRegexp: "? !~ ?", dialect: (*pattern.Regexp).Postgres,
	fulltext: "to_tsvector('simple'::regconfig, ?) @@ websearch_to_tsquery('simple'::regconfig, ?)",
	binary:   `? COLLATE "C"`, convert: `? COLLATE "C"`,
}

var mysqlTexts = textForm{
	like: "? LIKE ? ESCAPE '!'", notLike: "? NOT LIKE ? ESCAPE '!'",
	ilike:    "lower(? COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin LIKE ? ESCAPE '!'",
	notILike: "lower(? COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin NOT LIKE ? ESCAPE '!'",
	regexp:   "regexp_like(?, ?, 'c')", notRegexp: "NOT regexp_like(?, ?, 'c')", dialect: (*pattern.Regexp).PCRE,
	fulltext: "MATCH(?) AGAINST (?)",
	binary:   "? COLLATE utf8mb4_0900_bin", convert: "CONVERT(? USING utf8mb4) COLLATE utf8mb4_0900_bin",
}

var mariadbTexts = textForm{
	like: "? LIKE ? ESCAPE '!'", notLike: "? NOT LIKE ? ESCAPE '!'",
	ilike:    "lower(? COLLATE utf8mb4_uca1400_ai_ci) COLLATE utf8mb4_nopad_bin LIKE ? ESCAPE '!'",
	notILike: "lower(? COLLATE utf8mb4_uca1400_ai_ci) COLLATE utf8mb4_nopad_bin NOT LIKE ? ESCAPE '!'",
	regexp:   "? REGEXP ?", notRegexp: "? NOT REGEXP ?", dialect: (*pattern.Regexp).PCRE,
	fulltext: "MATCH(?) AGAINST (?)",
	binary:   "? COLLATE utf8mb4_nopad_bin", convert: "CONVERT(? USING utf8mb4) COLLATE utf8mb4_nopad_bin",
}

// match prints a text match.
func (p *printer) match(n *plan.Match) exp.Expression {
	f := &p.d.texts
	format, enc := f.like, f.likeEncoding(n.Op)
	negated := f.notLike
	e := p.plainText(n.Expr)
	switch n.Op {
	case conditions.OpILike:
		format, negated = f.ilike, f.notILike
	case conditions.OpRe:
		format, negated, enc = f.regexp, f.notRegexp, f.regexpEncoding()
	case conditions.OpFulltext:
		if f.fulltext == "" {
			p.fail("%w: $fulltext", ErrUnsupported)
			return lit("FALSE")
		}
		format, negated, enc, e = f.fulltext, "NOT ("+f.fulltext+")", nil, p.expr(n.Expr)
	}
	if n.Not {
		format = negated
	}
	pat := p.pattern(n.Arg, enc)
	if n.Op == conditions.OpRe && f.patternFirst {
		return test(format, pat, e)
	}
	return test(format, e, pat)
}

// pattern is the placeholder of a pattern; an expression instead of a value is
// the developer's own business.
func (p *printer) pattern(e plan.Expr, enc Encoding) exp.Expression {
	if a, ok := e.(*plan.Arg); ok {
		return p.slot(a.Slot, enc)
	}
	return p.expr(e)
}

// plainText is text that matches by code point whatever the column's collation.
func (p *printer) plainText(e plan.Expr) exp.Expression {
	r, ok := e.(*plan.Ref)
	if !ok || r.Column == nil || r.Column.Collation == "" || r.Column.Collation == p.d.textCollation {
		return p.comparable(e)
	}
	if _, charset := p.d.Collation(r.Column); charset != "" && charset != "utf8mb4" {
		return lit(p.d.texts.convert, p.expr(e))
	}
	return lit(p.d.texts.binary, p.expr(e))
}

// likeEncoding writes a pattern, or literal text, in the engine's pattern language.
func (f *textForm) likeEncoding(op conditions.Op) Encoding {
	return func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a pattern is expected", ErrArgument, v)
		}
		var like pattern.Like
		switch op {
		case conditions.OpStartsWith:
			like = pattern.StartsWith(s)
		case conditions.OpEndsWith:
			like = pattern.EndsWith(s)
		case conditions.OpContainsText:
			like = pattern.Containing(s)
		default:
			var err error
			if like, err = pattern.ParseLike(s); err != nil {
				return nil, err
			}
		}
		if op == conditions.OpILike {
			like = like.Fold()
		}
		if f.glob {
			return like.Glob(), nil
		}
		return like.SQL(), nil
	}
}

func (f *textForm) regexpEncoding() Encoding {
	return func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a regular expression is expected", ErrArgument, v)
		}
		re, err := pattern.ParseRegexp(s)
		if err != nil {
			return nil, err
		}
		return f.dialect(re), nil
	}
}

var textType = &mapper.Type{Kind: mapper.String}
