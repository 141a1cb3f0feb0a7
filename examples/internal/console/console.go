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
	width                    int // of a line, 0 when lines may be as long as they are
	title, label, code, note *color.Color
}

// New returns a console that is coloured when out is a terminal and NO_COLOR is not set. Its
// lines fit the terminal, or the width that out tells by a method Width.
func New(out io.Writer) *Console {
	c := &Console{
		out: out, width: widthOf(out),
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

// widthOf returns the width of a terminal, 0 for other writers.
func widthOf(out io.Writer) int {
	if w, ok := out.(interface{ Width() int }); ok {
		return w.Width()
	}
	if f, ok := out.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		return max(terminalWidth(f), 0)
	}
	return 0
}

// within is the room for text behind an indent, at most atMost where that is not 0.
func (c *Console) within(indent, atMost int) int {
	switch {
	case c.width == 0 && atMost == 0:
		return 1 << 30
	case c.width == 0:
		return atMost
	case atMost == 0:
		return max(c.width-indent, 10)
	}
	return min(max(c.width-indent, 10), atMost)
}

// Title prints a headline with an empty line before it.
func (c *Console) Title(text string) {
	text = Shorten(text, c.within(0, 0))
	fmt.Fprintln(c.out)
	c.title.Fprintln(c.out, text)
	c.title.Fprintln(c.out, strings.Repeat("─", utf8.RuneCountInString(text)))
}

// Label prints a name and what belongs to it.
func (c *Console) Label(name, text string) {
	c.label.Fprintf(c.out, "%-10s", name)
	if utf8.RuneCountInString(text) <= c.within(10, 0) {
		fmt.Fprintln(c.out, text)
		return
	}
	fmt.Fprintln(c.out, strings.Join(Wrap(text, c.within(10, 0)), "\n"+strings.Repeat(" ", 10)))
}

// Code prints a statement, wrapped between words and indented.
func (c *Console) Code(text string) {
	for _, line := range Wrap(text, c.within(2, 110)) {
		c.code.Fprintln(c.out, "  "+line)
	}
}

// Note prints a remark in a quiet colour.
func (c *Console) Note(format string, args ...any) {
	c.note.Fprintln(c.out, "  "+Shorten(fmt.Sprintf(format, args...), c.within(2, 0)))
}

// Table prints rows under a header, each column as wide as its widest cell.
func (c *Console) Table(header []string, rows [][]string) {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	c.shrink(widths)
	c.label.Fprintln(c.out, line(header, widths))
	for _, row := range rows {
		fmt.Fprintln(c.out, line(row, widths))
	}
}

// shrink takes the room that is missing from the widest columns.
func (c *Console) shrink(widths []int) {
	total := 0
	for _, w := range widths {
		total += w + 2
	}
	for ; total > c.within(0, 0); total-- {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= 3 {
			return
		}
		widths[widest]--
	}
}

func line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		cell = Shorten(cell, widths[i])
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
		for room := width - 4; utf8.RuneCountInString(word) > room && room > 0; { // a word without a place to break
			runes := []rune(word)
			if current != "" {
				lines, current = append(lines, current), ""
			}
			lead := ""
			if len(lines) > 0 {
				lead = "    "
			}
			lines, word = append(lines, lead+string(runes[:room])), string(runes[room:])
		}
		switch {
		case current == "" && len(lines) > 0:
			current = "    " + word
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
