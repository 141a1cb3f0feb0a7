package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/weft-orm/weft/examples/library/entities"
	"github.com/weft-orm/weft/orm"
)

// How much data the example makes.
const (
	authorCount    = 300
	publisherCount = 24
)

var (
	topics = []string{
		"fantasy", "fable", "history", "poetry", "science", "sea stories", "seafaring", "cooking",
		"gardens", "maps", "music", "mystery", "nature", "philosophy", "trains", "travel",
	}
	countries = []string{"Chile", "Finland", "Ghana", "Iceland", "India", "Japan", "Kenya", "Portugal"}
	cities    = []string{"Accra", "Helsinki", "Kyoto", "Lisbon", "Mumbai", "Nairobi", "Reykjavik", "Santiago"}

	syllables  = strings.Fields("an be da el fi ga ho in ka lo ma ne or pi ra sa ti um va wen yo zu")
	adjectives = strings.Fields("Amber Broken Distant Early Forgotten Golden Hidden Last Narrow Quiet Restless Salt Second Silver Slow Winter")
	nouns      = strings.Fields("Atlas Bridge Clock Forest Garden Harbour House Island Lantern Letter Mirror Orchard River Road Signal Voyage")
)

// A generator makes the same library every time: its random numbers have a fixed seed.
type generator struct {
	*rand.Rand
	isbn int
}

// seed fills the unit of work with a library; the flush that follows writes it.
func seed(em *orm.EntityManager) {
	g := &generator{Rand: rand.New(rand.NewPCG(1, 2))}
	tags := make([]*entities.Tag, len(topics))
	for i, name := range topics {
		tags[i] = &entities.Tag{Name: name}
		em.Persist(tags[i])
	}
	publishers := make([]*entities.Publisher, publisherCount)
	for i := range publishers {
		publishers[i] = &entities.Publisher{Name: fmt.Sprintf("%s Press %d", g.word(), i+1), City: pick(g, cities)}
		em.Persist(publishers[i])
	}
	for range authorCount {
		author := &entities.Author{Name: g.word() + " " + g.word(), Country: pick(g, countries)}
		if g.IntN(10) > 0 {
			year := 1900 + g.IntN(100)
			author.Born = &year
		}
		em.Persist(author)
		for range g.IntN(6) {
			em.Persist(g.book(author, publishers, tags))
		}
	}
}

func (g *generator) book(author *entities.Author, publishers []*entities.Publisher, tags []*entities.Tag) *entities.Book {
	g.isbn++
	book := &entities.Book{
		Title:  "The " + pick(g, adjectives) + " " + pick(g, nouns),
		ISBN:   fmt.Sprintf("978%010d", g.isbn),
		Year:   1950 + g.IntN(75),
		Pages:  80 + g.IntN(900),
		Author: orm.To(author),
	}
	if g.IntN(8) > 0 {
		book.Publisher = orm.To(pick(g, publishers))
	}
	for _, i := range g.Perm(len(tags))[:g.IntN(4)] {
		book.Tags.Add(tags[i])
	}
	return book
}

// word makes a name of two or three syllables.
func (g *generator) word() string {
	word := ""
	for range 2 + g.IntN(2) {
		word += pick(g, syllables)
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }
