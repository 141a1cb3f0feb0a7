package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/peterh/liner"
	"github.com/spf13/cobra"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/complete"
)

func newREPL(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "repl",
		Short: "Type conditions and see what they compile to",
		Long:  "repl reads one command a line. A line that begins with { is a condition.\nType help for the commands; Tab completes commands, entities and paths.",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return o.repl(cmd.Context()) },
	}
	o.queryFlags(cmd.Flags())
	return cmd
}

// repl reads commands until the end of the input.
func (o *options) repl(ctx context.Context) error {
	reg, _, err := o.registry(ctx)
	if err != nil {
		return err
	}
	s := &session{options: o, registry: reg, where: o.query.Where}
	if o.query.Entity != "" {
		if _, err := ask.Entity(reg, o.query.Entity); err != nil {
			return err
		}
	}
	lines := o.lines(s.complete)
	defer lines.Close()
	for {
		line, err := lines.Line(s.prompt())
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.do(ctx, strings.TrimSpace(line)) {
			return nil
		}
	}
}

// lineReader reads lines typed by a user.
type lineReader interface {
	// Line returns the next line, and io.EOF at the end.
	Line(prompt string) (string, error)
	Close() error
}

// lines reads from the terminal with history and completion, and from anything
// else line by line.
func (o *options) lines(completer func(string) (string, []string)) lineReader {
	if f, ok := o.streams.In.(*os.File); !ok || !isatty.IsTerminal(f.Fd()) {
		return plainLines{bufio.NewScanner(o.streams.In)}
	}
	t := &terminalLines{state: liner.NewLiner(), history: historyFile()}
	t.state.SetCtrlCAborts(true)
	t.state.SetWordCompleter(func(line string, pos int) (string, []string, string) {
		runes := []rune(line)
		head, words := completer(string(runes[:pos]))
		return head, words, string(runes[pos:])
	})
	if f, err := os.Open(t.history); err == nil {
		t.state.ReadHistory(f)
		f.Close()
	}
	return t
}

// plainLines reads a pipe or a file.
type plainLines struct{ *bufio.Scanner }

// Line returns the next line without a prompt.
func (p plainLines) Line(string) (string, error) {
	if p.Scan() {
		return p.Text(), nil
	}
	if p.Err() != nil {
		return "", p.Err()
	}
	return "", io.EOF
}

// Close does nothing.
func (plainLines) Close() error { return nil }

// terminalLines edits lines on a terminal.
type terminalLines struct {
	state   *liner.State
	history string
}

// Line returns an edited line; an aborted one is the end.
func (t *terminalLines) Line(prompt string) (string, error) {
	line, err := t.state.Prompt(prompt)
	if errors.Is(err, liner.ErrPromptAborted) {
		return "", io.EOF
	}
	if err == nil && line != "" {
		t.state.AppendHistory(line)
	}
	return line, err
}

// Close gives the terminal back and keeps the history.
func (t *terminalLines) Close() error {
	if err := os.MkdirAll(filepath.Dir(t.history), 0o700); err == nil {
		if f, err := os.OpenFile(t.history, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err == nil {
			t.state.WriteHistory(f)
			f.Close()
		}
	}
	return t.state.Close()
}

// historyFile is where lines are kept between runs.
func historyFile() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "weft", "qbdebug_history")
}

// complete offers what can follow a line.
func (s *session) complete(line string) (string, []string) {
	c := &complete.Context{
		Commands: commandNames(), Entities: []string{"entity"}, Registry: s.registry,
		Words: commandWords(), Entity: s.registry.Entity(s.options.query.Entity),
	}
	return c.Word(line)
}

func (s *session) prompt() string {
	name := s.options.query.Entity
	if name == "" {
		name = "qbdebug"
	}
	return fmt.Sprintf("%s> ", name)
}
