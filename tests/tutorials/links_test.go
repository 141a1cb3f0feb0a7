package tutorials_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	code    = regexp.MustCompile("(?s)```.*?```|`[^`\\n]+`")
	fenced  = regexp.MustCompile("(?s)```.*?```")
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are what links may lead to within a page.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		slug := strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		all[slug] = true
	}
	return all
}

// TestLinksLeadSomewhere follows every link of every page to a file and a heading.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(read(t, page), ""), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			to := page
			if target != "" {
				to = path.Join(path.Dir(page), target)
			}
			info, err := os.Stat(filepath.Join(root, to))
			if err != nil {
				t.Errorf("%s: the link to %s leads nowhere", page, m[1])
				continue
			}
			if anchor != "" && !info.IsDir() && !anchors(read(t, to))[anchor] {
				t.Errorf("%s: %s has no heading %q", page, to, anchor)
			}
		}
	}
}

// TestTheMapHasEveryPage sees that docs/README.md leads to every page, and the README to the map.
func TestTheMapHasEveryPage(t *testing.T) {
	leads := map[string]bool{}
	for _, m := range link.FindAllStringSubmatch(read(t, "docs/README.md"), -1) {
		target, _, _ := strings.Cut(m[1], "#")
		leads[path.Join("docs", target)] = true
	}
	for _, page := range pages(t) {
		if page != "docs/README.md" && strings.HasPrefix(page, "docs/") && !leads[page] {
			t.Errorf("docs/README.md does not lead to %s", page)
		}
	}
	if !strings.Contains(read(t, "README.md"), "(docs/README.md)") {
		t.Error("README.md does not lead to docs/README.md")
	}
}
