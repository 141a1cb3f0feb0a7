package env

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
