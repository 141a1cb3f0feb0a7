package vet_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocs finds every message of the table in docs/weftvet.md among those of the planted mistakes.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "weftvet.md"))
	must(t, err)
	golden, err := os.ReadFile("testdata/findings.golden")
	must(t, err)
	_, table, _ := strings.Cut(string(page), "| check | example | message |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		message := strings.TrimSpace(strings.Trim(strings.TrimSpace(cells[len(cells)-1]), "`"))
		if strings.HasPrefix(cells[len(cells)-1], "``") { // a span with a backquote in it
			message = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(cells[len(cells)-1]), "``"), " ``")
		}
		if !strings.Contains(string(golden), "» "+message+"\n") {
			t.Errorf("no planted mistake has the message %q", message)
		}
	}
	if len(rows) < 30 {
		t.Errorf("the table has only %d rows", len(rows))
	}
}
