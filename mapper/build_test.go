package mapper_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/tests/model"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestDumpOfTheSharedModel(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/model.txt", reg.Dump())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run the test with -update and review. %s", file, firstDifference(got, string(want)))
	}
}

// firstDifference shows the first line that differs.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) {
			return "It is longer."
		}
		if g[i] != w[i] {
			return fmt.Sprintf("Line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return "It is shorter."
}
