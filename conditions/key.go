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
// with a name.
func splitKey(text string) key {
	k := key{text: text, path: text}
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
	names := make([]string, len(opNames))
	for i, n := range opNames {
		names[i] = n.name
	}
	near := suggest.Nearest(k.unknown, names)
	if near == "" {
		return ""
	}
	if k.path == "" {
		near = "$" + near
	}
	return didYouMean(near)
}
