package migrate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// File is one migration: a version, a name, and the statements of both ways.
type File struct {
	// Version orders files. Name is what follows it in the file's name.
	Version int64
	Name    string
	// Path is the name of the file, for messages; Base its last part.
	Path string
	// Up and Down are the statements of both ways, in order. Without Down there is no way back.
	Up, Down []Statement
	// NoTransaction: the file runs statement by statement.
	NoTransaction bool
	// Generated reports that the tool has written the file, so that its marks are complete.
	Generated bool
	// Tables are the tables of the mapping once the file is applied, in generated files.
	Tables []string
	// Views are the views of the mapping then.
	Views []string
	// Replaces are the files that a squashed one stands for, with what they said: version to checksum.
	Replaces map[int64]string
	// Checksum tells whether the file has changed.
	Checksum string

	text []byte
	step *step
	// documents: the statements are commands of a document database.
	documents bool
}

// Statement is one statement of a file.
type Statement struct {
	// SQL is the text without a closing semicolon.
	SQL string
	// Line is where it begins.
	Line int
	// Destroys says what data it destroys, whatever rows there are; Hazards what it can fail at.
	Destroys []string
	Hazards  []string
	// Probes count the rows in its way. It is not run while there are any.
	Probes []Probe

	// marks are those of the file about it, as they stand there.
	marks []string
}

// Base is the file's name without its folder.
func (f *File) Base() string { return path.Base(f.Path) }

var fileName = regexp.MustCompile(`^([0-9]+)_?(.*)\.sql$`)

// Checksum of a text, whatever its line ends are.
func checksum(text []byte) string {
	sum := sha256.Sum256(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	return hex.EncodeToString(sum[:16])
}

// ParseFile reads a file in the format of goose.
func ParseFile(name string, text []byte) (*File, error) {
	m := fileName.FindStringSubmatch(path.Base(name))
	if m == nil {
		return nil, fileError(name, 0, "a name is VERSION_what_it_does.sql")
	}
	version, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || version == 0 {
		return nil, fileError(name, 0, "%q is no version", m[1])
	}
	f := &File{Version: version, Name: m[2], Path: name, Checksum: checksum(text), text: text}
	p := &parser{file: f}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if err := p.line(strings.TrimSuffix(lines.Text(), "\r")); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fileError(name, p.number, "%v", err)
	}
	return f, p.end()
}

func fileError(name string, line int, format string, args ...any) error {
	if line > 0 {
		name = fmt.Sprintf("%s:%d", name, line)
	}
	return &Error{Class: ErrFile, Names: []string{name}, Remedy: fmt.Sprintf(format, args...)}
}

// A parser reads a file line by line, as goose does: a statement ends at a line whose
// last word ends with a semicolon, unless StatementBegin and StatementEnd are around it.
type parser struct {
	file   *File
	number int
	// into is the list of the direction that is being read, nil before the first.
	into *[]Statement
	// whole: between StatementBegin and StatementEnd.
	whole   bool
	current []string
	pending Statement
	// about is what the marks read last say of a probe that may follow.
	about Probe
}

func (p *parser) line(text string) error {
	p.number++
	trimmed := strings.TrimSpace(text)
	if word, ok := strings.CutPrefix(trimmed, "-- +goose "); ok {
		return p.annotation(strings.TrimSpace(word))
	}
	if word, ok := strings.CutPrefix(trimmed, "-- weft:"); ok && !p.whole {
		return p.mark(word)
	}
	if p.into == nil {
		if trimmed != "" && !strings.HasPrefix(trimmed, "--") {
			return fileError(p.file.Path, p.number, "a statement before -- +goose Up")
		}
		return nil
	}
	if len(p.current) == 0 && (trimmed == "" || strings.HasPrefix(trimmed, "--")) && !p.whole {
		return nil
	}
	if len(p.current) == 0 {
		p.pending.Line = p.number
	}
	p.current = append(p.current, text)
	if !p.whole && endsStatement(text) {
		p.finish()
	}
	return nil
}

// endsStatement reports that the last word before a comment ends with a semicolon.
func endsStatement(line string) bool {
	last := ""
	for _, word := range strings.Fields(line) {
		if strings.HasPrefix(word, "--") {
			break
		}
		last = word
	}
	return strings.HasSuffix(last, ";")
}

func (p *parser) annotation(word string) error {
	switch strings.ToUpper(word) {
	case "UP":
		p.into = &p.file.Up
	case "DOWN":
		if len(p.current) > 0 {
			return fileError(p.file.Path, p.number, "the statement before has no semicolon at its end")
		}
		p.into = &p.file.Down
	case "NO TRANSACTION":
		p.file.NoTransaction = true
	case "STATEMENTBEGIN":
		if p.whole || p.into == nil {
			return fileError(p.file.Path, p.number, "StatementBegin at the wrong place")
		}
		p.whole = true
	case "STATEMENTEND":
		if !p.whole {
			return fileError(p.file.Path, p.number, "StatementEnd without StatementBegin")
		}
		p.whole = false
		p.finish()
	default:
		return fileError(p.file.Path, p.number, "unknown annotation %q; there are Up, Down, NO TRANSACTION, StatementBegin and StatementEnd", word)
	}
	return nil
}

// mark reads what the tool writes into its files.
func (p *parser) mark(text string) error {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	s := &p.pending
	switch word {
	case "generated":
		p.file.Generated = true
	case "tables":
		p.file.Tables = append(p.file.Tables, strings.Fields(rest)...)
	case "views":
		p.file.Views = append(p.file.Views, strings.Fields(rest)...)
	case "destroys":
		s.Destroys = append(s.Destroys, rest)
		p.about = Probe{Step: rest, Destroys: true}
	case "hazard":
		s.Hazards = append(s.Hazards, rest)
		p.about = Probe{Step: rest}
	case "remedy":
		p.about.Remedy = rest
	case "probe":
		probe := p.about
		if err := probe.read(rest); err != nil {
			return fileError(p.file.Path, p.number, "%v", err)
		}
		probe.Line = p.number
		s.Probes = append(s.Probes, probe)
		if n := len(s.Destroys); probe.Destroys && n > 0 && s.Destroys[n-1] == probe.Step {
			s.Destroys = s.Destroys[:n-1] // whether it does is asked
		}
	case "replaces":
		fields := strings.Fields(rest)
		version, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil || len(fields) < 2 {
			return fileError(p.file.Path, p.number, "replaces needs a version and a checksum")
		}
		if p.file.Replaces == nil {
			p.file.Replaces = map[int64]string{}
		}
		p.file.Replaces[version] = fields[1]
	default:
		return fileError(p.file.Path, p.number, "unknown mark weft:%s", word)
	}
	switch word {
	case "destroys", "hazard", "remedy", "probe":
		s.marks = append(s.marks, "-- weft:"+word+" "+rest)
	}
	return nil
}

// finish ends a statement.
func (p *parser) finish() {
	text := strings.TrimSpace(strings.Join(p.current, "\n"))
	for strings.HasSuffix(text, ";") && !strings.HasSuffix(strings.ToLower(text), "end;") {
		text = strings.TrimSpace(strings.TrimSuffix(text, ";"))
	}
	p.current = nil
	if strings.TrimSpace(withoutComments(text)) != "" {
		p.pending.SQL = text
		*p.into = append(*p.into, p.pending)
	}
	p.pending, p.about = Statement{}, Probe{}
}

func (p *parser) end() error {
	switch {
	case p.whole:
		return fileError(p.file.Path, p.number, "StatementBegin without StatementEnd")
	case strings.TrimSpace(withoutComments(strings.Join(p.current, "\n"))) != "":
		return fileError(p.file.Path, p.number, "the last statement has no semicolon at its end")
	case p.into == nil:
		return fileError(p.file.Path, 0, "there is no -- +goose Up")
	}
	return nil
}
