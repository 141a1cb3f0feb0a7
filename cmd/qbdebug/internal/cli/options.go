package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/internal/pretty"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
	"github.com/weft-orm/weft/naming"
)

// options are the flags of a run.
type options struct {
	streams Streams

	models, naming, color string
	query                 ask.Query
	dialect, format       string
	params                string
	tree, stdin           bool
	dsn                   string
	run                   bool
}

// commonFlags are those of every command.
func (o *options) commonFlags(f *pflag.FlagSet) {
	f.StringVar(&o.models, "models", ".", "directory of the Go package with the entities")
	f.StringVar(&o.naming, "naming", "underscore", "naming strategy: underscore, underscore-singular, mongo, mongo-singular or entity-case")
	f.StringVar(&o.color, "color", "auto", "colour: auto, always or never")
	f.SortFlags = false
}

// queryFlags are those of the query and its output.
func (o *options) queryFlags(f *pflag.FlagSet) {
	q := &o.query
	f.StringVar(&q.Entity, "entity", "", "root entity")
	f.StringVar(&q.Where, "where", "", "condition as JSON")
	f.BoolVar(&o.stdin, "stdin", false, "read the condition from standard input")
	f.StringArrayVar(&q.Populate, "populate", nil, `relation to load: books.tags, *, or books={"limit": 5} with options`)
	f.StringVar(&q.PopulateWhere, "populate-where", "", "what is loaded of to-many relations: $infer for the condition's own parts, or a condition about the roots")
	f.StringVar(&q.Strategy, "strategy", "", "how relations are loaded: auto, select-in, joined or balanced")
	f.StringSliceVar(&q.Order, "order", nil, "order: name,-id")
	f.IntVar(&q.Limit, "limit", -1, "most roots to return")
	f.IntVar(&q.Offset, "offset", -1, "roots to skip")
	f.StringSliceVar(&q.Fields, "fields", nil, "properties to read: name,books.title, or aggregates: count(*),sum(pages)")
	f.StringArrayVar(&q.Filters, "filter", nil, `condition wherever an entity is read: Tag={"name:ne": "x"}; or a filter of the mapping with its parameters: tenant={"id": 1}`)
	f.StringSliceVar(&q.Without, "without-filter", nil, "filters of the mapping that are off: their names, or *")
	q.Mapping = true
	f.StringSliceVar(&q.Group, "group", nil, "paths to group by")
	f.StringVar(&q.Having, "having", "", "condition on groups: JSON, or SQL such as count(*) > 1")
	f.BoolVar(&q.Count, "count", false, "count the roots")
	f.BoolVar(&q.KeyIn, "key-in", false, "write semi-joins as key IN (sub-query)")
	f.BoolVar(&q.Exists, "exists", false, "write semi-joins as EXISTS (sub-query)")
	f.StringVar(&o.dialect, "dialect", "sqlite", "sqlite, postgres, mysql, mariadb, mongo, several of them, or all")
	f.StringVar(&o.format, "format", "text", "output: text or json")
	f.StringVar(&o.params, "params", "list", "parameters: list or inline")
	f.BoolVar(&o.tree, "tree", false, "print the condition tree and the logical query too")
	f.StringVar(&o.dsn, "dsn", "", "database to explain the statements on: sqlite:FILE, postgres://..., mysql://..., mongodb://...")
	f.BoolVar(&o.run, "run", false, "with --dsn: run the first statement and print its rows")
	f.SortFlags = false
}

// registry reads the entities; what could not be read is told on standard error.
func (o *options) registry(ctx context.Context) (*mapper.Registry, *gotypes.Report, error) {
	strategy, err := naming.Parse(o.naming)
	if err != nil {
		return nil, nil, &ask.Mistake{Err: err}
	}
	reg, report, err := gotypes.Load(ctx, o.models, gotypes.Options{Mapping: mapper.Options{Naming: strategy}})
	if report != nil {
		for _, line := range unknown(report) {
			fmt.Fprintf(o.streams.Err, "qbdebug: %s\n", line)
		}
	}
	return reg, report, err
}

// unknown says what could not be read from source, each sort of thing once.
func unknown(report *gotypes.Report) []string {
	var lines []string
	for _, u := range report.Unknown {
		place, what, _ := strings.Cut(u.String(), ": ")
		at := slices.IndexFunc(lines, func(line string) bool { return strings.HasSuffix(line, ": "+what) })
		if at < 0 {
			lines = append(lines, place+": "+what)
			continue
		}
		lines[at] = strings.TrimSuffix(lines[at], ": "+what) + ", " + place + ": " + what
	}
	return lines
}

// style is the colouring of standard output; nil is none.
func (o *options) style() (*pretty.Style, error) {
	on, err := ask.Choice("color", o.color, map[string]bool{"auto": o.streams.Terminal, "always": true, "never": false})
	if err != nil || !on {
		return nil, err
	}
	return pretty.NewStyle(), nil
}

// source returns the text of the condition.
func (o *options) source() (string, error) {
	if !o.stdin {
		return o.query.Where, nil
	}
	if o.query.Where != "" {
		return "", ask.Mistakef("--where and --stdin both give a condition")
	}
	text, err := io.ReadAll(o.streams.In)
	return string(text), err
}
