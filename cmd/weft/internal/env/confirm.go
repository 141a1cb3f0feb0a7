package env

import (
	"bufio"
	"fmt"
	"strings"
)

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
