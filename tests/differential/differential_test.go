package differential_test

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/corpus"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// given reports that -rapid.checks says how many cases there are.
var given bool

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	testdb.Main(m)
}

// cases sets how many cases a check draws in a short run: many where no server is asked.
func cases(t *testing.T, e testengine.Engine, n int) {
	switch {
	case given:
		return
	case testing.Short():
		n /= 2 // of which rapid runs a fifth in short runs; fewer tell nothing about shares
	case e.Server:
		n /= 4
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}

// shortRun is how many requests each world gets unless -rapid.checks says otherwise.
const shortRun = 1500

// TestRandomRequests asks every engine random requests about random rows.
func TestRandomRequests(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			for seed := range uint64(2) {
				b := newBench(t, e, seed)
				cases(t, e, shortRun)
				t.Run(fmt.Sprint("world ", seed), func(t *testing.T) {
					requests := requests(b.registry)
					rapid.Check(t, func(t *rapid.T) {
						if err := b.check(context.Background(), requests.Draw(t, "request")); err != nil {
							t.Fatal(err)
						}
					})
					b.telling(t)
				})
			}
		})
	}
}

// telling reports that too few requests could show a difference.
func (b *bench) telling(t *testing.T) {
	t.Logf("%d requests: %d refused, %d told rows apart", b.asked, b.refused, b.found)
	if b.refused*10 > b.asked || b.found*4 < b.asked {
		t.Errorf("of %d requests %d were refused and %d told rows apart", b.asked, b.refused, b.found)
	}
}

// TestCorpus asks every engine all cases of the corpus.
func TestCorpus(t *testing.T) {
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			b := newBench(t, e, 3)
			for _, c := range cases {
				q, err := c.Query(b.registry, !b.engine.Caps().JoinsToMany)
				if err != nil || !c.Portable() {
					continue
				}
				count := *q.Select
				count.Count, count.Populate = true, nil
				if err := b.checkQuery(t.Context(), c, q.Select, q.Args, func() (*qb.Select, []any, error) { return &count, q.Args, nil }); err != nil {
					t.Error(err)
				}
			}
			b.telling(t)
		})
	}
}
