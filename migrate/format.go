package migrate

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	atlas "ariga.io/atlas/sql/migrate"

	"github.com/weft-orm/weft/internal/suggest"
)

// Format is how files are named and written.
type Format string

// The formats of files. All but goose's are for teams whose pipeline runs another
// tool: weft plans their files and sees that they agree with the mapping; what weft
// itself runs it notes in goose's history.
const (
	// Goose: VERSION_name.sql with both ways in one file.
	Goose Format = "goose"
	// GolangMigrate: VERSION_name.up.sql and VERSION_name.down.sql.
	GolangMigrate Format = "golang-migrate"
	// Flyway: VVERSION__name.sql and UVERSION__name.sql.
	Flyway Format = "flyway"
	// DBMate: VERSION_name.sql with "-- migrate:up" and "-- migrate:down".
	DBMate Format = "dbmate"
)

// Formats are all of them, the default first.
func Formats() []Format { return []Format{Goose, GolangMigrate, Flyway, DBMate} }

// ParseFormat finds a format by its name; "" is goose's.
func ParseFormat(name string) (Format, error) {
	if name == "" {
		return Goose, nil
	}
	var names []string
	for _, f := range Formats() {
		if string(f) == name {
			return f, nil
		}
		names = append(names, string(f))
	}
	return "", &Error{Class: ErrFile, Names: []string{strconv.Quote(name)}, Remedy: "a format is one of " + strings.Join(names, ", ") + suggest.Hint(name, names)}
}

// names find version and name of the files of a format; down those of the way back.
var formatNames = map[Format]struct{ up, down *regexp.Regexp }{
	GolangMigrate: {regexp.MustCompile(`^([0-9]+)_?(.*)\.up\.sql$`), regexp.MustCompile(`^([0-9]+)_?(.*)\.down\.sql$`)},
	Flyway:        {regexp.MustCompile(`^V([0-9]+)__(.*)\.sql$`), regexp.MustCompile(`^U([0-9]+)__(.*)\.sql$`)},
	DBMate:        {regexp.MustCompile(`^([0-9]+)_?(.*)\.sql$`), nil},
}

// LoadFormat is [Load] for files of a format.
func LoadFormat(fsys fs.FS, format Format, steps ...*File) (*Set, error) {
	if format == Goose || format == "" {
		return Load(fsys, steps...)
	}
	names, known := formatNames[format]
	if !known {
		_, err := ParseFormat(string(format))
		return nil, err
	}
	s := &Set{files: slices.Clone(steps)}
	downs := map[string]string{}
	err := walk(fsys, func(name string, text []byte) error {
		if path.Ext(name) != ".sql" {
			return nil
		}
		if names.down != nil {
			if m := names.down.FindStringSubmatch(path.Base(name)); m != nil {
				downs[m[1]] = string(text)
				return nil
			}
		}
		m := names.up.FindStringSubmatch(path.Base(name))
		if m == nil {
			return fileError(name, 0, "that is no name of %s", format)
		}
		version, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || version == 0 {
			return fileError(name, 0, "%q is no version", m[1])
		}
		f := &File{Version: version, Name: m[2], Path: name, Checksum: checksum(text), text: text}
		s.files = append(s.files, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range s.files {
		if f.step != nil {
			continue
		}
		up, down := string(f.text), downs[strconv.FormatInt(f.Version, 10)]
		if format == DBMate {
			if up, down, err = f.sections(); err != nil {
				return nil, err
			}
		}
		if f.Up, err = f.scan(up); err == nil {
			f.Down, err = f.scan(down)
		}
		if err != nil {
			return nil, err
		}
	}
	s.sort()
	return s, s.duplicates()
}

var dbmateMark = regexp.MustCompile(`(?m)^-- migrate:(up|down)(.*)$`)

// sections takes the two ways of a file of dbmate apart, line numbers kept.
func (f *File) sections() (up, down string, err error) {
	text := string(f.text)
	marks := dbmateMark.FindAllStringSubmatchIndex(text, -1)
	if len(marks) == 0 || text[marks[0][2]:marks[0][3]] != "up" {
		return "", "", fileError(f.Path, 0, "there is no -- migrate:up")
	}
	f.NoTransaction = strings.Contains(text[marks[0][4]:marks[0][5]], "transaction:false")
	if len(marks) == 1 {
		return text, "", nil
	}
	at := marks[1][0]
	return text[:at], strings.Repeat("\n", strings.Count(text[:at], "\n")) + text[at:], nil
}

// scan reads statements, and the marks in the comments before them.
func (f *File) scan(text string) ([]Statement, error) {
	list, err := atlas.Stmts(text)
	if err != nil {
		return nil, fileError(f.Path, 0, "%v", err)
	}
	p := &parser{file: f}
	var out []Statement
	for _, s := range list {
		p.number = strings.Count(text[:s.Pos], "\n") + 1
		p.pending, p.about = Statement{Line: p.number}, Probe{}
		for _, comment := range s.Comments {
			for line := range strings.SplitSeq(comment, "\n") {
				if mark, ok := strings.CutPrefix(strings.TrimSpace(line), "-- weft:"); ok {
					if err := p.mark(mark); err != nil {
						return nil, err
					}
				}
			}
		}
		p.pending.SQL = strings.TrimRight(strings.TrimSpace(s.Text), "; \n")
		out = append(out, p.pending)
	}
	return out, nil
}

// Written is a file to be written.
type Written struct{ Name, Text string }

// Files returns a draft in a format: one file, or one for each way.
func (d *Draft) Files(format Format) ([]Written, error) {
	if format == Goose || format == "" || d.documents {
		return []Written{{d.File(), d.Text}}, nil
	}
	f, err := ParseFile(d.File(), []byte(d.Text))
	if err != nil {
		return nil, err
	}
	head, _, _ := strings.Cut(d.Text, "\n-- +goose Up\n")
	head = strings.ReplaceAll(head, "-- +goose NO TRANSACTION\n", "")
	up, down := script(f.Up), script(f.Down)
	switch format {
	case GolangMigrate:
		return []Written{
			{fmt.Sprintf("%d_%s.up.sql", d.Version, d.Name), head + up},
			{fmt.Sprintf("%d_%s.down.sql", d.Version, d.Name), down},
		}, nil
	case Flyway:
		return []Written{
			{fmt.Sprintf("V%d__%s.sql", d.Version, d.Name), head + up},
			{fmt.Sprintf("U%d__%s.sql", d.Version, d.Name), down},
		}, nil
	case DBMate:
		mark := ""
		if f.NoTransaction {
			mark = " transaction:false"
		}
		return []Written{{d.File(), "-- migrate:up" + mark + "\n" + head + up + "\n-- migrate:down" + mark + "\n" + down}}, nil
	}
	_, err = ParseFormat(string(format))
	return nil, err
}

// script writes statements with their marks.
func script(list []Statement) string {
	var b strings.Builder
	for _, s := range list {
		for _, mark := range s.marks {
			b.WriteString(mark + "\n")
		}
		b.WriteString(s.SQL + ";\n")
	}
	return b.String()
}
