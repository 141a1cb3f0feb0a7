package seed

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// nameWords are the words of a property's name, in small letters.
func nameWords(name string) []string { return strings.Split(naming.Snake(name), "_") }

func has(words []string, any ...string) bool {
	return slices.ContainsFunc(any, func(w string) bool { return slices.Contains(words, w) })
}

// A kindOfText is what properties with a word in their names hold.
type kindOfText struct {
	words []string
	make  func(f *gofakeit.Faker) string
}

// textKinds are asked in order: the first whose word stands in the name wins.
var textKinds = []kindOfText{
	{[]string{"email", "mail"}, (*gofakeit.Faker).Email},
	{[]string{"username", "login", "nick", "nickname", "handle"}, (*gofakeit.Faker).Username},
	{[]string{"first", "firstname", "given"}, (*gofakeit.Faker).FirstName},
	{[]string{"last", "lastname", "surname", "family"}, (*gofakeit.Faker).LastName},
	{[]string{"phone", "mobile", "fax", "tel"}, (*gofakeit.Faker).Phone},
	{[]string{"password", "passwd", "secret", "hash"}, func(f *gofakeit.Faker) string { return f.Password(true, true, true, false, false, 16) }},
	{[]string{"url", "website", "homepage", "link", "href"}, (*gofakeit.Faker).URL},
	{[]string{"domain", "host", "hostname"}, (*gofakeit.Faker).DomainName},
	{[]string{"ip"}, (*gofakeit.Faker).IPv4Address},
	{[]string{"isbn"}, func(f *gofakeit.Faker) string { return f.Numerify("978##########") }},
	{[]string{"street", "address", "address1"}, (*gofakeit.Faker).Street},
	{[]string{"city", "town"}, (*gofakeit.Faker).City},
	{[]string{"zip", "postal", "postcode"}, (*gofakeit.Faker).Zip},
	{[]string{"state", "region", "district", "province"}, (*gofakeit.Faker).State},
	{[]string{"country"}, (*gofakeit.Faker).Country},
	{[]string{"company", "publisher", "organisation", "organization", "employer"}, (*gofakeit.Faker).Company},
	{[]string{"job", "position", "profession"}, (*gofakeit.Faker).JobTitle},
	{[]string{"color", "colour"}, (*gofakeit.Faker).Color},
	{[]string{"currency"}, (*gofakeit.Faker).CurrencyShort},
	{[]string{"language", "locale"}, (*gofakeit.Faker).LanguageAbbreviation},
	{[]string{"slug"}, func(f *gofakeit.Faker) string { return f.Word() + "-" + f.Word() }},
	{[]string{"uuid", "guid", "token"}, (*gofakeit.Faker).UUID},
	{[]string{"title", "headline", "subject", "caption"}, func(f *gofakeit.Faker) string {
		return titled(f.AdjectiveDescriptive()) + " " + titled(f.NounConcrete())
	}},
	{[]string{"description", "text", "body", "content", "bio", "note", "notes", "comment", "summary", "message"}, func(f *gofakeit.Faker) string { return f.Sentence(8) }},
	{[]string{"code", "sku", "abbr", "number", "no"}, func(f *gofakeit.Faker) string { return strings.ToUpper(f.LetterN(3)) + f.Numerify("###") }},
}

// persons are entities whose name is that of a person.
var persons = []string{"author", "user", "person", "customer", "employee", "member", "contact", "actor", "staff", "student", "teacher", "patient", "writer", "owner"}

// things are entities whose name is that of something on sale.
var things = []string{"product", "item", "article"}

// text makes a text up that fits the name of the property, its length and its checks.
func text(b *building, p *mapper.Property, t *mapper.Type, limit *bound, f *gofakeit.Faker) any {
	s := written(b.meta, p, f)
	longest := t.Length
	if limit != nil && limit.longest > 0 && (longest == 0 || limit.longest < longest) {
		longest = limit.longest
	}
	if longest > 0 && utf8.RuneCountInString(s) > longest {
		s = cut(s, longest)
	}
	if limit != nil {
		for utf8.RuneCountInString(s) < limit.shortest {
			s += f.Letter()
		}
	}
	return s
}

func written(e *mapper.Entity, p *mapper.Property, f *gofakeit.Faker) string {
	words := nameWords(p.Name)
	if p.Type.Length > 0 && p.Type.Length <= 3 {
		return strings.ToUpper(f.LetterN(uint(p.Type.Length)))
	}
	for _, k := range textKinds {
		if has(words, k.words...) {
			return k.make(f)
		}
	}
	if has(words, "name") {
		about := append(nameWords(naming.LowerCamel(e.Name)), words...)
		switch {
		case has(about, persons...):
			return f.Name()
		case has(about, things...):
			return f.ProductName()
		}
	}
	return titled(f.Word())
}

func titled(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// cut takes the first n characters, without a space at the end.
func cut(s string, n int) string {
	runes := []rune(s)
	return strings.TrimRight(string(runes[:n]), " ,.")
}
