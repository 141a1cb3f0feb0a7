package corpus_test

import (
	"testing"

	"github.com/weft-orm/weft/tests/corpus"
)

func TestLoad(t *testing.T) {
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 400 {
		t.Errorf("%d cases, want at least 400", len(cases))
	}
	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c.String()] {
			t.Errorf("two cases are called %s", c)
		}
		seen[c.String()] = true
	}
}
