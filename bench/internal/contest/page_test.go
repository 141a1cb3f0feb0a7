package contest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// TestPage holds the tables of the performance page to the results beside it.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("../../results/result.json")
	if err != nil {
		t.Fatal(err)
	}
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.Page(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, want) {
		t.Error("docs/performance.md does not show bench/results: go run ./race -from results/result.json -doc ../docs/performance.md")
	}
	shown, err := os.ReadFile("../../results/result.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(shown, r.Text()) {
		t.Error("result.txt does not show result.json")
	}
	for engine, chart := range r.Charts() {
		drawn, err := os.ReadFile("../../results/" + engine + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(drawn, chart) {
			t.Errorf("%s.svg does not show result.json", engine)
		}
	}
}

// TestGrowthPage holds the table of the growth to its result.
func TestGrowthPage(t *testing.T) {
	text, err := os.ReadFile("../../results/growth.json")
	if err != nil {
		t.Fatal(err)
	}
	var g Growth
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := g.Page(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, want) {
		t.Error("docs/performance.md does not show bench/results/growth.json: make bench-growth")
	}
}
