package ormlog

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/internal/logkey"
	"github.com/weft-orm/weft/internal/pretty"
)

// page is the text of one record in the making.
type page struct {
	style *pretty.Style
	text  strings.Builder
	// statement are the attributes of weft's that have a form of their own.
	statement map[string]slog.Value
}

// own are the attributes that are not shown as key and value.
var own = map[string]bool{
	logkey.Entity: true, logkey.Statement: true, logkey.Params: true, logkey.Rows: true, logkey.Took: true, logkey.Slow: true,
	logkey.Error: true, logkey.Event: true, logkey.Server: true, logkey.Entities: true, logkey.Hint: true, logkey.Savepoint: true,
}

// namespaces are the messages of weft's records.
var namespaces = map[string]bool{logkey.Query: true, logkey.Transaction: true, logkey.Discovery: true, logkey.Hydration: true}

func (p *page) word(s string) { p.text.WriteString(s + " ") }

func (p *page) grey(s string) { p.word(p.style.Param(s)) }

func (p *page) level(l slog.Level) {
	text := fmt.Sprintf("%-5s", l)
	switch {
	case l >= slog.LevelError:
		text = p.style.Failure(text)
	case l >= slog.LevelWarn:
		text = p.style.Warning(text)
	}
	p.word(text)
}

// record writes message and attributes; those of weft's records come in an order of their own.
func (p *page) record(message string, attrs []slog.Attr, prefix string) {
	p.word(p.style.Head(message))
	var rest []slog.Attr
	for _, a := range attrs {
		key := strings.TrimPrefix(a.Key, prefix)
		if namespaces[message] && own[key] {
			p.statement[key] = a.Value
		} else {
			rest = append(rest, a)
		}
	}
	p.facts()
	for _, a := range rest {
		p.grey(a.Key + "=" + plain(a.Value))
	}
	p.below()
}

// facts writes what stands in the first line.
func (p *page) facts() {
	for _, key := range []string{logkey.Event, logkey.Savepoint, logkey.Entity} {
		if v, ok := p.statement[key]; ok {
			p.word(plain(v))
		}
	}
	if v, ok := p.statement[logkey.Took]; ok {
		took := rounded(v)
		if _, slow := p.statement[logkey.Slow]; slow {
			took = p.style.Warning(took + " (slow)")
		}
		p.word(took)
	}
	p.count(logkey.Rows, "row")
	p.count(logkey.Entities, "entit")
	if v, ok := p.statement[logkey.Server]; ok {
		p.word("on " + plain(v))
	}
}

func (p *page) count(key, noun string) {
	v, ok := p.statement[key]
	if !ok {
		return
	}
	endings := map[string][2]string{"row": {"", "s"}, "entit": {"y", "ies"}}[noun]
	ending := endings[1]
	if v.Kind() == slog.KindInt64 && v.Int64() == 1 {
		ending = endings[0]
	}
	p.word(plain(v) + " " + noun + ending)
}

// below writes statement, parameters, error and hint, indented.
func (p *page) below() {
	if v, ok := p.statement[logkey.Statement]; ok {
		text := v.String()
		if strings.HasPrefix(text, "db.") {
			p.lines(p.style.Command(text))
		} else {
			p.lines(p.style.SQL(pretty.Layout(text)))
		}
	}
	if v, ok := p.statement[logkey.Params]; ok {
		if list, isList := v.Any().([]any); !isList || len(list) > 0 {
			p.lines(p.style.Param("-- " + parameters(v.Any())))
		}
	}
	if v, ok := p.statement[logkey.Error]; ok {
		p.lines(p.style.Failure(v.String()))
	}
	if v, ok := p.statement[logkey.Hint]; ok {
		p.lines(p.style.Warning(v.String()))
	}
}

func (p *page) lines(text string) {
	line := strings.TrimRight(p.text.String(), " ")
	p.text.Reset()
	p.text.WriteString(line + "\n    " + strings.ReplaceAll(text, "\n", "\n    "))
}

// rounded shows a duration with three digits or so.
func rounded(v slog.Value) string {
	if v.Kind() != slog.KindDuration {
		return plain(v)
	}
	d := v.Duration()
	for unit := time.Second; unit >= time.Microsecond; unit /= 1000 {
		if d >= unit {
			return d.Round(unit / 100).String()
		}
	}
	return d.String()
}

// parameters shows a list of values, text in quotes.
func parameters(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = parameters(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// plain shows a value on one line, in quotes where it would be mistaken.
func plain(v slog.Value) string {
	s := v.String()
	if v.Kind() == slog.KindTime {
		return v.Time().Format(time.RFC3339Nano)
	}
	if s == "" || strings.ContainsAny(s, "\n\t\"=") || strings.Contains(s, " ") && v.Kind() != slog.KindString {
		return strconv.Quote(s)
	}
	return s
}
