package vet_test

import (
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/weft-orm/weft/cmd/weftvet/internal/vet"
	"github.com/weft-orm/weft/internal/golden"
)

// judge hears of findings and not of facts, which packages have all the time.
type judge struct{ *testing.T }

// Errorf fails the test.
func (j judge) Errorf(format string, args ...any) {
	j.Helper()
	if text := fmt.Sprintf(format, args...); !strings.Contains(text, "unexpected fact") {
		j.Error(text)
	}
}

// TestMistakes finds every planted mistake with its message (the comments "want"
// beside them), its place to the byte, and what a fix makes of the line.
func TestMistakes(t *testing.T) {
	dir := module(t)
	results := analysistest.Run(judge{t}, dir, vet.New(), "example.org/shop/mistakes")
	var lines []string
	n := 0
	for _, r := range results {
		for _, d := range r.Diagnostics {
			lines = append(lines, describe(t, r.Pass, d))
			n++
		}
	}
	slices.Sort(lines)
	golden.Check(t, "findings.golden", strings.Join(lines, ""))
	if n < 60 {
		t.Errorf("only %d mistakes are planted", n)
	}
}

// describe writes a finding with the text it stands at, and the lines a fix changes.
func describe(t *testing.T, pass *analysis.Pass, d analysis.Diagnostic) string {
	start, end := pass.Fset.Position(d.Pos), pass.Fset.Position(d.End)
	src, err := os.ReadFile(start.Filename)
	must(t, err)
	piece, _, more := strings.Cut(string(src[start.Offset:end.Offset]), "\n")
	if more {
		piece += "..."
	}
	out := fmt.Sprintf("%s:%03d:%03d «%s» %s\n", filepath.Base(start.Filename), start.Line, start.Column, piece, d.Message)
	for _, f := range d.SuggestedFixes {
		text, at := string(src), token.NoPos
		for _, e := range f.TextEdits {
			from, to := pass.Fset.Position(e.Pos), pass.Fset.Position(e.End)
			text, at = text[:from.Offset]+string(e.NewText)+text[to.Offset:], e.Pos
		}
		line, _, _ := strings.Cut(strings.Split(text, "\n")[pass.Fset.Position(at).Line-1], " // want")
		out += fmt.Sprintf("\t%s: %s\n", f.Message, strings.TrimSpace(line))
	}
	return out
}

// TestPrograms finds nothing in programs of several shapes that are right.
func TestPrograms(t *testing.T) {
	analysistest.Run(judge{t}, module(t), vet.New(), "example.org/shop/library", "example.org/shop/programs/...")
}
