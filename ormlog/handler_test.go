package ormlog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/slogtest"
	"time"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormlog"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// records are those of weft, and some of others, at a fixed time.
func records() []slog.Record {
	at := time.Date(2024, 2, 29, 10, 15, 3, 120_000_000, time.UTC)
	record := func(level slog.Level, message string, args ...any) slog.Record {
		r := slog.NewRecord(at, level, message, 0)
		r.Add(args...)
		return r
	}
	long := `SELECT "e0"."id", "e0"."name" FROM "authors" AS "e0" WHERE (("e0"."age" >= ?) AND (EXISTS (SELECT 1 FROM "books" AS "e1" WHERE (("e1"."author_id" = "e0"."id") AND ("e1"."title" LIKE ?))))) ORDER BY "e0"."name" ASC LIMIT ?`
	return []slog.Record{
		record(slog.LevelDebug, "discovery", "entities", 3, "took", 1234567*time.Nanosecond),
		record(slog.LevelDebug, "transaction", "event", "begin", "tx", 4, "isolation", "repeatable read"),
		record(slog.LevelDebug, "query", "entity", "Author", "statement", `SELECT "id" FROM "authors" WHERE ("name" = ?)`, "took", 250*time.Microsecond, "rows", 1,
			"server", "replica1", "tx", 4, "params", []any{"Jon \"Snow\"", nil, int64(7), []any{true, 1.5}, at}),
		record(slog.LevelWarn, "query", "entity", "Author", "statement", long, "took", 2345*time.Millisecond, "rows", 1200, "params", []any{}, "slow", true),
		record(slog.LevelWarn, "query", "entity", "Book.tags", "statement", `INSERT INTO "book_tags" ("book_id", "tag_id") VALUES (?, ?)`,
			"took", 90*time.Nanosecond, "rows", 2, "sent", 2, "error", "sqlite: unique constraint violated (2067)"),
		record(slog.LevelDebug, "query", "entity", "Tag", "statement", `db.tags.find({name: ?0})`, "took", time.Millisecond, "rows", 0),
		record(slog.LevelWarn, "query", "relation", "Author.books", "loads", 10, "hint", `load them together: orm.Populate("books")`),
		record(slog.LevelDebug, "hydration", "entity", "Author", "entities", 1, "took", 80*time.Microsecond),
		record(slog.LevelDebug, "transaction", "event", "savepoint", "tx", 4, "savepoint", "weft1", "took", time.Microsecond),
		record(slog.LevelDebug, "transaction", "event", "commit", "tx", 4, "took", 61*time.Second, "statements", 3),
		record(slog.LevelInfo, "listening", "address", ":8080", "note", "two words", slog.Group("tls", "on", true, "name", "a=b")),
		record(slog.LevelError, "shutting down", "error", errors.New("bad\nthing"), "rows", 3),
	}
}

func show(t *testing.T, o ormlog.Options) string {
	t.Helper()
	o.Level = slog.LevelDebug
	var out bytes.Buffer
	h := ormlog.NewHandler(&out, o)
	for _, r := range records() {
		if err := h.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestPlainOutput(t *testing.T) { golden.Check(t, "plain.golden", show(t, ormlog.Options{})) }

// TestColouredOutput shows escapes as they can be read.
func TestColouredOutput(t *testing.T) {
	coloured := show(t, ormlog.Options{Color: ormlog.Always})
	golden.Check(t, "colour.golden", strings.ReplaceAll(coloured, "\x1b", "␛"))
	if show(t, ormlog.Options{Color: ormlog.Never}) == coloured {
		t.Error("there is no colour")
	}
}

// TestAFileIsNotColoured writes to what is no terminal.
func TestAFileIsNotColoured(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := ormlog.NewHandler(f, ormlog.Options{})
	if err := h.Handle(t.Context(), records()[3]); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(f.Name())
	if err != nil || len(text) == 0 || bytes.ContainsRune(text, '\x1b') {
		t.Errorf("%q, %v", text, err)
	}
}

func TestLevel(t *testing.T) {
	h := ormlog.NewHandler(&bytes.Buffer{}, ormlog.Options{})
	if h.Enabled(t.Context(), slog.LevelDebug) || !h.Enabled(t.Context(), slog.LevelInfo) {
		t.Error("the least level is not info")
	}
}

func TestGroups(t *testing.T) {
	var out bytes.Buffer
	l := slog.New(ormlog.NewHandler(&out, ormlog.Options{TimeLayout: "x"})).With("app", "shop").WithGroup("db").With("name", "main")
	l.Info("query", "statement", "SELECT 1", "took", time.Second, "lone", 1)
	if want := "x INFO  query 1s app=shop db.name=main db.lone=1\n    SELECT 1\n"; out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
}

// TestAsAHandlerShouldBe runs the tests of the standard library on a handler whose
// output is read back.
func TestAsAHandlerShouldBe(t *testing.T) {
	var out bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		out.Reset()
		return ormlog.NewHandler(&out, ormlog.Options{TimeLayout: "15:04:05.000"})
	}, func(t *testing.T) map[string]any { return parse(t, out.String()) })
}

// parse turns a record into the nested maps that slogtest expects.
func parse(t *testing.T, line string) map[string]any {
	t.Helper()
	all := map[string]any{}
	words := strings.Fields(line)
	if len(words) > 0 && strings.Contains(words[0], ":") {
		all[slog.TimeKey], words = words[0], words[1:]
	}
	all[slog.LevelKey], all[slog.MessageKey], words = words[0], words[1], words[2:]
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			all[slog.MessageKey] = fmt.Sprint(all[slog.MessageKey], " ", word)
			continue
		}
		at := all
		path := strings.Split(key, ".")
		for _, group := range path[:len(path)-1] {
			if at[group] == nil {
				at[group] = map[string]any{}
			}
			at = at[group].(map[string]any)
		}
		at[path[len(path)-1]] = value
	}
	return all
}

// lines counts the writes.
type lines struct {
	mu    sync.Mutex
	texts []string
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = append(l.texts, string(b))
	return len(b), nil
}

// TestWithADatabase shows what weft logs, which is more than what this package expects.
func TestWithADatabase(t *testing.T) {
	out := &lines{}
	logger := slog.New(ormlog.NewHandler(out, ormlog.Options{Level: slog.LevelDebug}))
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(model.Library()...), orm.Logger(logger, orm.LogParams()))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	em.Persist(&model.Tag{Name: "sea"})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if len(out.texts) != 4 || !strings.Contains(out.texts[2], "\n    INSERT INTO \"tags\" (\"name\") VALUES (?)\n    -- [\"sea\"]\n") {
		t.Errorf("%q", out.texts)
	}
}
