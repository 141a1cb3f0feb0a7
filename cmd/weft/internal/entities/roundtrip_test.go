package entities_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/entities"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/schema"
)

// A module is a Go module outside of this one, with the packages generated for samples.
type module struct{ dir string }

func newModule(t *testing.T) *module {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	m := &module{t.TempDir()}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m.write(t, "go.sum", sums)
	m.write(t, "go.mod", []byte("module example.org/samples\n\ngo 1.26\n\nrequire github.com/weft-orm/weft v0.0.0\n\nreplace github.com/weft-orm/weft => "+root+"\n"))
	return m
}

func (m *module) write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := env.WriteFile(filepath.Join(m.dir, name), text); err != nil {
		t.Fatal(err)
	}
}

func (m *module) environment() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
}

func (m *module) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = m.dir, m.environment()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// A batch is what is generated for several databases: vetted and compiled at once.
type batch struct {
	*module
	t        *testing.T
	programs []*program
}

func newBatch(t *testing.T) *batch { return &batch{module: newModule(t), t: t} }

// inspected looks at a whole database. The engine is closed with the test.
func inspected(t *testing.T, connector driver.Connector) (driver.Engine, *entities.Database) {
	t.Helper()
	engine, err := connector.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	db, err := entities.Inspect(t.Context(), engine, entities.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return engine, db
}

// generate writes the entities of a sample in both styles, and compares them with the
// database: left is the golden file of what remains. seen is shown what was written.
func (b *batch) generate(t *testing.T, s sample, dir, left string, seen func(style string, r *entities.Result)) {
	connector, hand, address := s.open(lasting{t, b.t}, dir)
	engine, db := inspected(t, connector)
	var plans, names []string
	for _, style := range []string{"tags", "define"} {
		pkg := s.name + "_" + style
		result, err := entities.Generate(db, entities.Options{Style: style, Package: pkg}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range result.Files {
			b.write(t, pkg+"/"+f.Name, f.Source)
		}
		seen(style, result)
		plan, _ := b.compare(t, pkg, result.Naming, connector, engine)
		plans = append(plans, plan.String())
		if style == "tags" {
			golden.Check(t, left, told(t, db, result, plan))
		}
		names = result.Entities
	}
	if plans[0] != plans[1] {
		t.Errorf("plain structs differ otherwise from the database than tagged ones:\n%s\n%s", plans[0], plans[1])
	}
	b.programs = append(b.programs, &program{s.name, address, names, hand})
}

// read vets all packages, and reads the rows of every sample by one program.
func (b *batch) read(check func(t *testing.T, p *program, printed string)) {
	b.t.Helper()
	if len(b.programs) == 0 {
		return
	}
	for _, p := range b.programs {
		own, shared := p.sources()
		b.write(b.t, "read/"+p.sample+".go", own)
		b.write(b.t, "read/main.go", shared)
	}
	b.run(b.t, "go", "vet", "./...")
	b.run(b.t, "go", "build", "-ldflags", "-s -w", "-o", "reader", "./read")
	for _, p := range b.programs {
		b.t.Run(p.sample+" read", func(t *testing.T) { check(t, p, b.run(t, filepath.Join(b.dir, "reader"), p.sample)) })
	}
}

// TestSamples writes entities for every sample database and takes them round: they
// compile and pass vet, a comparison with the database finds nothing that the golden
// file does not explain, and every row and link is read through them.
func TestSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	dir := dataFolder(t)
	b := newBatch(t)
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			b.generate(t, s, dir, "samples/"+s.name+".txt", func(string, *entities.Result) {})
		})
	}
	b.read(func(t *testing.T, p *program, printed string) { p.check(t, printed) })
}

// compare reads the generated package from source, as the tools do, and compares it with the database.
func (m *module) compare(t *testing.T, pkg, strategyName string, connector driver.Connector, engine driver.Engine) (*schema.Plan, schema.Target) {
	t.Helper()
	strategy, err := naming.Parse(strategyName)
	if err != nil {
		t.Fatal(err)
	}
	limits := connector.(driver.Limiter).Limits()
	reg, report, err := gotypes.Load(t.Context(), filepath.Join(m.dir, pkg), gotypes.Options{
		Env: m.environment(), Mapping: mapper.Options{Naming: strategy, Limits: &limits},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range report.Unknown {
		t.Errorf("a tool cannot read %s", u)
	}
	target := env.NewTarget(reg, engine)
	plan, err := schema.Diff(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return plan, target
}

// told is the text of a golden file: what was recognised, and what is left, each with its reason.
func told(t *testing.T, db *entities.Database, r *entities.Result, plan *schema.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "names: %s\nentities: %s\n\nbeyond the mapping:\n", r.Naming, strings.Join(r.Entities, " "))
	for _, n := range r.Notes {
		b.WriteString("  " + n + "\n")
	}
	var reasons []string
	changes := map[string][]string{}
	for _, s := range plan.Statements {
		for _, line := range remaining(s.SQL) {
			why := reason(db, line)
			switch {
			case why == "":
				t.Errorf("no reason for: %s", line)
			case why != "-" && !slices.Contains(reasons, why):
				reasons = append(reasons, why)
			}
			if !slices.Contains(changes[why], line) {
				changes[why] = append(changes[why], line)
			}
		}
	}
	for _, why := range reasons {
		b.WriteString("\nleft by schema.Diff, because " + why + ":\n")
		for _, c := range changes[why] {
			b.WriteString("  " + c + "\n")
		}
	}
	return b.String()
}

var (
	spaces      = regexp.MustCompile(`\s+`)
	clause      = regexp.MustCompile(`, (?:ADD|DROP|MODIFY|ALTER|COLLATE)\b`)
	addedKey    = regexp.MustCompile("ADD CONSTRAINT [\"`]([^\"`]+)[\"`] FOREIGN KEY \\([\"`]([^\"`]+)[\"`]\\)")
	anyKey      = regexp.MustCompile("ADD CONSTRAINT [\"`][^\"`]+[\"`] FOREIGN KEY")
	droppedKey  = regexp.MustCompile("DROP (?:CONSTRAINT|FOREIGN KEY) [\"`]([^\"`]+)[\"`]")
	createIndex = regexp.MustCompile("(?:CREATE|ADD)( UNIQUE)? INDEX [\"`]([^\"`]+)[\"`](?: ON [\"`]([^\"`]+)[\"`])? \\(([^)]+)\\)")
	tableName   = regexp.MustCompile("(?:TABLE|ON) [\"`](?:new_)?([^\"`]+)[\"`]")
	dropIndex   = regexp.MustCompile("DROP INDEX [\"`]([^\"`]+)[\"`]")
)

// remaining takes a statement apart into changes.
func remaining(statement string) []string {
	text := strings.TrimSpace(spaces.ReplaceAllString(statement, " "))
	head, ok := strings.CutPrefix(text, "ALTER TABLE ")
	if !ok {
		return []string{text}
	}
	table, rest, _ := strings.Cut(head, " ")
	var lines []string
	for {
		i := clause.FindStringIndex(rest)
		if i == nil {
			return append(lines, "ALTER TABLE "+table+" "+rest)
		}
		lines = append(lines, "ALTER TABLE "+table+" "+rest[:i[0]])
		rest = rest[i[0]+2:]
	}
}

// reason explains a change; "-" is for the parts of one explained elsewhere.
func reason(db *entities.Database, change string) string {
	table := tableName.FindStringSubmatch(change)
	switch {
	case strings.HasPrefix(change, "CREATE TRIGGER"), strings.HasPrefix(change, "DROP TRIGGER"),
		strings.HasPrefix(change, "CREATE VIEW"), strings.HasPrefix(change, "DROP VIEW"):
		return "-" // of a table that is rebuilt: they come back
	case addedKey.MatchString(change) && isShared(db, table[1], addedKey.FindStringSubmatch(change)[2]):
		return "two relations share the column, of which the metadata keeps one target: the foreign key of the other is described wrongly"
	case strings.Contains(change, "RENAME CONSTRAINT"), strings.Contains(change, "RENAME INDEX"):
		return "a mapping gives foreign keys and their indexes no names: the database has this one under another"
	case anyKey.MatchString(change), droppedKey.MatchString(change):
		return "a mapping gives foreign keys no names: the database has this one under another"
	case strings.HasPrefix(change, "CREATE TABLE") && keyMayBeNull(db, table[1]):
		return "SQLite lets a key be NULL that is not declared NOT NULL, a mapping does not"
	case strings.HasPrefix(change, "CREATE TABLE"):
		return "SQLite rebuilds a table for a foreign key, which the database has under another name: a mapping gives them none"
	case strings.HasPrefix(change, "PRAGMA"), strings.HasPrefix(change, "INSERT INTO"), strings.HasPrefix(change, "DROP TABLE"), strings.Contains(change, "RENAME TO"):
		return "-"
	case strings.Contains(change, "ADD PRIMARY KEY"):
		return "the table has no primary key, and a unique index takes its place in the mapping"
	case createIndex.MatchString(change):
		m := createIndex.FindStringSubmatch(change)
		if m[3] == "" {
			m[3] = table[1]
		}
		return reasonOfIndex(db, m)
	case dropIndex.MatchString(change):
		return reasonOfDrop(db, dropIndex.FindStringSubmatch(change)[1])
	case strings.Contains(change, "COLLATE") && !strings.Contains(change, "MODIFY"), strings.Contains(change, "CHARSET"):
		return "the table has another collation for columns to come; a mapping declares those of columns"
	}
	return ""
}

// isShared reports a column in several foreign keys.
func isShared(db *entities.Database, table, column string) bool {
	n := 0
	for _, t := range db.Tables {
		for _, fk := range t.ForeignKeys {
			if t.Name == table && slices.Contains(fk.Columns, column) {
				n++
			}
		}
	}
	return n > 1
}

func keyMayBeNull(db *entities.Database, table string) bool {
	for _, t := range db.Tables {
		for _, c := range t.Columns {
			if t.Name == table && slices.Contains(t.Key, c.Name) && c.Nullable {
				return true
			}
		}
	}
	return false
}

func reasonOfIndex(db *entities.Database, m []string) string {
	columns := strings.FieldsFunc(m[4], func(r rune) bool { return strings.ContainsRune("\"`, ", r) })
	for _, t := range db.Tables {
		if t.Name != m[3] {
			continue
		}
		for _, ix := range t.Indexes {
			if slices.Equal(ix.Columns, columns) && ix.Name != m[2] && !strings.HasPrefix(ix.Name, "sqlite_autoindex") {
				return "the database has the index under the name " + ix.Name
			}
			if ix.Name == m[2] || strings.HasPrefix(ix.Name, "sqlite_autoindex") {
				return "-" // of a table that is rebuilt
			}
		}
		for _, fk := range t.ForeignKeys {
			if slices.Equal(fk.Columns, columns) {
				return "the foreign key has no index in the database, and weft gives it one"
			}
		}
	}
	return ""
}

func reasonOfDrop(db *entities.Database, name string) string {
	for _, t := range db.Tables {
		for _, fk := range t.ForeignKeys {
			if fk.Name == name {
				return "-" // it goes with a foreign key, and is made again
			}
		}
		for _, ix := range t.Indexes {
			switch {
			case ix.Name != name:
			case ix.Beyond != "":
				return "the index " + ix.Beyond
			case len(t.Columns) == len(t.Key) && len(t.ForeignKeys) == 2:
				return "the mapping of a join table has no words for further indexes"
			}
		}
	}
	return ""
}
