package render

import (
	"encoding/json"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/table"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

type jsonReport struct {
	Entity   string       `json:"entity"`
	Dialects []jsonTarget `json:"dialects"`
	Plan     *table.Table `json:"plan,omitempty"`
	Rows     *table.Table `json:"rows,omitempty"`
}

type jsonTarget struct {
	Dialect string     `json:"dialect"`
	Steps   []jsonStep `json:"steps"`
}

type jsonStep struct {
	Name      string            `json:"name"`
	Entity    string            `json:"entity"`
	Keys      map[string]string `json:"keys,omitempty"`
	Condition string            `json:"condition,omitempty"`
	Text      string            `json:"text,omitempty"`
	Params    []any             `json:"params,omitempty"`
	Error     string            `json:"error,omitempty"`
}

// JSON writes a report for scripts, indented by two spaces. A parameter that is
// not known is {"name": "$owners"}; bytes are base64, times RFC 3339, numbers
// beyond 53 bits text.
func JSON(w io.Writer, r *Report, o Options) error {
	out := jsonReport{Entity: r.Entity, Plan: plain(r.Plan), Rows: plain(r.Rows)}
	for _, t := range r.Targets {
		target := jsonTarget{Dialect: t.Name}
		for _, s := range t.Steps {
			target.Steps = append(target.Steps, stepJSON(s, o))
		}
		out.Dialects = append(out.Dialects, target)
	}
	return encode(w, out)
}

// plain returns a table of values that JSON can hold.
func plain(t *table.Table) *table.Table {
	if t == nil {
		return nil
	}
	c := *t
	c.Rows = make([][]any, len(t.Rows))
	for i, row := range t.Rows {
		c.Rows[i] = make([]any, len(row))
		for j, v := range row {
			c.Rows[i][j] = paramJSON(compile.Param{Value: table.Plain(v)})
		}
	}
	return &c
}

// encode writes a value as indented JSON.
func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func stepJSON(s *Step, o Options) jsonStep {
	st := s.Statement
	out := jsonStep{Name: s.Plan.Name, Entity: s.Plan.Query.Entity.Name}
	if s.Plan.KeysName != "" {
		out.Keys = map[string]string{s.Plan.KeysName: s.Plan.KeysOf}
	}
	if o.Tree && s.Plan.Query.Where != nil {
		out.Condition = conditions.Print(s.Plan.Query.Where)
	}
	switch {
	case st.Err != nil:
		out.Error = st.Err.Error()
	case st.Target == compile.Mongo:
		out.Text = mongoText(st)
	case o.Inline:
		out.Text = inline(st)
	default:
		out.Text = st.Text
		for _, p := range st.Params {
			out.Params = append(out.Params, paramJSON(p))
		}
	}
	return out
}

// paramJSON is the JSON form of a parameter.
func paramJSON(p compile.Param) any {
	if p.Name != "" {
		return map[string]string{"name": p.Name}
	}
	const exact = 1 << 53
	switch v := p.Value.(type) {
	case int64:
		if v > exact || v < -exact {
			return strconv.FormatInt(v, 10)
		}
	case uint64:
		if v > exact {
			return strconv.FormatUint(v, 10)
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
	case [16]byte:
		return mapper.UUID(v).String()
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return p.Value
}
