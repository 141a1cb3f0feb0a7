package pretty

import (
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters"
)

// SQL highlights a statement of SQL.
func (s *Style) SQL(text string) string { return s.highlighted(text, sqlLexer) }

// Command highlights a command of MongoDB, as its shell would take it.
func (s *Style) Command(text string) string { return s.highlighted(text, commandLexer) }

func (s *Style) highlighted(text string, lexer func() chroma.Lexer) string {
	if s == nil {
		return text
	}
	tokens, err := lexer().Tokenise(nil, text)
	if err != nil {
		return text
	}
	var b strings.Builder
	if err := formatters.TTY16.Format(&b, colours(), tokens); err != nil {
		return text
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// The rules are weft's own and are made when something is highlighted for the first time: chroma's
// collections of lexers and styles are read whole when a program starts, which takes longer than
// many a command of weft does.
var (
	sqlLexer = lexer("SQL", chroma.Rules{"root": {
		{Pattern: `\s+`, Type: chroma.Text},
		{Pattern: `--[^\n]*`, Type: chroma.Comment},
		{Pattern: `/\*[\s\S]*?(\*/|$)`, Type: chroma.Comment},
		{Pattern: `'(''|[^'])*('|$)`, Type: chroma.LiteralString},
		{Pattern: `"(""|[^"])*("|$)|` + "`(``|[^`])*(`|$)", Type: chroma.Name},
		{Pattern: `[A-Z][A-Z_]*(?![A-Za-z0-9_])`, Type: chroma.Keyword}, // what weft writes itself is in capitals
		{Pattern: `[A-Za-z_][\w$]*`, Type: chroma.Name},
		{Pattern: `\$[0-9]+|\?`, Type: chroma.NameVariable},
		{Pattern: `[0-9]+(\.[0-9]+)?`, Type: chroma.LiteralNumber},
		{Pattern: `[-+*/<>=~!@#%^&|]+`, Type: chroma.Operator},
		{Pattern: `[\s\S]`, Type: chroma.Punctuation},
	}})
	commandLexer = lexer("MongoDB", chroma.Rules{"root": {
		{Pattern: `\s+`, Type: chroma.Text},
		{Pattern: `//[^\n]*`, Type: chroma.Comment},
		{Pattern: `"\$(\\.|[^"\\])*("|$)|\$\w+`, Type: chroma.Keyword}, // an operator, or the path of a field
		{Pattern: `"(\\.|[^"\\])*("|$)|'(\\.|[^'\\])*('|$)`, Type: chroma.LiteralString},
		{Pattern: `(true|false|null)\b`, Type: chroma.Keyword},
		{Pattern: `[A-Za-z_][\w$]*`, Type: chroma.Name},
		{Pattern: `-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?`, Type: chroma.LiteralNumber},
		{Pattern: `[\s\S]`, Type: chroma.Punctuation},
	}})
	colours = sync.OnceValue(func() *chroma.Style {
		return chroma.MustNewStyle("weft", chroma.StyleEntries{
			chroma.Keyword: "#cdcd00", chroma.LiteralString: "#cd0000", chroma.LiteralNumber: "#cd00cd",
			chroma.NameVariable: "#00cdcd", chroma.Operator: "#3399cc", chroma.Comment: "#000080",
		})
	})
)

func lexer(name string, rules chroma.Rules) func() chroma.Lexer {
	return sync.OnceValue(func() chroma.Lexer {
		return chroma.Coalesce(chroma.MustNewLexer(&chroma.Config{Name: name}, func() chroma.Rules { return rules }))
	})
}
