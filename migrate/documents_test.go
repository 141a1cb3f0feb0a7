package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/migrate"
)

type (
	shelf1 struct {
		_    struct{} `orm:"table=shelves,name=Shelf"`
		ID   int64
		Code string `orm:",length=9,unique"`
	}
	shelf2 struct {
		_     struct{} `orm:"table=shelves,name=Shelf"`
		ID    int64
		Code  string `orm:",length=12"`
		Floor int    `orm:",index"`
	}
	board1 struct {
		_    struct{} `orm:"table=boards,name=Board"`
		ID   int64
		Kind string `orm:",enum=long|short"`
	}
)

func openMongo(t *testing.T) driver.Engine {
	t.Helper()
	return connect(t, mongo.URI(testdb.Mongo(t)))
}

func collections(t *testing.T, entities ...any) []driver.Collection {
	t.Helper()
	list, err := mongo.Collections(registry(t, entities...))
	must(t, err)
	return list
}

func command(t *testing.T, e driver.Engine, text string) string {
	t.Helper()
	reply, err := e.(driver.Commander).RunCommand(t.Context(), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return reply
}

// planDocuments adds the next file.
func (f *folder) planDocuments(t *testing.T, name string, steps []*migrate.File, entities ...any) string {
	t.Helper()
	f.now = f.now.Add(time.Hour)
	d, err := migrate.PlanDocuments(f.set(t, steps...), collections(t, entities...), name, f.now)
	must(t, err)
	if d == nil {
		t.Fatalf("%s: nothing is planned", name)
	}
	f.add(d.File(), d.Text)
	return d.Text
}

// TestDocuments plans, applies and takes back collections, validators and indexes.
func TestDocuments(t *testing.T) {
	f, e := newFolder(), openMongo(t)
	settled := func(entities ...any) {
		t.Helper()
		script, err := migrate.DocumentDifference(f.set(t), collections(t, entities...))
		if must(t, err); !script.Up.IsEmpty() {
			t.Errorf("the files differ: %s", script.Up)
		}
		drift, err := migrator(t, e, f.set(t)).DocumentDrift(t.Context(), collections(t, entities...))
		if must(t, err); !drift.IsEmpty() {
			t.Errorf("the database differs: %s", drift)
		}
	}
	f.planDocuments(t, "shelves", nil, shelf1{})
	must(t, migrate.Up(t.Context(), target{engine: e}, f))
	settled(shelf1{})
	command(t, e, `{"insert": "shelves", "documents": [{"_id": 1, "code": "A"}, {"_id": 2, "code": "B"}]}`)

	text := f.planDocuments(t, "floors", nil, shelf2{}, board1{})
	for _, want := range []string{`{"dropIndexes":"shelves","index":"code_1"}`, `{"collMod":"shelves"`, `{"create":"boards","validator":`, `"weft": "generated"`, `{"drop":"boards"}`} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %s:\n%s", want, text)
		}
	}
	f.add(fmt.Sprintf("%d_fill.json", f.set(t).Last().Version+1), `{
  "up": [{"update": "shelves", "updates": [{"q": {}, "u": {"$set": {"floor": 3}}, "multi": true}]}],
  "down": [{"ping": 1}]
}`)
	seen := 0
	steps := []*migrate.File{migrate.DocumentStep(f.set(t).Last().Version+1, "count", func(ctx context.Context, t migrate.Target) error {
		seen++
		return nil
	}, func(context.Context, migrate.Target) error { seen--; return nil })}
	_, err := migrator(t, e, f.set(t, steps...)).Up(t.Context())
	if found := obstructed(t, err); inShort(found.Obstacles) != "shelves[floor]:2" { // filled one step too late
		t.Errorf("%+v", found)
	}
	m := migrator(t, e, f.set(t, steps...), migrate.AllowDestructive())
	names, err := m.Up(t.Context())
	must(t, err)
	if len(names) != 3 || seen != 1 {
		t.Errorf("%v, the step ran %d times", names, seen)
	}
	if reply := command(t, e, `{"count": "shelves", "query": {"floor": 3}}`); !strings.Contains(reply, `"n":2`) {
		t.Errorf("got %s", reply)
	}
	if script, err := migrate.DocumentDifference(f.set(t, steps...), collections(t, shelf2{}, board1{})); err != nil || !script.Up.IsEmpty() {
		t.Errorf("%v, %v", script, err)
	}
	must(t, m.Verify(t.Context()))

	// All the way down and up; documents are still there.
	names, err = migrator(t, e, f.set(t, steps...), migrate.To(f.set(t).Files()[0].Version)).Down(t.Context(), 0)
	must(t, err)
	if len(names) != 3 || seen != 0 {
		t.Errorf("%v, the step ran %d times", names, seen)
	}
	if reply := command(t, e, `{"count": "shelves"}`); !strings.Contains(reply, `"n":2`) {
		t.Errorf("got %s", reply)
	}
	drift, err := migrator(t, e, load(t, f)).DocumentDrift(t.Context(), collections(t, shelf1{}))
	if !errors.Is(err, migrate.ErrHistory) {
		t.Errorf("%v, %v", drift, err)
	}
	_, err = m.Up(t.Context())
	must(t, err)

	// A collection without its entity goes, which somebody must allow.
	f.planDocuments(t, "no boards", steps, shelf2{})
	_, err = migrator(t, e, f.set(t, steps...)).Up(t.Context())
	told(t, err, migrate.ErrDestructive, "boards: drops the collection with all its documents")
	_, err = migrator(t, e, f.set(t, steps...), migrate.AllowDestructive()).Up(t.Context())
	must(t, err)
	settledWith := migrator(t, e, f.set(t, steps...))
	if drift, err := settledWith.DocumentDrift(t.Context(), collections(t, shelf2{})); err != nil || !drift.IsEmpty() {
		t.Errorf("%v, %v", drift, err)
	}
	command(t, e, `{"dropIndexes": "shelves", "index": "*"}`)
	if drift, err := settledWith.DocumentDrift(t.Context(), collections(t, shelf2{})); err != nil || !strings.Contains(drift.String(), `{"createIndexes":"shelves"`) {
		t.Errorf("%v, %v", drift, err)
	}
}

// threeDocuments are files that leave a trace.
func threeDocuments() *folder {
	f := newFolder()
	for i, name := range []string{"first", "second", "third"} {
		f.add(fmt.Sprintf("%d_%s.json", i+1, name), fmt.Sprintf(`{
  "up": [
    {"create": %q},
    {"insert": "tallies", "documents": [{"n": %d}]}
  ],
  "down": [{"drop": %q}]
}`, name, i, name))
	}
	return f
}

// TestDocumentFailures stops half-way, finds edited and missing files, and goes on.
func TestDocumentFailures(t *testing.T) {
	e := openMongo(t)
	f := threeDocuments()
	bad := strings.Replace(string(f.MapFS["2_second.json"].Data), `{"insert"`, `{"nonsense"`, 1)
	good := string(f.MapFS["2_second.json"].Data)
	f.add("2_second.json", bad)
	m := migrator(t, e, f.set(t))
	_, err := m.Up(t.Context())
	var failed *migrate.StatementError
	if !errors.As(err, &failed) || failed.Name != "2_second.json" || failed.Number != 2 || failed.Line != 4 || !failed.Kept || failed.Unsure {
		t.Fatalf("got %v", err)
	}
	told(t, err, migrate.ErrStatement, "2_second.json:4", "the statements before it were run and stay; mend this one, and the next run goes on with it")
	if got := conditions(t, m); got != "1:applied 2:halfway 3:pending" {
		t.Errorf("got %s", got)
	}
	f.add("2_second.json", good)
	m = migrator(t, e, f.set(t))
	_, err = m.Up(t.Context())
	must(t, err)
	if got := conditions(t, m); got != "1:applied 2:applied 3:applied" {
		t.Errorf("got %s", got)
	}
	if reply := command(t, e, `{"count": "tallies"}`); !strings.Contains(reply, `"n":3`) {
		t.Errorf("got %s", reply)
	}
	f.add("2_second.json", good+" ")
	_, err = migrator(t, e, f.set(t)).Up(t.Context())
	told(t, err, migrate.ErrEdited, "2_second.json")
	delete(f.MapFS, "2_second.json")
	_, err = migrator(t, e, f.set(t)).Up(t.Context())
	told(t, err, migrate.ErrAhead, "2_second.json")
	f.add("2_second.json", good)
	m = migrator(t, e, f.set(t))
	must(t, m.Unlog(t.Context(), 3))
	must(t, m.Log(t.Context(), 3, -1))
	_, err = m.Baseline(t.Context(), 3)
	told(t, err, migrate.ErrHistory)
	names, err := m.Down(t.Context(), 2)
	must(t, err)
	if got := fmt.Sprint(names); got != "[3_third.json 2_second.json]" {
		t.Errorf("got %s", got)
	}
	if got := conditions(t, m); got != "1:applied 2:pending 3:pending" {
		t.Errorf("got %s", got)
	}
	for name, text := range map[string]string{"not an object": `{"up": [1]}`, "no up": `{}`, "another key": `{"up": [], "upp": []}`, "no JSON": `{"up": [}`} {
		f.add("4_x.json", text)
		if _, err := migrate.Load(f); !errors.Is(err, migrate.ErrFile) || !strings.Contains(err.Error(), "4_x.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := migrate.New(target{engine: e}, three().set(t)); !errors.Is(err, migrate.ErrFile) {
		t.Errorf("files of SQL: %v", err)
	}
	if _, err := migrate.New(target{engine: servers[0].open(t)}, threeDocuments().set(t)); !errors.Is(err, migrate.ErrFile) {
		t.Errorf("files of commands for SQLite: %v", err)
	}
}

// TestDocumentsAtOnce runs the same files from several programs.
func TestDocumentsAtOnce(t *testing.T) {
	uri, name := testdb.Mongo(t)
	e := connect(t, mongo.URI(uri, name))
	command(t, e, `{"insert": "weft_migrations_lock", "documents": [{"_id": "lock", "owner": "who died", "until": {"$numberLong": "1"}}]}`)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			engine, err := mongo.URI(uri, name).Connect(t.Context())
			if err == nil {
				err = errors.Join(migrate.Up(t.Context(), target{engine: engine}, threeDocuments()), engine.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if reply := command(t, e, `{"count": "tallies"}`); !strings.Contains(reply, `"n":3`) {
		t.Errorf("got %s", reply)
	}
	if got := conditions(t, migrator(t, e, threeDocuments().set(t))); got != "1:applied 2:applied 3:applied" {
		t.Errorf("got %s", got)
	}
	until := time.Now().Add(300 * time.Millisecond).UnixMilli()
	command(t, e, fmt.Sprintf(`{"insert": "weft_migrations_lock", "documents": [{"_id": "lock", "owner": "x", "until": {"$numberLong": "%d"}}]}`, until))
	f := threeDocuments()
	f.add("4_x.json", `{"up": [{"create": "x"}]}`)
	must(t, migrate.Up(t.Context(), target{engine: e}, f))
	if time.Now().UnixMilli() < until {
		t.Error("it did not wait for the lock")
	}
}
