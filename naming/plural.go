package naming

import (
	"strings"

	"github.com/gobuffalo/flect"
)

// plural pluralises the last word of a name whose words are joined by sep. A word that is not plain lower case ASCII
// is left alone: English rules say nothing about it.
func plural(name string, sep byte) string {
	cut := strings.LastIndexByte(name, sep) + 1
	word := name[cut:]
	if !isEnglish(word) {
		return name
	}
	// The parts are given because flect would take "ids" for an initialism and answer in upper case.
	ident := flect.Ident{Original: word, Parts: []string{word}}
	return name[:cut] + ident.Pluralize().String()
}

func isEnglish(word string) bool {
	letters := 0
	for i := range len(word) {
		switch c := word[i]; {
		case c >= 'a' && c <= 'z':
			letters++
		case c < '0' || c > '9':
			return false
		}
	}
	return letters > 0
}
