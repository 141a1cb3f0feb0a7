package ask

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weft-orm/weft/cmd/internal/input"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Mistake is a mistake in what was typed, with the place where there is one.
type Mistake struct {
	Err error
	// Source is the text the mistake stands in, "" when there is none, and Span the piece at fault.
	Source string
	Span   input.Span
}

// Error returns the message without the place.
func (e *Mistake) Error() string { return e.Err.Error() }

// Unwrap returns the mistake itself.
func (e *Mistake) Unwrap() error { return e.Err }

// Mistakef makes a mistake without a place.
func Mistakef(format string, args ...any) error {
	return &Mistake{Err: fmt.Errorf(format, args...)}
}

// Text is the message, headed by the name of a program, and below it the line at fault with carets under the piece.
func (e *Mistake) Text(program string) string {
	message := program + ": " + e.Err.Error() + "\n"
	if e.Source == "" {
		return message
	}
	start, end := e.Span.Start, e.Span.End
	from := strings.LastIndexByte(e.Source[:start], '\n') + 1
	line, _, _ := strings.Cut(e.Source[from:], "\n")
	end = min(max(end, start+1), from+len(line))
	number := ""
	if n := strings.Count(e.Source, "\n"); n > 0 && strings.TrimSpace(e.Source[strings.IndexByte(e.Source, '\n'):]) != "" {
		number = fmt.Sprintf("%d: ", strings.Count(e.Source[:start], "\n")+1)
	}
	blank := strings.Map(blankOf, number+line[:start-from])
	carets := strings.Repeat("^", max(1, utf8.RuneCountInString(e.Source[start:max(start, end)])))
	return message + "  " + number + line + "\n  " + blank + carets + "\n"
}

// blankOf keeps tabs, so that carets stand where the terminal puts the text.
func blankOf(r rune) rune {
	if r == '\t' {
		return r
	}
	return ' '
}

func syntaxMistake(err error) error {
	var syntax *input.SyntaxError
	if errors.As(err, &syntax) {
		return &Mistake{fmt.Errorf("not valid JSON: %s", syntax.Message), syntax.Text, syntax.Span}
	}
	return err
}

// mistake finds the place of an error among the texts that were typed.
func (q *Query) mistake(err error) error {
	var cond *conditions.Error
	var path *populate.Error
	var step *qb.Error
	m := &Mistake{Err: err}
	switch {
	case errors.As(err, &cond):
		q.conditionPlace(m, cond)
	case errors.As(err, &path):
		m.pathPlace(q.Populate, path.Path, path.Piece)
	case errors.As(err, &step):
		m.pathPlace(slices.Concat(q.Order, q.Group, q.Fields), step.Path, "")
	}
	return m
}

// conditionPlace finds the condition in which the keys of an error lead somewhere;
// those of populate hints are the member "where" of their options.
func (q *Query) conditionPlace(m *Mistake, e *conditions.Error) {
	for _, text := range slices.Concat([]string{q.Where, q.Having, q.PopulateWhere}, q.Filters, q.Populate) {
		begin := strings.IndexByte(text, '{')
		if begin < 0 || text == q.Where {
			begin = 0
		}
		d, err := input.Parse(text[begin:])
		if err != nil {
			continue
		}
		for _, keys := range [][]string{e.Keys, append([]string{"where"}, e.Keys...)} {
			if d.Has(keys) {
				span := faulty(d, e, keys)
				m.Source, m.Span = text, input.Span{Start: span.Start + begin, End: span.End + begin}
				return
			}
		}
	}
}

// faulty is the piece of a document that an error is about: part of a key, or a
// value that cannot be used.
func faulty(d *input.Document, e *conditions.Error, keys []string) input.Span {
	key, value := d.Find(keys)
	switch {
	case errors.Is(e, conditions.ErrValue):
		return value
	case len(e.Keys) > 0 && e.Length > 0 && key.End-key.Start == len(keys[len(keys)-1]):
		return input.Span{Start: key.Start + e.Offset, End: key.Start + e.Offset + e.Length}
	}
	return key
}

// pathPlace finds a path among the texts of flags, and a piece in it.
func (m *Mistake) pathPlace(texts []string, path, piece string) {
	for _, text := range texts {
		at := strings.Index(text, path)
		if path == "" || at < 0 {
			continue
		}
		m.Source, m.Span = text, input.Span{Start: at, End: at + len(path)}
		if i := strings.Index(path, piece); piece != "" && i >= 0 {
			m.Span = input.Span{Start: at + i, End: at + i + len(piece)}
		}
		return
	}
}
