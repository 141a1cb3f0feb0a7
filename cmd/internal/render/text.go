package render

import (
	"fmt"
	"io"
	"regexp"

	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/table"
	"github.com/weft-orm/weft/internal/pretty"
)

// Options say how text is written.
type Options struct {
	// Inline writes parameters into the statement instead of below it.
	Inline bool
	// Tree adds the condition tree and the logical query.
	Tree bool
	// Style colours; nil writes plain text.
	Style *pretty.Style
}

// Text writes a report for people: for each target its statements in order, each
// headed by a comment, so that the output can be pasted into a console.
func Text(w io.Writer, r *Report, o Options) error {
	t := &textWriter{w: w, o: o}
	if o.Tree {
		t.trees(r.Targets[0].Steps)
	}
	for _, target := range r.Targets {
		for _, s := range target.Steps {
			t.statement(s, s.Statement)
		}
	}
	t.table("plan", r.Plan)
	t.table("rows", r.Rows)
	return t.err
}

type textWriter struct {
	w       io.Writer
	o       Options
	started bool
	err     error
}

func (t *textWriter) print(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

// gap puts an empty line between two pieces.
func (t *textWriter) gap() {
	if t.started {
		t.print("\n")
	}
	t.started = true
}

// statement writes one statement with its parameters.
func (t *textWriter) statement(s *Step, st *compile.Statement) {
	t.gap()
	comment := "--"
	if st.Target == compile.Mongo {
		comment = "//"
	}
	head := fmt.Sprintf("%s %s: %s", comment, st.Target, s.Plan.Name)
	if s.Plan.KeysName != "" {
		head += ", " + s.Plan.KeysName + " are " + s.Plan.KeysOf
	}
	t.print("%s\n", t.o.Style.Head(head))
	switch {
	case st.Err != nil:
		t.print("%s\n", t.o.Style.Failure(comment+" "+st.Err.Error()))
	case st.Target == compile.Mongo:
		t.print("%s\n", t.o.Style.Command(mongoText(st)))
	case t.o.Inline:
		t.print("%s;\n", t.o.Style.SQL(pretty.Layout(inline(st))))
	default:
		t.print("%s;\n", t.o.Style.SQL(pretty.Layout(st.Text)))
		for i, p := range st.Params {
			t.print("%s\n", t.o.Style.Param(fmt.Sprintf("--   %d: %s", i+1, literal(p, st.Target))))
		}
	}
}

// table writes what the database said.
func (t *textWriter) table(name string, rows *table.Table) {
	if rows == nil || t.err != nil {
		return
	}
	t.gap()
	t.print("%s\n", t.o.Style.Head("-- "+name))
	if t.err == nil {
		t.err = rows.Write(t.w)
	}
}

// hole is the place of a value in a command.
var hole = regexp.MustCompile(`\?\d+`)

// mongoText puts values, and the names of keys that are not known, into a command.
func mongoText(st *compile.Statement) string {
	return mapCode(st.Text, func(code string) string {
		return hole.ReplaceAllStringFunc(code, func(placeholder string) string {
			for _, p := range st.Params {
				if p.Placeholder == placeholder {
					return literal(p, st.Target)
				}
			}
			return placeholder
		})
	})
}

// Statement is a statement for people: broken into lines, its parameters as placeholders or,
// inline, in their places. It ends without a semicolon.
func Statement(st *compile.Statement, inlined bool) string {
	switch {
	case st.Target == compile.Mongo:
		return mongoText(st)
	case inlined:
		return pretty.Layout(inline(st))
	}
	return pretty.Layout(st.Text)
}

// Literal is a parameter as its dialect would write it.
func Literal(p compile.Param, target string) string { return literal(p, target) }
