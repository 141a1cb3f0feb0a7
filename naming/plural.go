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
	if own, known := ownPlural(word); known {
		return name[:cut] + own
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

// irregular are words that flect gets wrong: it knows the endings -fe, -lf, -rf and -man of leaf, half, scarf and man
// only, and takes words in -s for plurals.
var irregular = map[string]string{
	"safe": "safes", "gulf": "gulfs", "golf": "golfs", "turf": "turfs", "atlas": "atlases", "canvas": "canvases", "lens": "lenses", "gas": "gases",
	"octopus": "octopuses", "emphasis": "emphases", "info": "info", "css": "css", "hardware": "hardware", "software": "software",
	"caiman": "caimans", "german": "germans", "norman": "normans", "ottoman": "ottomans", "roman": "romans", "shaman": "shamans", "talisman": "talismans",
}

// inOes are the words in -o after a consonant that take -es. All others, which came from other languages or were cut
// short (photo, memo, logo), take -s.
var inOes = map[string]bool{
	"archipelago": true, "buffalo": true, "cargo": true, "desperado": true, "dingo": true, "domino": true, "echo": true, "embargo": true, "go": true,
	"hero": true, "innuendo": true, "jingo": true, "mango": true, "mosquito": true, "motto": true, "peccadillo": true, "potato": true,
	"tomato": true, "tornado": true, "torpedo": true, "tuxedo": true, "veto": true, "volcano": true,
}

// ownPlural is the plural of a word for which flect's is not used.
func ownPlural(word string) (string, bool) {
	if p, known := irregular[word]; known {
		return p, true
	}
	if !strings.HasSuffix(word, "o") {
		return "", false
	}
	if inOes[word] {
		return word + "es", true
	}
	return word + "s", true
}
