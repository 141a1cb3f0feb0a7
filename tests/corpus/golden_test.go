package corpus_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
	"github.com/weft-orm/weft/tests/model"
)

// TestGolden shows every case side by side: the condition, its tree, and what each back end makes of it, exact text
// and exact arguments. Back ends whose text and arguments are equal byte for byte share an entry, and a case all of
// whose entries are those of an earlier one of its section only names that.
func TestGolden(t *testing.T) {
	tables, documents := relational(t), documents(t)
	texts := map[string]*strings.Builder{}
	var files []string
	var section string
	var seen map[string]string
	for _, c := range load(t) {
		b := texts[c.File]
		if b == nil {
			b = &strings.Builder{}
			texts[c.File], files, section = b, append(files, c.File), ""
		}
		if title := c.Entity + ": " + c.Topic; title != section {
			section, seen = title, map[string]string{}
			fmt.Fprintf(b, "## %s\n\n", title)
		}
		body := outputs(tables, documents, c)
		if first := seen[body]; first != "" {
			body = "as " + first + "\n"
		} else {
			seen[body] = c.Name
		}
		fmt.Fprintf(b, "== %s\n   %s\n%s\n", c.Name, c.Line(), body)
	}
	for _, f := range files {
		golden.Check(t, f+".golden", texts[f].String())
	}
}

func load(t testing.TB) []corpus.Case {
	t.Helper()
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// relational is the model as SQL engines map it, documents as MongoDB does.
func relational(t testing.TB) *mapper.Registry { return build(t, mapper.Options{}) }

func documents(t testing.TB) *mapper.Registry {
	precision := 3
	return build(t, mapper.Options{Naming: naming.Mongo{}, TimePrecision: &precision})
}

func build(t testing.TB, opts mapper.Options) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(opts, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// output is what one or more back ends make of a case.
type output struct {
	engines []string
	text    string
}

// outputs shows what becomes of a case.
func outputs(tables, documents *mapper.Registry, c corpus.Case) string {
	q, err := c.Query(tables, false)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var b strings.Builder
	if tree := q.Tree.String(); tree != "true" {
		fmt.Fprintf(&b, "   %s\n", tree)
	}
	var list []output
	for _, d := range sql.Dialects() {
		list = add(list, d.Name(), statement(d, q))
	}
	for _, o := range add(list, "mongo", command(c, documents)) {
		fmt.Fprintf(&b, "%s\n    %s\n", strings.Join(o.engines, ", "), strings.ReplaceAll(o.text, "\n", "\n    "))
	}
	return b.String()
}

func add(list []output, engine, text string) []output {
	for i := range list {
		if list[i].text == text {
			list[i].engines = append(list[i].engines, engine)
			return list
		}
	}
	return append(list, output{[]string{engine}, text})
}

// statement is the SQL of a dialect, and its parameters on a second line.
func statement(d *sql.Dialect, q *corpus.Query) string {
	st, err := d.Compile(q.Select)
	if err != nil {
		return "error: " + err.Error()
	}
	args, err := st.Bind(nil, q.Args)
	if err != nil {
		return st.Text + "\nerror: " + err.Error()
	}
	if len(args) == 0 {
		return st.Text
	}
	return st.Text + "\n" + corpus.Parameters(args)
}

// command is what MongoDB's shell would be told, values in place.
func command(c corpus.Case, reg *mapper.Registry) string {
	q, err := c.Query(reg, true)
	if err != nil {
		return "error: " + err.Error()
	}
	st, err := mongo.Printer{}.Print(q.Select, q.Args)
	if err != nil {
		return "error: " + err.Error()
	}
	return st.Text
}
