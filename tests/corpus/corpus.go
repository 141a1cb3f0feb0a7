package corpus

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed cases/*.txt
var files embed.FS

// Case is one condition with its options.
type Case struct {
	// File is the data file's name without extension, Topic its section, Name the case.
	File, Topic, Name string
	// Entity is the root.
	Entity string
	// Source is the condition as written, Where the same as Go values: maps,
	// slices, strings, bools, nil, int64, float64 for what is no integer, and what
	// the tags {"$col": path}, {"$raw": [text, arguments...]}, {"$regexp": text} and {"$bytes": base64} stand for.
	Source string
	Where  any
	// Options are the options as written.
	Options string
	// Order and Populate list entries; Strategy is "" unless given.
	Order, Populate []string
	Strategy        string
	// Limit and Offset are -1 when absent.
	Limit, Offset int
}

// String names the case: "to-many/Author one-to-many/dotted".
func (c Case) String() string {
	return c.File + "/" + c.Entity + " " + c.Topic + "/" + c.Name
}

// Line is the condition with its options, as written.
func (c Case) Line() string {
	if c.Options == "" {
		return c.Source
	}
	return c.Source + " | " + c.Options
}

// Portable reports that all engines and the naive evaluator must answer alike.
// What $fulltext and raw SQL find is the affair of each engine.
func (c Case) Portable() bool {
	return !strings.Contains(c.Source, "fulltext") && !strings.Contains(c.Source, `"$raw"`)
}

// Load returns all cases, files in alphabetical order.
func Load() ([]Case, error) {
	paths, err := fs.Glob(files, "cases/*.txt")
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, path := range paths {
		text, err := files.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "cases/"), ".txt")
		cases, err := parse(name, text)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	return all, nil
}

func parse(file string, text []byte) ([]Case, error) {
	var cases []Case
	var entity, topic string
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" {
			continue
		}
		if header, ok := strings.CutPrefix(line, "## "); ok {
			entity, topic, _ = strings.Cut(header, ": ")
			continue
		}
		c, err := parseCase(line)
		if err != nil {
			return nil, fmt.Errorf("corpus: %s.txt:%d: %w", file, n, err)
		}
		c.File, c.Entity, c.Topic = file, entity, topic
		cases = append(cases, c)
	}
	return cases, lines.Err()
}

func parseCase(line string) (Case, error) {
	c := Case{Limit: -1, Offset: -1}
	name, rest, ok := strings.Cut(line, "  ")
	if !ok {
		return c, fmt.Errorf("no two spaces after the name: %q", line)
	}
	source, options, _ := strings.Cut(rest, " | ")
	c.Name, c.Source, c.Options = name, strings.TrimSpace(source), options
	where, err := decode(c.Source)
	if err != nil {
		return c, err
	}
	c.Where = where
	return c, c.setOptions(options)
}

// setOptions reads "order=name desc,-id limit=10": a word with "=" begins an option.
func (c *Case) setOptions(text string) error {
	var key string
	values := map[string][]string{}
	for _, word := range strings.Fields(text) {
		if k, v, ok := strings.Cut(word, "="); ok {
			key, word = k, v
		}
		values[key] = append(values[key], word)
	}
	for key, words := range values {
		value := strings.Join(words, " ")
		var err error
		switch key {
		case "order":
			c.Order = strings.Split(value, ",")
		case "populate":
			c.Populate = strings.Split(value, ",")
		case "strategy":
			c.Strategy = value
		case "limit":
			c.Limit, err = strconv.Atoi(value)
		case "offset":
			c.Offset, err = strconv.Atoi(value)
		default:
			err = fmt.Errorf("unknown option %q", key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
