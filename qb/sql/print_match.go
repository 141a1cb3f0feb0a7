package sql

import (
	"fmt"

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

// match writes a text match.
func (p *printer) match(n *plan.Match) {
	f := &p.d.texts
	format, enc := f.like, f.likeEncoding(n.Op)
	negated := f.notLike
	text := func() { p.plainText(n.Expr) }
	switch n.Op {
	case conditions.OpILike:
		format, negated = f.ilike, f.notILike
	case conditions.OpRe:
		format, negated, enc = f.regexp, f.notRegexp, f.regexpEncoding()
	case conditions.OpFulltext:
		if f.fulltext == "" {
			p.fail("%w: $fulltext", ErrUnsupported)
			return
		}
		format, negated, enc, text = f.fulltext, "NOT ("+f.fulltext+")", nil, p.of(n.Expr)
	}
	if n.Not {
		format = negated
	}
	pat := func() { p.pattern(n.Arg, enc) }
	if n.Op == conditions.OpRe && f.patternFirst {
		text, pat = pat, text
	}
	p.test(format, text, pat)
}

// pattern writes the placeholder of a pattern; an expression instead of a value is
// the developer's own business.
func (p *printer) pattern(e plan.Expr, enc Encoding) {
	if a, ok := e.(*plan.Arg); ok {
		p.use(Use{Slot: a.Slot, Encode: enc})
		return
	}
	p.expr(e)
}

// plainText writes text that matches by code point whatever the column's collation.
func (p *printer) plainText(e plan.Expr) {
	r, ok := e.(*plan.Ref)
	if !ok || r.Column == nil {
		p.comparable(e)
		return
	}
	collation, charset := p.d.actual(r.Column)
	if collation == "" {
		p.comparable(e)
		return
	}
	form := p.d.texts.binary
	if charset != "" && charset != "utf8mb4" {
		form = p.d.texts.convert
	}
	p.format(form, p.of(e))
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
