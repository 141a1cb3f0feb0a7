package conditions

import (
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
)

// key is a key of a map, taken apart: a path, an operator, or both.
type key struct {
	text string // as written
	path string // "" for a bare operator
	op   Op     // 0 without an operator
	at   int    // offset of the operator in text
	// unknown is the spelling of an operator that does not exist.
	unknown string
}

// splitKey takes a key apart: "path", "$op", "path op" with a symbol, "path:op"
// with a name. The path may be an aggregate, "count(distinct author) >".
func splitKey(text string) key {
	k := key{text: text, path: text}
	if end := aggregateEnd(text); end > 0 {
		return k.behindAggregate(end)
	}
	if strings.HasPrefix(text, "$") {
		k.path = ""
		return k.withOperator(text[1:], opNamed(text[1:]))
	}
	if i := strings.LastIndexByte(text, ' '); i >= 0 {
		k.path, k.at = strings.TrimRight(text[:i], " "), i+1
		return k.withOperator(text[i+1:], opSymbol(text[i+1:]))
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		k.path, k.at = text[:i], i+1
		return k.withOperator(text[i+1:], opNamed(text[i+1:]))
	}
	return k
}

// behindAggregate takes apart a key whose path is an aggregate of end bytes.
func (k key) behindAggregate(end int) key {
	rest := strings.TrimLeft(k.text[end:], " ")
	if rest == "" {
		return k
	}
	k.path, k.at = k.text[:end], len(k.text)-len(rest)
	if name, ok := strings.CutPrefix(rest, ":"); ok {
		k.at++
		return k.withOperator(name, opNamed(name))
	}
	return k.withOperator(rest, opSymbol(rest))
}

// aggregateEnd returns the length of the function call that text begins with,
// "sum(books.price)"; 0 when it begins with none. A call ends before an operator.
func aggregateEnd(text string) int {
	open := strings.IndexByte(text, '(')
	if open < 1 {
		return 0
	}
	for _, c := range text[:open] {
		if c < 'A' || c > 'z' || c > 'Z' && c < 'a' {
			return 0
		}
	}
	end := strings.IndexByte(text, ')') + 1
	if end == 0 || end < len(text) && text[end] != ' ' && text[end] != ':' {
		return 0
	}
	return end
}

func (k key) withOperator(spelling string, op Op) key {
	k.op = op
	if op == 0 {
		k.unknown = spelling
	}
	return k
}

// operatorHint returns the operator spelled nearest to an unknown one.
func (k key) operatorHint() string {
	if i := strings.TrimPrefix(k.unknown, "$"); i != k.unknown && opNamed(i) != 0 {
		return didYouMean(strings.TrimRight(k.text[:k.at], ": ") + ":" + i)
	}
	if k.path != "" && opNamed(k.unknown) != 0 {
		return didYouMean(k.path + ":" + k.unknown)
	}
	near := suggest.Nearest(k.unknown, Operators())
	if near == "" {
		return ""
	}
	if k.path == "" {
		near = "$" + near
	}
	return didYouMean(near)
}
