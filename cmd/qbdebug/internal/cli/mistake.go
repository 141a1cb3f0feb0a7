package cli

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

// mistakeError is a mistake in what was typed, with the place where there is one.
type mistakeError struct {
	err error
	// source is the text the mistake stands in, "" when there is none, and span the piece at fault.
	source string
	span   input.Span
}

// Error returns the message without the place.
func (e *mistakeError) Error() string { return e.err.Error() }

// Unwrap returns the mistake itself.
func (e *mistakeError) Unwrap() error { return e.err }

func mistakef(format string, args ...any) error {
	return &mistakeError{err: fmt.Errorf(format, args...)}
}

// text is the message, and below it the line at fault with carets under the piece.
func (e *mistakeError) text() string {
	message := "qbdebug: " + e.err.Error() + "\n"
	if e.source == "" {
		return message
	}
	start, end := e.span.Start, e.span.End
	from := strings.LastIndexByte(e.source[:start], '\n') + 1
	line, _, _ := strings.Cut(e.source[from:], "\n")
	end = min(max(end, start+1), from+len(line))
	number := ""
	if n := strings.Count(e.source, "\n"); n > 0 && strings.TrimSpace(e.source[strings.IndexByte(e.source, '\n'):]) != "" {
		number = fmt.Sprintf("%d: ", strings.Count(e.source[:start], "\n")+1)
	}
	blank := strings.Map(blankOf, number+line[:start-from])
	carets := strings.Repeat("^", max(1, utf8.RuneCountInString(e.source[start:max(start, end)])))
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
		return &mistakeError{fmt.Errorf("not valid JSON: %s", syntax.Message), syntax.Text, syntax.Span}
	}
	return err
}

// mistake finds the place of an error among the texts that were typed.
func (q *queryFlags) mistake(err error, where string) error {
	var cond *conditions.Error
	var path *populate.Error
	var step *qb.Error
	m := &mistakeError{err: err}
	switch {
	case errors.As(err, &cond):
		q.conditionPlace(m, cond, where)
	case errors.As(err, &path):
		m.pathPlace(q.populate, path.Path, path.Piece)
	case errors.As(err, &step):
		m.pathPlace(slices.Concat(q.order, q.group, q.fields), step.Path, "")
	}
	return m
}

// conditionPlace finds the condition in which the keys of an error lead somewhere;
// those of populate hints are the member "where" of their options.
func (q *queryFlags) conditionPlace(m *mistakeError, e *conditions.Error, where string) {
	for _, text := range slices.Concat([]string{where, q.having, q.populateWhere}, q.filters, q.populate) {
		begin := strings.IndexByte(text, '{')
		if begin < 0 || text == where {
			begin = 0
		}
		d, err := input.Parse(text[begin:])
		if err != nil {
			continue
		}
		for _, keys := range [][]string{e.Keys, append([]string{"where"}, e.Keys...)} {
			if d.Has(keys) {
				span := faulty(d, e, keys)
				m.source, m.span = text, input.Span{Start: span.Start + begin, End: span.End + begin}
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
func (m *mistakeError) pathPlace(texts []string, path, piece string) {
	for _, text := range texts {
		at := strings.Index(text, path)
		if path == "" || at < 0 {
			continue
		}
		m.source, m.span = text, input.Span{Start: at, End: at + len(path)}
		if i := strings.Index(path, piece); piece != "" && i >= 0 {
			m.span = input.Span{Start: at + i, End: at + i + len(piece)}
		}
		return
	}
}
