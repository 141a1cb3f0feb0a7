package tutorials_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// block is a fenced block of a page.
type block struct {
	page string // "docs/loading.md"
	line int    // of its first line of text
	kind string // "go", "console", "" for plain text
	file string // the name behind the kind, or ""
	note string // the text of the comment "<!-- go: ... -->" right before it
	text string
}

// pages are the pages users read, by path from the root.
func pages(t testing.TB) []string {
	t.Helper()
	list := []string{"README.md", "CONTRIBUTING.md"}
	err := filepath.WalkDir(root+"/docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			list = append(list, strings.TrimPrefix(filepath.ToSlash(path), root+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	fence = regexp.MustCompile("^```(\\w*)(?: ([\\w./-]+))?$")
	note  = regexp.MustCompile(`(?s)<!-- go: (.*?) ?-->\s*$`)
)

// blocks are the fenced blocks of a page.
func blocks(t testing.TB, page string) []block {
	t.Helper()
	var list []block
	var open *block
	before := ""
	for i, line := range strings.Split(read(t, page), "\n") {
		switch m := fence.FindStringSubmatch(line); {
		case open == nil && m != nil:
			open = &block{page: page, line: i + 2, kind: m[1], file: m[2]}
			if n := note.FindStringSubmatch(before); n != nil {
				open.note = n[1]
			}
		case open != nil && line == "```":
			list, open, before = append(list, *open), nil, ""
		case open != nil:
			open.text += line + "\n"
		default:
			before += line + "\n"
		}
	}
	if open != nil {
		t.Errorf("%s:%d: the block does not end", page, open.line)
	}
	return list
}
