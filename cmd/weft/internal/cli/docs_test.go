package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestDocs follows the pages from an empty folder: files are written, commands are
// run, and what they print is what the page shows. Versions and times may differ.
func TestDocs(t *testing.T) {
	dir := t.TempDir()
	for _, page := range []string{"migrations", "cli"} {
		text, err := os.ReadFile("../../../../docs/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, page+".txtar"), []byte(script(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	params := params(t, dir)
	params.Cmds = map[string]func(*testscript.TestScript, bool, []string){"told": told}
	testscript.Run(t, params)
}

var fence = regexp.MustCompile("(?ms)^```(\\w+) ?([\\w./]*)\n(.*?)^```$")

// script turns the blocks of a page into a test script.
func script(page string) string {
	var commands, files strings.Builder
	for i, m := range fence.FindAllStringSubmatch(page, -1) {
		switch kind, name, text := m[1], m[2], m[3]; {
		case name != "":
			stored := fmt.Sprintf("block%d", i)
			fmt.Fprintf(&files, "-- %s --\n%s", stored, text)
			fmt.Fprintf(&commands, "mkdir %s\ncp $WORK/%s %s\n", filepath.Dir(name), stored, name)
		case kind == "console":
			session(&commands, text)
		}
	}
	return commands.String() + files.String()
}

// session writes the commands of a console with what each prints.
func session(b *strings.Builder, text string) {
	for _, step := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, output, _ := strings.Cut(strings.TrimRight(step, "\n"), "\n")
		output, code, fails := strings.Cut(output, "(exit code ")
		word, rest, _ := strings.Cut(command, " ")
		switch {
		case word == "cd":
			fmt.Fprintf(b, "cd %s\n", rest)
			continue
		case word == "export":
			fmt.Fprintf(b, "env %s\n", rest)
			continue
		case fails:
			fmt.Fprintf(b, "! ")
		}
		fmt.Fprintf(b, "exec %s\n", strings.ReplaceAll(command, `"`, "'"))
		_ = code
		if output = strings.TrimSpace(output); output != "" {
			fmt.Fprintf(b, "told %s\n", quote(output))
		}
	}
}

// quote makes one argument of a script.
func quote(text string) string {
	return "'" + strings.NewReplacer("'", "''", "\n", "␤", "$", "␄").Replace(text) + "'"
}

var (
	versions = regexp.MustCompile(`\b20[0-9]{12}(?:_|\b)`)
	times    = regexp.MustCompile(`20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z`)
)

// told compares what the last command printed with a page.
func told(ts *testscript.TestScript, _ bool, args []string) {
	want := strings.NewReplacer("␤", "\n", "␄", "$").Replace(args[0])
	got := strings.TrimSpace(ts.ReadFile("stdout") + ts.ReadFile("stderr"))
	common := func(s string) string { return times.ReplaceAllString(versions.ReplaceAllString(s, "VERSION_"), "TIME") }
	want, got = common(want), common(got)
	if before, _, cut := strings.Cut(want, "\n..."); cut {
		if strings.HasPrefix(got, before) {
			return
		}
	}
	if got != want {
		ts.Fatalf("printed:\n%s\nthe page shows:\n%s", got, want)
	}
}
