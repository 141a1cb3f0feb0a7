package tutorials_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// followed are the pages whose commands are run from an empty folder, and the kinds of blocks
// that take part in it, with the test that does.
var followed = map[string]struct{ kinds, test string }{
	"docs/migrations.md":       {"console", "cmd/weft/internal/cli/docs_test.go"},
	"docs/cli.md":              {"console", "cmd/weft/internal/cli/docs_test.go"},
	"docs/entity-generator.md": {"sh sql yaml", "cmd/weft/internal/tutorials/tutorials_test.go"},
	"docs/seeding.md":          {"sh", "cmd/weft/internal/tutorials/tutorials_test.go"},
	"docs/qbdebug.md":          {"console", "cmd/qbdebug/internal/cli/docs_test.go"},
	"docs/query-builder.md":    {"sql", "qb/docs_test.go"},
	"docs/weft-gen.md":         {"console", "tests/tutorials/project_test.go"},
	"README.md":                {"console", "tests/tutorials/project_test.go"},
}

// drawn are blocks that nothing can be held against, by their first line, with the reason.
var drawn = map[string]string{
	"1 insert Rack returning id":                                              "tests/behaviour/unit_docs_test.go compares it",
	`orm.M{"books.tags.name:like": "fan%"}`:                                   "a drawing",
	"tracked entities":                                                        "a drawing",
	"cd bench && go test -run '^$' -bench Compile -benchtime 2s .":            "takes seconds, and shows no output",
	"cd bench && go test -run '^$' -bench Mongo -benchtime 25x .":             "takes seconds, and shows no output",
	"make bench-short    # three rounds of smaller work, under three minutes": "takes minutes, and shows no output",
	"go install github.com/weft-orm/weft/cmd/qbdebug@latest":                  "needs a release",
	"weft studio --models ./model --database sqlite:library.db":               "does not end; the tests of cmd/weft/studio run it",
	"weft entities --database sqlite:chinook.db --out model":                  "does not end; the tests of cmd/weft/studio run it",
}

// TestEveryOtherBlockHolds sees that each block that is not Go is a step of a page that a test
// follows, stands in a test as it is, or has its proof before it.
func TestEveryOtherBlockHolds(t *testing.T) {
	tested := flat(testData(t))
	for _, name := range pages(t) {
		for _, b := range blocks(t, name) {
			first, _, _ := strings.Cut(b.text, "\n")
			steps := followed[name]
			if strings.HasPrefix(name, "docs/tutorial/") {
				steps.kinds = "console"
			}
			switch {
			case b.kind == "go" || b.file != "" || b.note != "" || drawn[first] != "":
			case b.kind != "" && strings.Contains(" "+steps.kinds+" ", " "+b.kind+" "):
			case strings.HasPrefix(name, "docs/coming-from-") && (b.kind == "ts" || b.kind == "text"): // another library's code
			case strings.HasPrefix(first, "# weft.yaml"): // the follower writes it
			case strings.Contains(tested, flat(b.text)):
			default:
				t.Errorf("%s:%d: nothing holds this block (%s) against the program", name, b.line, b.kind)
			}
		}
	}
	for name, steps := range followed {
		if _, err := os.Stat(filepath.Join(root, steps.test)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// testData are the tests of the tree with their scripts and golden files, one behind the other.
func testData(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(testSources(t))
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch ext := filepath.Ext(path); {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return filepath.SkipDir
		case ext == ".golden" || ext == ".txtar":
			text, err := os.ReadFile(path)
			b.Write(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
