package studio

import (
	"encoding/json"
	"fmt"
	"go/format"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/input"
	"github.com/weft-orm/weft/naming"
)

// code is a find as Go code to copy, "" for what is no find of entities.
func (s *Studio) code(q *ask.Query) string {
	if r, err := q.Request(s.db.Registry()); err != nil || r.Grouped() {
		return ""
	}
	name := path.Base(s.opts.Package)
	if name == "." || name == "/" {
		name = "model"
	}
	function, result := "Find", naming.Underscore{}.Table(q.Entity)
	if q.Count {
		function, result = "Count", "n"
	}
	w := &codeWriter{}
	fmt.Fprintf(w, "%s, err := orm.%s[%s.%s](ctx, em, ", camel(result), function, name, q.Entity)
	w.condition(q.Where)
	w.options(q)
	w.WriteString(")")
	text, err := format.Source([]byte(w.String()))
	if err != nil {
		return ""
	}
	return string(text)
}

// camel turns the words of a table's name into those of a variable.
func camel(name string) string {
	words := strings.Split(name, "_")
	for i := 1; i < len(words); i++ {
		if words[i] != "" {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	return strings.Join(words, "")
}

type codeWriter struct{ strings.Builder }

// condition writes a condition's JSON as a literal.
func (w *codeWriter) condition(text string) {
	d, err := input.Parse(text)
	if strings.TrimSpace(text) == "" || err != nil {
		w.WriteString("nil")
		return
	}
	w.value(d.Value())
}

// options writes what follows the condition, each on a line of its own.
func (w *codeWriter) options(q *ask.Query) {
	option := func(name string, args ...string) {
		if len(args) == 0 {
			return
		}
		w.WriteString(",\n\torm." + name + "(" + strings.Join(args, ", ") + ")")
	}
	var plain []string
	for _, text := range q.Populate {
		hint, rest, found := strings.Cut(text, "=")
		if !found {
			plain = append(plain, quotedList(strings.Split(text, ","))...)
			continue
		}
		if literal := hintLiteral(strings.TrimSpace(hint), rest); literal != "" {
			option("PopulateHint", literal)
		}
	}
	option("Populate", plain...)
	switch {
	case q.PopulateWhere == ask.Inferred:
		option("PopulateWhere", "orm.Infer")
	case q.PopulateWhere != "":
		inner := &codeWriter{}
		inner.condition(q.PopulateWhere)
		option("PopulateWhere", inner.String())
	}
	option("Fields", quotedList(q.Fields)...)
	if q.Count {
		return
	}
	option("OrderBy", quotedList(q.Order)...)
	if q.Limit >= 0 {
		option("Limit", strconv.Itoa(q.Limit))
	}
	if q.Offset >= 0 {
		option("Offset", strconv.Itoa(q.Offset))
	}
	if q.Strategy != "" {
		option("Strategy", strconv.Quote(q.Strategy))
	}
}

// hintLiteral writes a path with options as an orm.Hint.
func hintLiteral(at, options string) string {
	d, err := input.Parse(options)
	if err != nil {
		return ""
	}
	values, _ := d.Value().(map[string]any)
	w := &codeWriter{}
	w.WriteString("orm.Hint{Path: " + strconv.Quote(at))
	names := map[string]string{"where": "Where", "order": "OrderBy", "fields": "Fields", "strategy": "Strategy", "limit": "Limit", "offset": "Offset"}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		w.WriteString(", " + names[key] + ": ")
		text, isText := values[key].(string)
		switch {
		case key == "where" && text == ask.Inferred:
			w.WriteString("orm.Infer")
		case isText && (key == "order" || key == "fields"):
			w.WriteString("[]string{" + strings.Join(quotedList(strings.Split(text, ",")), ", ") + "}")
		default:
			w.value(values[key])
		}
	}
	return w.String() + "}"
}

func quotedList(texts []string) []string {
	list := make([]string, 0, len(texts))
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			list = append(list, strconv.Quote(text))
		}
	}
	return list
}

// value writes a value of JSON as a Go literal, keys in order.
func (w *codeWriter) value(v any) {
	switch v := v.(type) {
	case nil:
		w.WriteString("nil")
	case string:
		w.WriteString(strconv.Quote(v))
	case json.Number:
		w.WriteString(v.String())
	case map[string]any:
		w.WriteString("orm.M{")
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				w.WriteString(", ")
			}
			w.WriteString(strconv.Quote(key) + ": ")
			w.value(v[key])
		}
		w.WriteString("}")
	case []any:
		w.WriteString("[]any{")
		for i, item := range v {
			if i > 0 {
				w.WriteString(", ")
			}
			w.value(item)
		}
		w.WriteString("}")
	default:
		fmt.Fprint(w, v)
	}
}
