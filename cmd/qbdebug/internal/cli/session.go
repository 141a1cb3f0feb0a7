package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// session is the state of a repl: the flags, changed command by command.
type session struct {
	options  *options
	registry *mapper.Registry
	where    string
}

// command is a word that a line can begin with.
type command struct {
	name, help string
	// words are what can follow.
	words []string
	run   func(ctx context.Context, s *session, arg string) error
}

// commands are all commands, in the order of help.
func commands() []command {
	set := func(at func(q *ask.Query) *string) func(context.Context, *session, string) error {
		return func(_ context.Context, s *session, arg string) error { *at(&s.options.query) = arg; return nil }
	}
	list := func(at func(q *ask.Query) *[]string) func(context.Context, *session, string) error {
		return func(_ context.Context, s *session, arg string) error {
			*at(&s.options.query) = splitList(arg)
			return nil
		}
	}
	number := func(at func(q *ask.Query) *int) func(context.Context, *session, string) error {
		return func(_ context.Context, s *session, arg string) error { return setNumber(at(&s.options.query), arg) }
	}
	onOff := func(at func(s *session) *bool) func(context.Context, *session, string) error {
		return func(_ context.Context, s *session, arg string) (err error) {
			*at(s), err = ask.Choice("on or off", arg, map[string]bool{"": !*at(s), "on": true, "off": false})
			return err
		}
	}
	switches := []string{"on", "off"}
	return []command{
		{"entity", "choose the root entity", nil, setEntity},
		{"where", "set the condition (the word may be left out) and print", nil, setWhere},
		{"populate", "relations to load: books.tags,publisher", nil, setPopulate},
		{"populate-where", "what is loaded of to-many relations: $infer, or a condition", []string{ask.Inferred}, set(func(q *ask.Query) *string { return &q.PopulateWhere })},
		{"strategy", "how relations are loaded", []string{"auto", "select-in", "joined", "balanced"}, set(func(q *ask.Query) *string { return &q.Strategy })},
		{"order", "order: name,-id", nil, list(func(q *ask.Query) *[]string { return &q.Order })},
		{"limit", "most roots to return; nothing for no limit", nil, number(func(q *ask.Query) *int { return &q.Limit })},
		{"offset", "roots to skip", nil, number(func(q *ask.Query) *int { return &q.Offset })},
		{"fields", "properties or aggregates to read", nil, list(func(q *ask.Query) *[]string { return &q.Fields })},
		{"group", "paths to group by", nil, list(func(q *ask.Query) *[]string { return &q.Group })},
		{"having", "condition on groups", nil, set(func(q *ask.Query) *string { return &q.Having })},
		{"count", "count the roots, on or off", switches, onOff(func(s *session) *bool { return &s.options.query.Count })},
		{"dialect", "back ends: sqlite,mongo or all", append(compile.Targets(), "all"), setDialect},
		{"params", "how parameters are printed", []string{"list", "inline"}, setParams},
		{"tree", "print the condition tree, on or off", switches, onOff(func(s *session) *bool { return &s.options.tree })},
		{"print", "print the statements again", nil, func(ctx context.Context, s *session, _ string) error { return s.print(ctx) }},
		{"reset", "forget everything but the entity", nil, reset},
		{"help", "list the commands", nil, help},
		{"quit", "leave", nil, func(context.Context, *session, string) error { return errQuit }},
	}
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// commandWords are the words that can follow commands.
func commandWords() map[string][]string {
	words := map[string][]string{}
	for _, c := range commands() {
		if c.words != nil {
			words[c.name] = c.words
		}
	}
	return words
}

// do runs one line; mistakes are printed and change nothing else. It reports the end of the session.
func (s *session) do(ctx context.Context, line string) (quit bool) {
	name, arg, _ := strings.Cut(line, " ")
	if strings.HasPrefix(line, "{") {
		name, arg = "where", line
	}
	if line == "" {
		return false
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	err := ask.Mistakef("unknown command %q%s; type help", name, suggest.Hint(name, commandNames()))
	if i >= 0 {
		err = all[i].run(ctx, s, strings.TrimSpace(arg))
	}
	var mistake *ask.Mistake
	switch {
	case errors.Is(err, errQuit):
		return true
	case errors.As(err, &mistake):
		fmt.Fprint(s.options.streams.Err, mistake.Text("qbdebug"))
	case err != nil:
		fmt.Fprintf(s.options.streams.Err, "qbdebug: %v\n", err)
	}
	return false
}

// print compiles and prints the query as it stands.
func (s *session) print(ctx context.Context) error {
	return s.options.printWith(ctx, s.registry, s.where)
}

func setEntity(_ context.Context, s *session, arg string) error {
	e, err := ask.Entity(s.registry, arg)
	if err == nil {
		s.options.query.Entity, s.where = e.Name, ""
	}
	return err
}

func setWhere(ctx context.Context, s *session, arg string) error {
	before := s.where
	s.where = arg
	err := s.print(ctx)
	if err != nil {
		s.where = before
	}
	return err
}

func setPopulate(_ context.Context, s *session, arg string) error {
	s.options.query.Populate = nil
	if arg != "" {
		s.options.query.Populate = []string{arg}
	}
	return nil
}

func setDialect(_ context.Context, s *session, arg string) error {
	if _, err := compile.ParseTargets(arg); err != nil {
		return &ask.Mistake{Err: err}
	}
	s.options.dialect = arg
	return nil
}

func setParams(_ context.Context, s *session, arg string) error {
	_, err := ask.Choice("params", arg, map[string]bool{"list": true, "inline": true})
	if err == nil {
		s.options.params = arg
	}
	return err
}

func setNumber(at *int, arg string) error {
	n := -1
	if arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil || n < 0 {
			return ask.Mistakef("%q is not a number", arg)
		}
	}
	*at = n
	return nil
}

// reset forgets the query but for its entity.
func reset(_ context.Context, s *session, _ string) error {
	s.where = ""
	s.options.query = ask.Query{Entity: s.options.query.Entity, Limit: -1, Offset: -1, Mapping: true}
	return nil
}

func help(_ context.Context, s *session, _ string) error {
	for _, c := range commands() {
		fmt.Fprintf(s.options.streams.Out, "  %-14s %s\n", c.name, c.help)
	}
	return nil
}

func splitList(text string) []string {
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
