package migrate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/migrate"
)

// Books whose next mapping asks more of the rows that are there.
type (
	book1 struct {
		_      struct{} `orm:"table=books,name=Book"`
		ID     int64
		Code   string  `orm:",length=40"`
		Title  *string `orm:",length=40"`
		Weight int32
		Shelf  int64
	}
	book2 struct {
		_      struct{} `orm:"table=books,name=Book,check='weight > 0'"`
		ID     int64
		Code   string `orm:",length=40,unique"`
		Name   string `orm:",length=40,was=title"`
		Isbn   string `orm:",length=20"`
		Weight int16
		Shelf  *bookShelf `orm:"shelf,required"`
	}
	bookShelf struct {
		_  struct{} `orm:"table=shelves,name=Shelf"`
		ID int64
	}
	// One step more each.
	bookIsbn struct {
		_      struct{} `orm:"table=books,name=Book"`
		ID     int64
		Code   string  `orm:",length=40"`
		Title  *string `orm:",length=40"`
		Weight int32
		Shelf  int64
		Isbn   string `orm:",length=20"`
	}
	bookName struct {
		_      struct{} `orm:"table=books,name=Book"`
		ID     int64
		Code   string `orm:",length=40"`
		Name   string `orm:",length=40,was=title"`
		Weight int32
		Shelf  int64
	}
)

// books are a file that makes the table, and one of another mapping.
func books(t *testing.T, s server, entities ...any) (f *folder, second string) {
	t.Helper()
	f = newFolder()
	f.plan(t, s, "books", []any{book1{}})
	draft := f.plan(t, s, "more", entities)
	return f, draft.File()
}

// withRows applies the first file, and puts rows in.
func withRows(t *testing.T, s server, f *folder, rows ...string) driver.Engine {
	t.Helper()
	e := s.open(t)
	_, err := migrator(t, e, f.set(t), migrate.To(f.set(t).Files()[0].Version)).Up(t.Context())
	must(t, err)
	for _, r := range rows {
		run(t, e, "insert into books (code, title, weight, shelf) values ("+r+")")
	}
	return e
}

func obstructed(t *testing.T, err error) *migrate.ObstacleError {
	t.Helper()
	found, ok := errors.AsType[*migrate.ObstacleError](err)
	if !ok || !errors.Is(err, migrate.ErrObstructed) {
		t.Fatalf("got %v", err)
	}
	return found
}

func inShort(list []migrate.Obstacle) string {
	var words []string
	for _, o := range list {
		words = append(words, fmt.Sprintf("%s%v:%d", o.Table, o.Columns, o.Rows))
	}
	return strings.Join(words, " ")
}

// TestObstacles refuses files in whose way rows are, says so before, and runs them once the
// rows are gone; a table without rows is in nobody's way.
func TestObstacles(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		f, second := books(t, s, book2{}, bookShelf{})
		e := withRows(t, s, f, "'a', null, 1, 7", "'a', 'x', 0, 7", "'b', 'y', 40000, 7")
		m := migrator(t, e, f.set(t))
		names, err := m.Up(t.Context())
		found := obstructed(t, err)
		if len(names) != 0 || found.Name != second || found.Kept {
			t.Errorf("%v, %+v", names, found)
		}
		told(t, err, migrate.ErrObstructed, second, "mend the rows in a step before", "nothing of the file was run", "--allow-destructive")
		first := conditions(t, m)
		if !strings.HasSuffix(first, ":pending") {
			t.Errorf("got %s", first)
		}
		if _, err := handle(e).Exec("select title, weight from books"); err != nil {
			t.Errorf("something of the file stays: %v", err)
		}
		ahead, err := m.Obstacles(t.Context())
		must(t, err)
		status, err := m.Status(t.Context())
		must(t, err)
		if len(ahead) == 0 || len(status[1].Obstacles) != len(ahead) || len(status[0].Obstacles) != 0 {
			t.Errorf("%v, %+v", ahead, status)
		}
		run(t, e, "delete from books")
		_, err = m.Up(t.Context())
		must(t, err)
		noDrift(t, s, e, f.set(t), book2{}, bookShelf{})
	})
}

// TestEachObstacle counts the rows in the way of single steps.
func TestEachObstacle(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		f, _ := books(t, s, bookIsbn{})
		e := withRows(t, s, f, "'a', null, 1, 7", "'b', 'x', 1, 7")
		_, err := migrator(t, e, f.set(t)).Up(t.Context())
		found := obstructed(t, err)
		if got := inShort(found.Obstacles); got != "books[isbn]:2" || found.Obstacles[0].Remedy == "" || found.Obstacles[0].Line == 0 || errors.Is(err, migrate.ErrDestructive) {
			t.Errorf("%+v", found)
		}
		_, err = migrator(t, e, f.set(t), migrate.AllowDestructive()).Up(t.Context())
		if s.name == "mysql" { // which fills the column in
			must(t, err)
		} else {
			told(t, err, migrate.ErrStatement)
		}

		// A column that is renamed in the same file is asked about under its new name.
		f, second := books(t, s, bookName{})
		e = withRows(t, s, f, "'a', null, 1, 7", "'b', 'x', 1, 7")
		m := migrator(t, e, f.set(t))
		_, err = m.Up(t.Context())
		found = obstructed(t, err)
		if got := inShort(found.Obstacles); got != "books[name]:1" {
			t.Errorf("got %s", got)
		}
		if s.name == "mysql" { // the rename stays
			if got := conditions(t, m); !found.Kept || !strings.HasSuffix(got, ":halfway") {
				t.Errorf("%s, %v", got, found)
			}
			_, err = m.Up(t.Context())
			if again := obstructed(t, err); inShort(again.Obstacles) != "books[name]:1" || !again.Kept {
				t.Errorf("%+v", again)
			}
			run(t, e, "update books set name = '' where name is null")
			_, err = m.Up(t.Context())
			must(t, err)
			noDrift(t, s, e, f.set(t), bookName{})
		} else if found.Kept {
			t.Errorf("%+v", found)
		}

		// A step that fills the rows, put into the file before the mark, clears the way.
		text := string(f.MapFS[second].Data)
		if strings.Count(text, "-- weft:hazard books.name") != 1 {
			t.Fatal(text)
		}
		f.add(second, strings.Replace(text, "-- weft:hazard books.name", "UPDATE books SET name = 'none' WHERE name IS NULL;\n-- weft:hazard books.name", 1))
		e = withRows(t, s, f, "'a', null, 1, 7", "'b', 'x', 1, 7")
		_, err = migrator(t, e, f.set(t)).Up(t.Context())
		must(t, err)
		if n := count(t, e, "select count(*) from books where name = 'none'"); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

// TestNarrowed lets a type be narrowed where all values fit, and not where one does not.
func TestNarrowed(t *testing.T) {
	type narrow struct {
		_      struct{} `orm:"table=books,name=Book"`
		ID     int64
		Code   string  `orm:",length=10"`
		Title  *string `orm:",length=40"`
		Weight int16
		Shelf  int64
	}
	for _, s := range servers[1:] { // types of SQLite have no width
		t.Run(s.name, func(t *testing.T) {
			f, second := books(t, s, narrow{})
			e := withRows(t, s, f, "'a', null, 40000, 7", "'longer than ten', 'x', 1, 7")
			m := migrator(t, e, f.set(t))
			_, err := m.Up(t.Context())
			if found := obstructed(t, err); inShort(found.Obstacles) != "books[code]:1 books[weight]:1" || !errors.Is(err, migrate.ErrDestructive) || !found.Obstacles[0].Destroys {
				t.Errorf("%+v", found)
			}
			status, err := m.Status(t.Context())
			must(t, err)
			if last := status[1]; last.Name != second || len(last.Destroys) != 0 || len(last.Obstacles) != 2 {
				t.Errorf("%+v", last)
			}
			run(t, e, "delete from books where weight > 32767 or length(code) > 10")
			run(t, e, "insert into books (code, weight, shelf) values ('fits', 32767, 1)")
			_, err = m.Up(t.Context())
			must(t, err)
			noDrift(t, s, e, f.set(t), narrow{})
		})
	}
}

// TestProbeByHand reads marks that people wrote.
func TestProbeByHand(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		e := s.open(t)
		file := func(mark string) *folder {
			f := newFolder()
			f.add("1_a.sql", "-- +goose Up\ncreate table a (id int primary key, n int);\ninsert into a values (1, 1);\ninsert into a values (2, null);\n")
			f.add("2_b.sql", "-- +goose Up\n"+mark+"create table b (id int primary key);\n")
			return f
		}
		up := func(mark string, opts ...migrate.Option) error {
			set, err := migrate.Load(file(mark))
			if err == nil {
				_, err = migrator(t, e, set, opts...).Up(t.Context())
			}
			return err
		}
		found := obstructed(t, up("-- weft:probe a: select count(*) from a where n is null\n"))
		if found.Error() != "migrate: 2_b.sql:3: rows are in the way: 1 row of a; nothing of the file was run; --allow-destructive runs it all the same" {
			t.Errorf("got %v", found)
		}
		found = obstructed(t, up("-- weft:destroys numbers\n-- weft:remedy copy them\n-- weft:probe \"an a\"(n, \"the id\"): select 1 from a where n is null;\n"))
		if o := found.Obstacles[0]; o.Table != "an a" || inShort(found.Obstacles) != "an a[n the id]:1" || o.Step != "numbers" || o.Remedy != "copy them" || !errors.Is(found, migrate.ErrDestructive) {
			t.Errorf("%+v", o)
		}
		for _, mark := range []string{"a", "select 1", "a(: select 1", "a(n select 1", "a: delete from a", "(n): select 1", "a:"} {
			err := up("-- weft:probe " + mark + "\n")
			if !errors.Is(err, migrate.ErrFile) || !strings.Contains(err.Error(), "2_b.sql:2") {
				t.Errorf("%s: %v", mark, err)
			}
		}
		err := up("-- weft:probe a: select count(*) from nowhere\n")
		var beside *migrate.RunError
		if !errors.As(err, &beside) || !errors.Is(err, driver.ErrUndefined) || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), "mend the mark") {
			t.Errorf("refused by the server: %v", err)
		}
		m := migrator(t, e, file("-- weft:probe a: select count(*) from nowhere\n").set(t))
		if list, err := m.Obstacles(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		must(t, up("-- weft:probe a: select count(*) from a where n > 1\n"))
	})
}

// TestProbesAreForReading asks a probe that writes: looking at the status lets it not.
func TestProbesAreForReading(t *testing.T) {
	s := servers[1]
	e := s.open(t)
	run(t, e, "create table a (id int primary key)")
	run(t, e, "insert into a values (1)")
	f := newFolder()
	f.add("1_b.sql", "-- +goose Up\n-- weft:probe a: with gone as (delete from a returning 1) select count(*) from gone\ncreate table b (id int);\n")
	m := migrator(t, e, f.set(t))
	_, err := m.Status(t.Context())
	must(t, err)
	if n := count(t, e, "select count(*) from a"); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// TestProbesElsewhere runs files with probes by goose's own code, carries the marks through a
// squash and into other formats, and plans the same bytes twice.
func TestProbesElsewhere(t *testing.T) {
	everywhere(t, func(t *testing.T, s server) {
		f, second := books(t, s, book2{}, bookShelf{})
		text := string(f.MapFS[second].Data)
		again, _ := books(t, s, book2{}, bookShelf{})
		if got := string(again.MapFS[second].Data); got != text {
			t.Errorf("planned otherwise:\n%s\n%s", text, got)
		}
		n := strings.Count(text, "-- weft:probe ")
		up, down, _ := strings.Cut(text, "-- +goose Down")
		if n < 5 || strings.Contains(down, "weft:probe") {
			t.Errorf("%d probes\n%s", n, text)
		}
		marks := 0
		for line := range strings.Lines(up) {
			if strings.HasPrefix(line, "-- weft:probe ") || strings.HasPrefix(line, "-- weft:hazard ") || strings.HasPrefix(line, "-- weft:remedy ") {
				marks++
			}
		}
		e := s.open(t)
		dialect := map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres, "mysql": goose.DialectMySQL}[s.name]
		p, err := goose.NewProvider(dialect, handle(e), f)
		must(t, err)
		_, err = p.Up(t.Context())
		must(t, err)
		noDrift(t, s, e, f.set(t), book2{}, bookShelf{})

		set := f.set(t)
		squashed, _, err := migrate.Squash(set, set.Last().Version, "one")
		must(t, err)
		if got := strings.Count(squashed.Text, "-- weft:probe "); got != n {
			t.Errorf("squashed: %d of %d probes\n%s", got, n, squashed.Text)
		}
		one := newFolder()
		one.add(squashed.File(), squashed.Text)
		e = s.open(t)
		_, err = migrator(t, e, one.set(t)).Up(t.Context())
		must(t, err)

		only := newFolder()
		only.add("1_a.sql", string(f.MapFS[set.Files()[0].Path].Data))
		draft, err := migrate.Plan(t.Context(), target{registry(t, book2{}, bookShelf{}), s.open(t)}, only.set(t), "more", only.now)
		must(t, err)
		for _, format := range migrate.Formats() {
			files, err := draft.Files(format)
			must(t, err)
			other := newFolder()
			for _, w := range files {
				other.add(w.Name, w.Text)
			}
			read, err := migrate.LoadFormat(other, format)
			must(t, err)
			got := 0
			for _, x := range read.Last().Up {
				got += len(x.Probes)
				for _, probe := range x.Probes {
					if probe.Remedy == "" || probe.Step == "" || probe.Table != "books" {
						t.Errorf("%s: %+v", format, probe)
					}
				}
			}
			if got != n || marks == 0 {
				t.Errorf("%s: %d of %d probes", format, got, n)
			}
		}
	})
}

// TestDocumentObstacles refuses a unique index over documents that are not alone with a value:
// the command itself says what to ask, whoever wrote it.
func TestDocumentObstacles(t *testing.T) {
	for what, c := range map[string]struct {
		index     string
		documents string
		want      string
	}{
		"a value twice":      {`{"key": {"code": 1}, "name": "i", "unique": true}`, `{"code": "a"}, {"code": "a"}, {"code": "b"}`, "shelves[code]:2"},
		"missing twice":      {`{"key": {"code": 1}, "name": "i", "unique": true}`, `{"n": 1}, {"n": 2}, {"code": null}, {"code": 1}`, "shelves[code]:3"},
		"sparse":             {`{"key": {"code": 1}, "name": "i", "unique": true, "sparse": true}`, `{"n": 1}, {"n": 2}`, ""},
		"partial":            {`{"key": {"code": 1}, "name": "i", "unique": true, "partialFilterExpression": {"n": {"$gt": 1}}}`, `{"n": 1, "code": 7}, {"n": 2, "code": 7}, {"n": 1, "code": 7}`, ""},
		"two fields":         {`{"key": {"a": 1, "b.c": -1}, "name": "i", "unique": true}`, `{"a": 1, "b": {"c": 1}}, {"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 2}}`, "shelves[a b.c]:2"},
		"items of lists":     {`{"key": {"tags": 1}, "name": "i", "unique": true}`, `{"tags": ["x", "y"]}, {"tags": ["y"]}`, "shelves[tags]:2"},
		"an item twice":      {`{"key": {"tags": 1}, "name": "i", "unique": true}`, `{"tags": ["x", "x"]}, {"tags": ["y"]}`, ""},
		"no unique index":    {`{"key": {"code": 1}, "name": "i"}`, `{"code": 1}, {"code": 1}`, ""},
		"nobody is in a way": {`{"key": {"code": 1}, "name": "i", "unique": true}`, ``, ""},
	} {
		t.Run(what, func(t *testing.T) {
			e := openMongo(t)
			f := newFolder()
			f.add("1_shelves.json", `{"up": [{"create": "shelves"}], "down": []}`)
			f.add("2_index.json", `{
  "up": [
    {"createIndexes": "shelves", "indexes": [`+c.index+`]}
  ],
  "down": []
}`)
			m := migrator(t, e, f.set(t))
			must(t, second2(migrator(t, e, f.set(t), migrate.To(1)).Up(t.Context())))
			if c.documents != "" {
				command(t, e, `{"insert": "shelves", "documents": [`+c.documents+`]}`)
			}
			ahead, err := m.Obstacles(t.Context())
			must(t, err)
			if got := inShort(ahead); got != c.want {
				t.Errorf("ahead: %s", got)
			}
			_, err = m.Up(t.Context())
			if c.want == "" {
				must(t, err)
				return
			}
			found := obstructed(t, err)
			if got := inShort(found.Obstacles); got != c.want || found.Kept || found.Obstacles[0].Line != 3 || found.Obstacles[0].Remedy == "" {
				t.Errorf("%+v", found)
			}
			if got := conditions(t, m); got != "1:applied 2:pending" {
				t.Errorf("got %s", got)
			}
			_, err = migrator(t, e, f.set(t), migrate.AllowDestructive()).Up(t.Context())
			told(t, err, driver.ErrUniqueViolation)
		})
	}
}

// TestValidatorObstacles refuses a validator that documents break, with field and number.
func TestValidatorObstacles(t *testing.T) {
	schema := `{"$jsonSchema":{"bsonType":"object","required":["name","code"],"properties":{"name":{"bsonType":"string","maxLength":3},"code":{"bsonType":["int","long"]}},
		"allOf":[{"anyOf":[{"properties":{"kind":{"not":{"enum":["dog"]}}}},{"required":["barks"]}]}]}, "$and":[{"$expr":{"$lt":["$code",10]}}]}`
	for what, c := range map[string]struct {
		collMod   string
		documents string
		want      string
	}{
		"nobody":          {`"validator": ` + schema, `{"name": "Ann", "code": 1}, {"name": "Rex", "kind": "dog", "code": 2, "barks": 3}`, ""},
		"no document":     {`"validator": ` + schema, ``, ""},
		"missing":         {`"validator": ` + schema, `{"code": 1}, {"code": 2}, {"name": "Ann", "code": 1}`, "animals[name]:2"},
		"of another type": {`"validator": ` + schema, `{"code": "x", "name": "Ann"}`, "animals[code]:1"},
		"two fields":      {`"validator": ` + schema, `{"name": "a long one", "code": 1}, {"name": 3}`, "animals[code]:1 animals[name]:2"},
		"of a type":       {`"validator": ` + schema, `{"name": "Rex", "kind": "dog", "code": 2}`, "animals[barks]:1"},
		"a check":         {`"validator": ` + schema, `{"name": "Ann", "code": 12}`, "animals[]:1"},
		"only told":       {`"validationAction": "warn", "validator": ` + schema, `{"name": 3}`, ""},
		"taken away":      {`"validator": {}`, `{"name": 3}`, ""},
		"something else":  {`"changeStreamPreAndPostImages": {"enabled": true}`, `{"name": 3}`, ""},
	} {
		t.Run(what, func(t *testing.T) {
			e := openMongo(t)
			f := newFolder()
			f.add("1_animals.json", `{"up": [{"create": "animals"}], "down": []}`)
			f.add("2_rules.json", `{"up": [{"collMod": "animals", `+c.collMod+`}], "down": []}`)
			must(t, second2(migrator(t, e, f.set(t), migrate.To(1)).Up(t.Context())))
			if c.documents != "" {
				command(t, e, `{"insert": "animals", "documents": [`+c.documents+`]}`)
			}
			m := migrator(t, e, f.set(t))
			ahead, err := m.Obstacles(t.Context())
			must(t, err)
			if got := inShort(ahead); got != c.want {
				t.Errorf("ahead: %s", got)
			}
			_, err = m.Up(t.Context())
			if c.want == "" {
				must(t, err)
				return
			}
			if found := obstructed(t, err); inShort(found.Obstacles) != c.want {
				t.Errorf("%+v", found)
			}
			must(t, second2(migrator(t, e, f.set(t), migrate.AllowDestructive()).Up(t.Context())))
		})
	}
}

// TestProbeOfOddNames plans and asks about names and conditions that are no words: a condition of
// several lines is asked in one, and one with a line end in a text is not asked.
func TestProbeOfOddNames(t *testing.T) {
	type odd1 struct {
		_    struct{} `orm:"table=odd table,name=Odd"`
		ID   int64
		Code string `orm:"the (odd) code,length=20"`
		Note string `orm:",length=20"`
	}
	odd2 := mapper.Define(func(e *mapper.Builder[odd1]) {
		e.Check("folded", "note <>\n  'a  b'")
		e.Check("lines", "note <> 'a\nb'")
		mapper.Field(e, func(x *odd1) *string { return &x.Code }).Unique("")
	})
	everywhere(t, func(t *testing.T, s server) {
		f := newFolder()
		f.plan(t, s, "odd", []any{odd1{}})
		f.plan(t, s, "more", []any{odd2})
		e := s.open(t)
		set := f.set(t)
		must(t, second2(migrator(t, e, set, migrate.To(set.Files()[0].Version)).Up(t.Context())))
		quote := func(name string) string {
			if s.name == "mysql" {
				return "`" + name + "`"
			}
			return `"` + name + `"`
		}
		for i, note := range []string{"a  b", "x", "y"} {
			run(t, e, fmt.Sprintf("insert into %s (%s, note) values ('%d', '%s')", quote("odd table"), quote("the (odd) code"), min(i, 1), note))
		}
		_, err := migrator(t, e, set).Up(t.Context())
		if got := inShort(obstructed(t, err).Obstacles); got != "odd table[note]:1 odd table[the (odd) code]:2" {
			t.Errorf("got %s", got)
		}
		if got := strings.Count(string(f.MapFS[set.Last().Path].Data), "-- weft:probe"); got != 2 {
			t.Errorf("%d probes\n%s", got, f.MapFS[set.Last().Path].Data)
		}
	})
}
