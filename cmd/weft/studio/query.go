package studio

import (
	"net/http"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/complete"
	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/cmd/internal/render"
)

// A query is what the playground's fields hold; the words are those of qbdebug's flags.
type query struct {
	Entity        string   `json:"entity"`
	Where         string   `json:"where"`
	Populate      []string `json:"populate"`
	PopulateWhere string   `json:"populateWhere"`
	Order         []string `json:"order"`
	Fields        []string `json:"fields"`
	Group         []string `json:"group"`
	Having        string   `json:"having"`
	Filters       []string `json:"filters"`
	Limit         *int     `json:"limit"`
	Offset        *int     `json:"offset"`
	Strategy      string   `json:"strategy"`
	Count         bool     `json:"count"`
}

// words reads the fields. SQL, which the flags take for groups, is refused: a page must
// not be able to say what is run.
func (q *query) words() (*ask.Query, error) {
	if h := strings.TrimSpace(q.Having); h != "" && !strings.HasPrefix(h, "{") {
		return nil, ask.Mistakef(`a condition on groups is JSON here: {"count(*) >": 1}`)
	}
	w := &ask.Query{
		Entity: q.Entity, Where: q.Where, Having: q.Having, Populate: filled(q.Populate), PopulateWhere: q.PopulateWhere,
		Order: filled(q.Order), Fields: filled(q.Fields), Group: filled(q.Group), Filters: filled(q.Filters),
		Limit: -1, Offset: -1, Strategy: q.Strategy, Count: q.Count,
	}
	for _, n := range []struct {
		from *int
		to   *int
		name string
	}{{q.Limit, &w.Limit, "limit"}, {q.Offset, &w.Offset, "offset"}} {
		if n.from == nil {
			continue
		}
		if *n.from < 0 {
			return nil, ask.Mistakef("the %s is below 0", n.name)
		}
		*n.to = *n.from
	}
	return w, nil
}

// filled leaves out blank texts.
func filled(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// compiled is what a query becomes.
type compiled struct {
	// Tree is the condition in normal form and the logical query.
	Tree string `json:"tree"`
	// Code is the find as Go code, "" for groups and counts that have another form.
	Code    string   `json:"code"`
	Targets []target `json:"targets"`
	// Lit are the relations that the query walks, "Author.books".
	Lit []string `json:"lit"`
}

type target struct {
	Dialect string `json:"dialect"`
	Steps   []step `json:"steps"`
}

type step struct {
	Name   string   `json:"name"`
	Entity string   `json:"entity"`
	Text   string   `json:"text"`
	Inline string   `json:"inline"`
	Params []string `json:"params"`
	// Keys says which keys the statement waits for.
	Keys  string `json:"keys,omitempty"`
	Error string `json:"error,omitempty"`
}

func (s *Studio) compile(_ *http.Request, in *query) (*compiled, error) {
	words, err := in.words()
	if err != nil {
		return nil, err
	}
	report, err := words.Report(s.db.Registry(), compile.Targets())
	if err != nil {
		return nil, err
	}
	out := &compiled{Code: s.code(words), Lit: lit(report)}
	for i, t := range report.Targets {
		to := target{Dialect: t.Name}
		for _, st := range t.Steps {
			to.Steps = append(to.Steps, stepOf(st))
			if i == 0 {
				out.Tree += "-- " + st.Plan.Name + ": " + st.Plan.Query.Entity.Name + "\n" + render.Tree(st.Plan.Query)
			}
		}
		out.Targets = append(out.Targets, to)
	}
	return out, nil
}

func stepOf(s *render.Step) step {
	out := step{Name: s.Plan.Name, Entity: s.Plan.Query.Entity.Name, Params: []string{}}
	if s.Statement.Err != nil {
		out.Error = s.Statement.Err.Error()
		return out
	}
	if s.Plan.KeysName != "" {
		out.Keys = s.Plan.KeysName + " are " + s.Plan.KeysOf
	}
	out.Text, out.Inline = render.Statement(s.Statement, false), render.Statement(s.Statement, true)
	if s.Statement.Target != compile.Mongo {
		for _, p := range s.Statement.Params {
			out.Params = append(out.Params, render.Literal(p, s.Statement.Target))
		}
	}
	return out
}

// lit lists the relations that a query's conditions and hints walk.
func lit(r *render.Report) []string {
	list := []string{}
	for _, s := range r.Targets[0].Steps {
		for _, p := range plan.Walked(s.Plan) {
			if name := p.Entity.Name + "." + p.Path; !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// completion asks what a text can go on with.
type completion struct {
	Entity string `json:"entity"`
	// Field is "where" for a condition, else a list of paths.
	Field string `json:"field"`
	// Text is what stands before the cursor.
	Text string `json:"text"`
}

type completed struct {
	// From is where the words begin in the text, in bytes.
	From  int      `json:"from"`
	Words []string `json:"words"`
}

func (s *Studio) complete(_ *http.Request, in *completion) (*completed, error) {
	e, err := ask.Entity(s.db.Registry(), in.Entity)
	if err != nil {
		return nil, err
	}
	c := &complete.Context{Registry: s.db.Registry(), Entity: e}
	if in.Field == "where" {
		return at(c.Condition(in.Text)), nil
	}
	return at(c.Paths(in.Text)), nil
}

func at(head string, words []string) *completed {
	return &completed{From: len(head), Words: append([]string{}, words...)}
}
