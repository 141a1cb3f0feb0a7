package migrate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// documentFile is a migration of a document database: commands in the notation of its
// engine, both ways.
type documentFile struct {
	// Weft is "generated" in files that the tool has written.
	Weft string `json:"weft,omitempty"`
	// Collections are those of the mapping once the file is applied, in generated files.
	Collections []string          `json:"collections,omitempty"`
	Up          []json.RawMessage `json:"up"`
	Down        []json.RawMessage `json:"down"`
}

var documentName = regexp.MustCompile(`^([0-9]+)_?(.*)\.json$`)

// ParseDocumentFile reads a file of commands, VERSION_name.json.
func ParseDocumentFile(name string, text []byte) (*File, error) {
	m := documentName.FindStringSubmatch(path.Base(name))
	if m == nil {
		return nil, fileError(name, 0, "a name is VERSION_what_it_does.json")
	}
	version, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || version == 0 {
		return nil, fileError(name, 0, "%q is no version", m[1])
	}
	var d documentFile
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return nil, fileError(name, 1+bytes.Count(text[:min(int(dec.InputOffset()), len(text))], []byte("\n")), "%v", err)
	}
	if d.Up == nil {
		return nil, fileError(name, 0, `there is no "up"`)
	}
	f := &File{Version: version, Name: m[2], Path: name, Checksum: checksum(text), text: text, documents: true,
		NoTransaction: true, Generated: d.Weft == "generated", Tables: d.Collections}
	at := 0
	for _, way := range []struct {
		from []json.RawMessage
		to   *[]Statement
	}{{d.Up, &f.Up}, {d.Down, &f.Down}} {
		for _, raw := range way.from {
			if i := bytes.Index(text[at:], raw); i >= 0 {
				at += i
			}
			s := Statement{SQL: compact(raw), Line: 1 + bytes.Count(text[:at], []byte("\n"))}
			c, err := parseCommand(s.SQL)
			if err != nil {
				return nil, fileError(name, s.Line, "%v", err)
			}
			s.Destroys, s.Probes = c.destroys(), c.probes(s.Line)
			*way.to = append(*way.to, s)
			at += len(raw)
		}
	}
	return f, nil
}

// compact is a JSON text without spaces between its words.
func compact(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// command is what is known of a command.
type command struct {
	// name is its first key, on the collection that it is about.
	name, on string
	body     struct {
		Validator json.RawMessage   `json:"validator"`
		Action    string            `json:"validationAction"`
		Indexes   []json.RawMessage `json:"indexes"`
		Index     json.RawMessage   `json:"index"`
		To        string            `json:"to"`
		Deletes   []struct {
			Q     map[string]json.RawMessage `json:"q"`
			Limit int                        `json:"limit"`
		} `json:"deletes"`
	}
}

func parseCommand(text string) (*command, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("a command is an object such as %s", `{"create": "books"}`)
	}
	t, err := dec.Token()
	name, ok := t.(string)
	if err != nil || !ok {
		return nil, fmt.Errorf("a command is an object such as %s", `{"create": "books"}`)
	}
	c := &command{name: name}
	if t, err = dec.Token(); err == nil {
		c.on, _ = t.(string)
	}
	_ = json.Unmarshal([]byte(text), &c.body) // other commands have other keys
	return c, nil
}

// destroys says what data a command destroys.
func (c *command) destroys() []string {
	switch c.name {
	case "drop":
		return []string{c.on + ": drops the collection with all its documents"}
	case "dropDatabase":
		return []string{"drops the database"}
	case "delete":
		for _, d := range c.body.Deletes {
			if len(d.Q) == 0 && d.Limit == 0 {
				return []string{c.on + ": deletes all documents"}
			}
		}
	}
	return nil
}

// renderDocuments writes a file of commands, one a line.
func renderDocuments(d documentFile) string {
	var b strings.Builder
	b.WriteString("{\n")
	if d.Weft != "" {
		names, _ := json.Marshal(d.Collections) // a list of strings
		fmt.Fprintf(&b, "  \"weft\": %q,\n  \"collections\": %s,\n", d.Weft, names)
	}
	for i, way := range []struct {
		name string
		list []json.RawMessage
	}{{"up", d.Up}, {"down", d.Down}} {
		fmt.Fprintf(&b, "  %q: [", way.name)
		for j, raw := range way.list {
			if j > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n    " + string(raw))
		}
		if len(way.list) > 0 {
			b.WriteString("\n  ")
		}
		b.WriteString("]")
		if i == 0 {
			b.WriteString(",")
		}
		b.WriteString("\n")
	}
	b.WriteString("}\n")
	return b.String()
}
