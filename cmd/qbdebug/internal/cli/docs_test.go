package cli_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/qbdebug/internal/cli"
)

const page = "docs/qbdebug.md"

// example is a console block: a command after "$ ", and what it prints.
var example = regexp.MustCompile("(?ms)^```console\n\\$ (.*?)\n(.*?)^```")

// word is a word of a command, quoted or not.
var word = regexp.MustCompile(`'[^']*'|[^\s']+`)

// TestPage runs the examples of the page and compares what they print. With
// -update the page is rewritten.
func TestPage(t *testing.T) {
	t.Chdir("../../../..")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	got := example.ReplaceAllStringFunc(string(text), func(block string) string {
		examples++
		m := example.FindStringSubmatch(block)
		out := runCommand(m[1])
		if out != m[2] {
			t.Logf("$ %s\ngot:\n%s\nwant:\n%s", m[1], out, m[2])
		}
		return "```console\n$ " + m[1] + "\n" + out + "```"
	})
	switch {
	case examples < 6:
		t.Errorf("only %d examples were found", examples)
	case got == string(text):
	case flag.Lookup("update").Value.(flag.Getter).Get().(bool):
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("the page differs from what the commands print; run the test with -update")
	}
}

// TestPageNamesFlags checks that the page names every flag.
func TestPageNamesFlags(t *testing.T) {
	text, err := os.ReadFile("../../../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	help := runCommand("qbdebug --help")
	for _, name := range regexp.MustCompile(`--[a-z-]+`).FindAllString(help, -1) {
		if name != "--help" && !strings.Contains(string(text), "`"+name) {
			t.Errorf("the page does not describe %s", name)
		}
	}
}

// runCommand runs a command and returns what it prints, errors included.
func runCommand(line string) string {
	var out bytes.Buffer
	args := word.FindAllString(line, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], "'")
	}
	cli.Main(args[1:], cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out})
	return out.String()
}
