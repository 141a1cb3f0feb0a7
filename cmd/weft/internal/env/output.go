package env

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Print prints a result: v as JSON with --json, else what text writes.
func (e *Env) Print(v any, text func(w io.Writer) error) error {
	if !e.JSON {
		return text(e.Out)
	}
	d := json.NewEncoder(e.Out)
	d.SetEscapeHTML(false)
	d.SetIndent("", "  ")
	return d.Encode(v)
}

// Progress prints a line about long work, where Err is a terminal for people.
func (e *Env) Progress(format string, args ...any) {
	if e.Terminal && !e.JSON {
		fmt.Fprintf(e.Err, format+"\n", args...)
	}
}

// Confirm asks before something is destroyed. It returns nil after yes or with
// --yes, [ErrDeclined] after anything else, and where nobody can answer a mistake
// that names --yes.
func (e *Env) Confirm(format string, args ...any) error {
	if e.Yes {
		return nil
	}
	question := fmt.Sprintf(format, args...)
	if !e.Interactive {
		return Mistake(fmt.Errorf("%s Give --yes where nobody can be asked", question))
	}
	answer, err := e.Ask(question + " [y/N]")
	if err != nil {
		return err
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return nil
	}
	return ErrDeclined
}

// Ask puts a question on Err and returns the line that is typed, without spaces
// around it. It must not be called unless Interactive.
func (e *Env) Ask(question string) (string, error) {
	fmt.Fprintf(e.Err, "%s ", question)
	line, err := e.reader().ReadString('\n')
	if err != nil && line == "" {
		return "", ErrDeclined
	}
	return strings.TrimSpace(line), nil
}

// reader keeps what was read ahead for the next question.
func (e *Env) reader() *bufio.Reader {
	r, ok := e.In.(*bufio.Reader)
	if !ok {
		r = bufio.NewReader(e.In)
		e.In = r
	}
	return r
}

// WriteFile writes a file so that it is there whole or not at all, making its
// folder when it is missing. Errors are about that name.
func WriteFile(name string, data []byte) error {
	err := writeFile(name, data)
	if about, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: "write", Path: name, Err: about.Err}
	}
	return err
}

func writeFile(name string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
