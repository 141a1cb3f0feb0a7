package entities

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"

	"github.com/gobuffalo/flect"

	"github.com/weft-orm/weft/naming"
)

// initialisms are written in capitals, as Go has it.
var initialisms = map[string]bool{
	"acl": true, "api": true, "cpu": true, "css": true, "db": true, "dns": true, "eof": true, "guid": true, "html": true, "http": true,
	"https": true, "id": true, "ip": true, "isbn": true, "json": true, "os": true, "ram": true, "rpc": true, "sku": true, "sla": true,
	"smtp": true, "sql": true, "ssh": true, "tcp": true, "tls": true, "ttl": true, "udp": true, "ui": true, "uid": true, "uri": true,
	"url": true, "utf8": true, "uuid": true, "vat": true, "vm": true, "xml": true,
}

func isIdentifier(name string) bool { return token.IsIdentifier(name) }

func isExported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

// words splits a name of the database at what is no letter or digit, and at
// capitals where it is not written in capitals as a whole.
func words(name string) []string {
	if strings.ToUpper(name) == name {
		name = strings.ToLower(name)
	}
	var list []string
	for _, piece := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		for _, w := range strings.Split(naming.Snake(piece), "_") {
			if w != "" {
				list = append(list, w)
			}
		}
	}
	return list
}

// goName makes an exported Go name of words.
func goName(list []string) string {
	var b strings.Builder
	for _, w := range list {
		switch {
		case initialisms[w]:
			b.WriteString(strings.ToUpper(w))
		case len(w) > 2 && w[len(w)-1] == 's' && initialisms[w[:len(w)-1]]:
			b.WriteString(strings.ToUpper(w[:len(w)-1]) + "s")
		default:
			runes := []rune(w)
			runes[0] = unicode.ToUpper(runes[0])
			b.WriteString(string(runes))
		}
	}
	name := b.String()
	if !isExported(name) {
		name = "X" + name // begins with a digit, or with a letter that has no upper case
	}
	return name
}

// lastWord changes the last word.
func lastWord(list []string, change func(string) string) []string {
	if len(list) == 0 {
		return list
	}
	out := append([]string{}, list...)
	out[len(out)-1] = change(out[len(out)-1])
	return out
}

func singular(w string) string {
	if strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us") || strings.HasSuffix(w, "is") {
		return w
	}
	return (flect.Ident{Original: w, Parts: []string{w}}).Singularize().String()
}

func plural(w string) string {
	return (flect.Ident{Original: w, Parts: []string{w}}).Pluralize().String()
}

// pluralName is the plural of a Go name: "FilmActors" for "FilmActor".
func pluralName(name string) string { return goName(lastWord(words(name), plural)) }

// entityName names the entity of a table: in the singular, unless the naming
// strategy only finds the table by the plural.
func entityName(s naming.Strategy, table string) string {
	list := words(table)
	one, asIs := goName(lastWord(list, singular)), goName(list)
	if s.Table(one) != table && s.Table(asIs) == table {
		return asIs
	}
	return one
}

// namings are the strategies there are, by name.
var namings = []string{"underscore", "underscore-singular", "entity-case", "mongo", "mongo-singular"}

// recognise finds the strategy that explains most names of tables and columns.
func recognise(tables []*Table) (name string, s naming.Strategy) {
	best := -1
	for _, candidate := range namings {
		strategy, _ := naming.Parse(candidate)
		score := 0
		for _, t := range tables {
			if strategy.Table(goName(lastWord(words(t.Name), singular))) == t.Name {
				score += 2
			}
			for _, c := range t.Columns {
				if strategy.Column(naming.LowerCamel(goName(words(c.Name)))) == c.Name {
					score++
				}
			}
		}
		if score > best {
			best, name, s = score, candidate, strategy
		}
	}
	return name, s
}

// scope gives out names that are used once.
type scope map[string]bool

// take returns the first of the names that is free, else the first with a number.
func (s scope) take(names ...string) string {
	for _, n := range names {
		if n != "" && !s[strings.ToLower(n)] {
			s[strings.ToLower(n)] = true
			return n
		}
	}
	for names[0] == "" {
		names = names[1:]
	}
	for i := 2; ; i++ {
		if n := names[0] + strconv.Itoa(i); !s[strings.ToLower(n)] {
			s[strings.ToLower(n)] = true
			return n
		}
	}
}
