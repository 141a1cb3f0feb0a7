package sql

import (
	"strings"

	"github.com/doug-martin/goqu/v9/exp"
)

// fragments collects the text of a clause and what goqu has to place within it.
// Clauses nest: one that is written in the midst of another leaves no trace there.
type fragments struct {
	text   []byte
	places []place
}

// place is where a parameter or a sub-query stands.
type place struct {
	// at is the offset in the text.
	at int
	// what is the number of a use, or an expression of goqu's.
	what any
}

// clause hands what print writes to goqu.
func (f *fragments) clause(print func()) exp.LiteralExpression {
	start, first := len(f.text), len(f.places)
	print()
	e := f.literal(start, f.places[first:])
	f.text, f.places = f.text[:start], f.places[:first]
	return e
}

// literal is the text from start on. goqu takes each question mark of a literal
// with arguments for a placeholder, so that the text is an argument itself
// wherever there are others.
func (f *fragments) literal(start int, places []place) exp.LiteralExpression {
	text := string(f.text[start:])
	if len(places) == 0 {
		return exp.NewLiteralExpression(text)
	}
	args, from := make([]any, 0, 2*len(places)+1), 0
	piece := func(to int) {
		if to > from {
			args = append(args, exp.NewLiteralExpression(text[from:to]))
		}
		from = to
	}
	for _, p := range places {
		piece(p.at - start)
		args = append(args, p.what)
	}
	piece(len(text))
	return exp.NewLiteralExpression(strings.Repeat("?", len(args)), args...)
}

func (f *fragments) write(text string) { f.text = append(f.text, text...) }

// place leaves a place to goqu.
func (f *fragments) place(what any) { f.places = append(f.places, place{len(f.text), what}) }

// part writes something in the midst of a format.
type part func()

// format writes SQL with a part for each question mark.
func (f *fragments) format(format string, parts ...part) {
	for _, print := range parts {
		text, rest, _ := strings.Cut(format, "?")
		f.write(text)
		print()
		format = rest
	}
	f.write(format)
}

// test is format for something truth-valued, which always has parentheses.
func (f *fragments) test(format string, parts ...part) {
	f.write("(")
	f.format(format, parts...)
	f.write(")")
}

// verbatim is text in which question marks mean themselves.
func (f *fragments) verbatim(text string) part { return func() { f.write(text) } }

// each writes n items with a separator between them.
func (f *fragments) each(n int, separator string, print func(i int)) {
	for i := range n {
		if i > 0 {
			f.write(separator)
		}
		print(i)
	}
}
