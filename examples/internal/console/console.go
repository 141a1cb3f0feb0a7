package console

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"
	"github.com/mattn/go-isatty"
)

// Console prints to one writer. It is not safe for concurrent use.
type Console struct {
	out                      io.Writer
	title, label, code, note *color.Color
}

// New returns a console that is coloured when out is a terminal and NO_COLOR is not set.
func New(out io.Writer) *Console {
	c := &Console{
		out:   out,
		title: color.New(color.Bold, color.FgCyan), label: color.New(color.Bold),
		code: color.New(color.FgGreen), note: color.New(color.Faint),
	}
	for _, style := range []*color.Color{c.title, c.label, c.code, c.note} {
		if isTerminal(out) {
			style.EnableColor()
		} else {
			style.DisableColor()
		}
	}
	return c
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	_, plain := os.LookupEnv("NO_COLOR")
	return ok && !plain && os.Getenv("TERM") != "dumb" && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// Title prints a headline with an empty line before it.
func (c *Console) Title(text string) {
	fmt.Fprintln(c.out)
	c.title.Fprintln(c.out, text)
	c.title.Fprintln(c.out, strings.Repeat("─", utf8.RuneCountInString(text)))
}

// Label prints a name and what belongs to it.
func (c *Console) Label(name, text string) {
	c.label.Fprintf(c.out, "%-10s", name)
	fmt.Fprintln(c.out, text)
}

// Code prints a statement, wrapped between words and indented.
func (c *Console) Code(text string) {
	for _, line := range Wrap(text, 110) {
		c.code.Fprintln(c.out, "  "+line)
	}
}

// Note prints a remark in a quiet colour.
func (c *Console) Note(format string, args ...any) {
	c.note.Fprintf(c.out, "  "+format+"\n", args...)
}

// Table prints rows under a header, each column as wide as its widest cell.
func (c *Console) Table(header []string, rows [][]string) {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	c.label.Fprintln(c.out, line(header, widths))
	for _, row := range rows {
		fmt.Fprintln(c.out, line(row, widths))
	}
}

func line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString("  " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
	}
	return strings.TrimRight(b.String(), " ")
}

// Wrap breaks text into lines of at most width characters, between words;
// lines after the first are indented.
func Wrap(text string, width int) []string {
	var lines []string
	current := ""
	for _, word := range strings.Fields(text) {
		switch {
		case current == "":
			current = word
		case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, current)
			current = "    " + word
		default:
			current += " " + word
		}
	}
	return append(lines, current)
}

// Shorten cuts text after n characters and marks the cut.
func Shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:n-1])) + "…"
}
