package schema

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// ObjectKind is the kind of an [Object].
type ObjectKind string

// The kinds of objects.
const (
	Function  ObjectKind = "function"
	Procedure ObjectKind = "procedure"
	Trigger   ObjectKind = "trigger"
	// Exclusion is an exclusion constraint, of PostgreSQL.
	Exclusion ObjectKind = "exclusion"
)

// Object is a trigger, routine or exclusion constraint that is written as SQL. It is made with the tables of
// the mapping, made anew when its text has changed or the database has another, and
// dropped when it is not given any more.
type Object struct {
	// Kind says what it is.
	Kind ObjectKind `json:"kind"`
	// Name is its name, Table that of the table of a trigger or constraint, as the database writes
	// them; both stand in the connection's own schema.
	Name  string `json:"name"`
	Table string `json:"table,omitempty"`
	// SQL is the statement that creates it, without a closing semicolon.
	SQL string `json:"sql"`
}

// Objects gives the triggers and routines that belong to the mapping. Given none, those
// that were made before are dropped; without the option they are not looked at.
func Objects(list ...Object) Option {
	return func(o *options) { o.objects, o.managesObjects = append(o.objects, list...), true }
}

var (
	objectHead = regexp.MustCompile("(?is)^create\\s+(?:or\\s+replace\\s+)?(?:definer\\s*=\\s*\\S+\\s+)?(?:aggregate\\s+|constraint\\s+|temp\\s+|temporary\\s+)?(trigger|function|procedure)\\s+(?:if\\s+not\\s+exists\\s+)?" + identifier + "(.)")
	objectOn   = regexp.MustCompile(`(?is)\son\s+` + identifier + `(.)`)
	// ALTER TABLE bookings ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (...)
	exclusionHead = regexp.MustCompile(`(?is)^alter\s+table\s+(?:only\s+)?` + identifier + `\s+add\s+constraint\s+` + identifier + `\s+exclude\s`)
	replacing     = regexp.MustCompile(`(?is)^create\s+or\s+replace\s`)
)

const identifier = "([\\pL_][\\pL\\pN_$]*|\"[^\"]+\"|`[^`]+`)"

// ParseObject reads the statement that creates an object, for a dialect. Comments before
// it belong to it.
func ParseObject(dialect, text string) (Object, error) {
	o := Object{SQL: strings.TrimRight(strings.TrimSpace(text), "; \t\r\n")}
	bare := strings.TrimSpace(leadingComments.ReplaceAllString(o.SQL, ""))
	if m := exclusionHead.FindStringSubmatch(bare); m != nil {
		o.Kind, o.Table, o.Name = Exclusion, unquoted(dialect, m[1]), unquoted(dialect, m[2])
		return o, nil
	}
	head := objectHead.FindStringSubmatchIndex(bare)
	if head == nil {
		return o, fmt.Errorf("schema: %w: a statement that creates a trigger, function or procedure, or adds an exclusion constraint, is wanted", ErrObject)
	}
	o.Kind = ObjectKind(strings.ToLower(bare[head[2]:head[3]]))
	o.Name = unquoted(dialect, bare[head[4]:head[5]])
	rest := bare[head[6]:]
	if rest[0] == '.' {
		return o, fmt.Errorf("schema: %w: %s %s: a name without a schema is wanted: it stands in the connection's own", ErrObject, o.Kind, o.Name)
	}
	if o.Kind == Trigger {
		on := objectOn.FindStringSubmatch(rest)
		if on == nil || on[2] == "." {
			return o, fmt.Errorf("schema: %w: trigger %s: ON and a table without a schema are wanted", ErrObject, o.Name)
		}
		o.Table = unquoted(dialect, on[1])
	}
	if len(o.SQL) < len(string(o.Kind)) || strings.ContainsAny(o.Name+o.Table, "'\"`\\") {
		return o, fmt.Errorf("schema: %w: %s %q has a name that cannot be quoted", ErrObject, o.Kind, o.Name)
	}
	return o, nil
}

var leadingComments = regexp.MustCompile(`^(?:\s*--[^\n]*\n)+`)

// unquoted is a name as the database keeps it.
func unquoted(dialect, name string) string {
	switch {
	case name[0] == '"' || name[0] == '`':
		return name[1 : len(name)-1]
	case dialect == "postgres":
		return strings.ToLower(name)
	}
	return name
}

// dialectFile finds the dialect that a file is for, "touch_books.postgres.sql".
var dialectFile = regexp.MustCompile(`\.(sqlite|postgres|mysql|mariadb)\.sql$`)

// LoadObjects reads the files of a folder that end in .sql, each of which creates one
// object, in order of their names. A file whose name ends in .sqlite.sql, .postgres.sql,
// .mysql.sql or .mariadb.sql is for that dialect alone; MariaDB takes those for MySQL
// where there is none of its own.
func LoadObjects(fsys fs.FS, dialect string) ([]Object, error) {
	if fsys == nil {
		return nil, fmt.Errorf("schema: %w: the folder", ErrArgument)
	}
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	slices.Sort(names)
	var list []Object
	for _, name := range names {
		if m := dialectFile.FindStringSubmatch(name); m != nil && m[1] != dialect {
			own := strings.TrimSuffix(name, ".mysql.sql") + ".mariadb.sql"
			if dialect != "mariadb" || m[1] != "mysql" || slices.Contains(names, own) {
				continue
			}
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
		o, err := ParseObject(dialect, string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
		if slices.ContainsFunc(list, o.same) {
			return nil, fmt.Errorf("%s: schema: %w: %s %s is made by two files", path.Base(name), ErrObject, o.Kind, o.Name)
		}
		list = append(list, o)
	}
	return list, nil
}

// onTable reports a kind whose names belong to a table.
func (k ObjectKind) onTable() bool { return k == Trigger || k == Exclusion || k.isPolicy() }

// same reports the same object, whatever its statement is.
func (o Object) same(other Object) bool {
	return o.Kind == other.Kind && o.Name == other.Name && (!o.Kind.onTable() || o.Table == other.Table)
}
