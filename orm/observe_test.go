package orm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// Login is an entity with a secret.
type Login struct {
	ID     int64
	Name   string `orm:",unique"`
	Secret string `orm:",redacted"`
	Card   Card   `orm:",redacted"`
}

// Card is redacted as a whole.
type Card struct{ Number string }

// logged opens a database whose records end up in the buffer, durations left out.
func logged(t *testing.T, level slog.Level, entities []any, opts ...orm.LogOption) (*orm.DB, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	h := slog.NewTextHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Value.Kind() == slog.KindDuration {
			return slog.Attr{}
		}
		return a
	}})
	db, err := orm.Open(t.Context(), sqlite.Memory(), orm.Entities(entities...), orm.Logger(slog.New(h), opts...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db, out
}

func lines(out *bytes.Buffer, want ...string) error {
	got := strings.TrimSuffix(out.String(), "\n")
	out.Reset()
	if exp := strings.Join(want, "\n"); got != exp {
		return fmt.Errorf("log\n got: %s\nwant: %s", strings.ReplaceAll(got, "\n", "\n      "), strings.ReplaceAll(exp, "\n", "\n      "))
	}
	return nil
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func TestLogOfAUnitOfWork(t *testing.T) {
	db, out := logged(t, slog.LevelDebug, []any{Login{}})
	check(t, lines(out, `level=DEBUG msg=discovery entities=1`))
	em := db.Fork()
	em.Persist(&Login{Name: "a", Secret: "s"}, &Login{Name: "b", Secret: "t"})
	check(t, em.Flush(t.Context()))
	insert := `statement="INSERT INTO \"logins\" (\"name\", \"secret\", \"card_number\") VALUES (?, ?, ?)"`
	check(t, lines(out,
		`level=DEBUG msg=transaction event=begin tx=1`,
		`level=DEBUG msg=query entity=Login `+insert+` rows=2 tx=1`,
		`level=DEBUG msg=transaction event=commit tx=1 statements=1`))
	must(orm.Find[Login](t.Context(), em, orm.M{"name": "a"}, orm.Fields("name")))
	check(t, lines(out,
		`level=DEBUG msg=query entity=Login statement="SELECT \"e0\".\"id\", \"e0\".\"name\" FROM \"logins\" AS \"e0\" WHERE (\"e0\".\"name\" = ?)" rows=1`,
		`level=DEBUG msg=hydration entity=Login entities=1`))
}

func TestLogOfSavepointsAndFailures(t *testing.T) {
	db, out := logged(t, slog.LevelDebug, []any{Login{}}, orm.LogOnly(orm.LogTransactions))
	em := db.Fork()
	check(t, em.Begin(t.Context(), orm.ReadOnlyTx(), orm.Isolation(driver.Serializable)))
	check(t, em.Rollback(t.Context()))
	check(t, em.Begin(t.Context()))
	em.Persist(&Login{Name: "a"})
	check(t, em.Flush(t.Context()))
	check(t, em.Commit(t.Context()))
	check(t, lines(out,
		`level=DEBUG msg=transaction event=begin tx=1 isolation=serializable read_only=true`,
		`level=DEBUG msg=transaction event=rollback tx=1 statements=0`,
		`level=DEBUG msg=transaction event=begin tx=2`,
		`level=DEBUG msg=transaction event=savepoint tx=2 savepoint=weft1`,
		`level=DEBUG msg=transaction event="release savepoint" tx=2 savepoint=weft1`,
		`level=DEBUG msg=transaction event=commit tx=2 statements=1`))

	for _, c := range []struct {
		want string
		opts []orm.LogOption
	}{
		{`error="sqlite: unique constraint violated (2067)"`, nil},
		{`params="[[a [redacted] [redacted]] [a [redacted] [redacted]]]" error="sqlite: unique constraint violated (2067): UNIQUE constraint failed: logins.name"`, []orm.LogOption{orm.LogParams()}},
	} {
		db, out := logged(t, slog.LevelWarn, []any{Login{}}, c.opts...)
		em := db.Fork()
		em.Persist(&Login{Name: "a"}, &Login{Name: "a"})
		if err := em.Flush(t.Context()); !errors.Is(err, driver.ErrUniqueViolation) {
			t.Errorf("error = %v", err)
		}
		if got := out.String(); strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, c.want+"\n") {
			t.Errorf("log = %s", got)
		}
	}
}

func TestLogOfParameters(t *testing.T) {
	db, out := logged(t, slog.LevelDebug, []any{Login{}}, orm.LogParams(), orm.LogOnly(orm.LogQueries))
	ctx, em := t.Context(), db.Fork()
	params := func(want string) {
		t.Helper()
		_, got, _ := strings.Cut(out.String(), "params=")
		if out.Reset(); got != want+"\n" {
			t.Errorf("params = %s, want %s", got, want)
		}
	}
	must(orm.Find[Login](ctx, em, orm.M{"$or": []any{orm.M{"secret": "s"}, orm.M{"name:like": "a%"}, orm.M{"card.number": "4"}}}, orm.Limit(3)))
	params(`"[[redacted] a% [redacted] 3 0]"`)
	must(orm.NativeUpdate[Login](ctx, em, orm.M{"secret": []string{"s", "t"}, "id": []int{1, 2}}, orm.M{"secret": "u", "name": "n"}))
	params(`"[n [redacted] [1 2] [redacted]]"`)
	rows := make([]orm.M, 12)
	for i := range rows {
		rows[i] = orm.M{"name": fmt.Sprint("n", i), "secret": "s", "card.number": "4"}
	}
	must(orm.NativeInsert[Login](ctx, em, rows...))
	params(`"[` + func() (s string) {
		for i := range 10 {
			s += fmt.Sprintf("[[redacted] n%d [redacted]] ", i)
		}
		return s
	}() + `2 more rows]"`)
	many := make([]int, 25)
	for i := range many {
		many[i] = i
	}
	must(orm.Find[Login](ctx, em, orm.M{"id": many}))
	params(`"[[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 5 more]]"`)
	must(orm.Find[Login](ctx, em, orm.M{"name": strings.Repeat("é", 150)}))
	params(`"[` + strings.Repeat("é", 100) + `… (300 bytes)]"`)
}

// Bulky has values that a log must not be filled with.
type Bulky struct {
	ID    int64 `orm:",assigned"`
	Raw   []byte
	Parts [][]byte
	Doc   map[string]any
}

func TestLogOfLongValues(t *testing.T) {
	db, out := logged(t, slog.LevelDebug, []any{Bulky{}}, orm.LogParams(), orm.LogOnly(orm.LogQueries))
	em := db.Fork()
	em.Persist(&Bulky{ID: 1, Raw: make([]byte, 16), Parts: [][]byte{{1, 2}}, Doc: map[string]any{"a": strings.Repeat("x", 300)}})
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(out.String(), "params=")
	if want := `"[1 [16 bytes] [[2 bytes]] {\"a\":\"` + strings.Repeat("x", 194) + `… (308 bytes)]"` + "\n"; got != want {
		t.Errorf("params = %s, want %s", got, want)
	}
}

func TestSlowQueriesAreWarnings(t *testing.T) {
	db, out := logged(t, slog.LevelWarn, []any{Login{}}, orm.SlowQueries(time.Hour))
	must(orm.Find[Login](t.Context(), db.Fork(), nil, orm.Fields("name")))
	check(t, lines(out, ""))
	db, out = logged(t, slog.LevelWarn, []any{Login{}}, orm.SlowQueries(time.Nanosecond))
	must(orm.Find[Login](t.Context(), db.Fork(), nil, orm.Fields("name")))
	check(t, lines(out, `level=WARN msg=query entity=Login statement="SELECT \"e0\".\"id\", \"e0\".\"name\" FROM \"logins\" AS \"e0\"" rows=0 slow=true`))
}

func TestTheLoopOverAStreamIsNotTheQuery(t *testing.T) {
	db, out := logged(t, slog.LevelWarn, []any{Login{}}, orm.SlowQueries(50*time.Millisecond))
	em := db.Fork()
	em.Persist(&Login{Name: "a"}, &Login{Name: "b"})
	check(t, em.Flush(t.Context()))
	ctx, stats := orm.WithStats(t.Context())
	for _, err := range orm.Stream[Login](ctx, db.Fork(), nil) {
		check(t, err)
		time.Sleep(30 * time.Millisecond)
	}
	check(t, lines(out, ""))
	if d := stats.QueryTime(); d <= 0 || d > 50*time.Millisecond || stats.ReadRows() != 2 {
		t.Errorf("%v for %d rows", d, stats.ReadRows())
	}
}

func TestACancelledQueryIsNoWarning(t *testing.T) {
	db, out := logged(t, slog.LevelWarn, []any{Login{}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := orm.Find[Login](ctx, db.Fork(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	check(t, lines(out, ""))
}

func TestRepeatedLazyLoadsAreNoticed(t *testing.T) {
	db, out := logged(t, slog.LevelWarn, model.Library(), orm.RepeatedLoads(3))
	em := db.Fork()
	for i := range 4 {
		em.Persist(&model.Author{Name: "a", Email: fmt.Sprint(i)})
	}
	check(t, em.Flush(t.Context()))
	em = db.Fork()
	ctx, stats := orm.WithStats(t.Context())
	for _, a := range must(orm.Find[model.Author](ctx, em, nil)) {
		check(t, a.Books.Load(ctx))
	}
	check(t, lines(out, `level=WARN msg=query relation=Author.books loads=3 hint="load them together: orm.Populate(\"books\")"`))
	if stats.LazyLoads() != 4 || stats.Statements() != 5 {
		t.Errorf("%d lazy loads, %d statements", stats.LazyLoads(), stats.Statements())
	}
}

func TestStatsOfNestedContexts(t *testing.T) {
	b := newBench(t)
	outer, all := orm.WithStats(b.ctx)
	must(orm.Find[model.Tag](outer, b.db.Fork(), nil))
	inner, some := orm.WithStats(outer)
	em := b.db.Fork()
	b.ok(em.Begin(b.ctx)) // the context of a statement counts, not that of the transaction
	must(orm.Find[model.Tag](inner, em, nil))
	b.ok(em.Rollback(b.ctx))
	if all.Statements() != 2 || some.Statements() != 1 {
		t.Errorf("%d and %d statements", all.Statements(), some.Statements())
	}
}

func TestStatementBudget(t *testing.T) {
	b := newBench(t)
	library(b)
	ctx := orm.MaxStatements(b.ctx, 3)
	em := b.db.Fork()
	authors := must(orm.Find[model.Author](ctx, em, nil))
	b.ok(authors[0].Books.Load(ctx))
	b.ok(authors[1].Books.Load(ctx))
	_, err := orm.Find[model.Tag](ctx, em, nil, orm.Fields("name"))
	var budget *orm.BudgetError
	if !errors.Is(err, orm.ErrStatementBudget) || !errors.As(err, &budget) {
		t.Fatalf("error = %v", err)
	}
	if budget.Limit != 3 || budget.Sent != 3 || budget.Times != 2 {
		t.Errorf("%+v", budget)
	}
	if want := "orm: statement budget is spent: 3 of 3 were sent, 2 of them " + budget.Most + `; refused: SELECT "e0"."id", "e0"."name" FROM "tags" AS "e0"`; err.Error() != want {
		t.Errorf("%s\nwant %s", err, want)
	}
	must(orm.Find[model.Tag](b.ctx, em, nil))

	authors[0].Name = "changed"
	b.rec.Take()
	if err := em.Flush(orm.MaxStatements(b.ctx, 0)); !errors.Is(err, orm.ErrStatementBudget) {
		t.Errorf("error = %v", err)
	}
	b.sent()
	b.ok(em.Flush(b.ctx))
	if must(orm.FindOneOrFail[model.Author](b.ctx, b.db.Fork(), authors[0].ID)).Name != "changed" {
		t.Error("the refused flush lost its change")
	}
}

func TestNoObservationCostsNothing(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	em.Persist(&model.Tag{Name: "a"})
	b.flush(em)
	plain := fewestAllocs(func() { must(orm.Find[model.Tag](b.ctx, em, orm.M{"name": "a"})) })
	ctx, _ := orm.WithStats(b.ctx)
	counted := fewestAllocs(func() { must(orm.Find[model.Tag](ctx, em, orm.M{"name": "a"})) })
	if counted-plain != 3 {
		t.Errorf("%v allocations when counted, %v otherwise: a session that is not observed is wrapped", counted, plain)
	}
}

// fewestAllocs is the number of allocations of a run that finds all that is kept
// between runs; the race detector makes pools forget some of it on purpose.
func fewestAllocs(run func()) float64 {
	fewest := math.Inf(1)
	for range 100 {
		fewest = min(fewest, testing.AllocsPerRun(1, run))
	}
	return fewest
}

func TestTheServerIsLogged(t *testing.T) {
	out := &bytes.Buffer{}
	file := t.TempDir() + "/a.db"
	db, err := orm.Open(t.Context(), replica.New(sqlite.File(file), []driver.Connector{sqlite.File(file)}, replica.Options{}),
		orm.Entities(Login{}), orm.Logger(slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})), orm.LogOnly(orm.LogQueries)))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	check(t, schema.Create(t.Context(), db))
	em := db.Fork()
	must(orm.Find[Login](t.Context(), em, nil))
	check(t, em.Begin(t.Context()))
	must(orm.Find[Login](t.Context(), em, nil))
	check(t, em.Rollback(t.Context()))
	if got := out.String(); strings.Count(got, "server=replica1\n") != 1 || strings.Count(got, "server=primary tx=") != 1 {
		t.Errorf("log = %s", got)
	}
}

// TestFindsInALoop warns once of finds of one form, and not of others.
func TestFindsInALoop(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	db, err := orm.Open(t.Context(), memory.New(), orm.Entities(model.Library()...), orm.Logger(log, orm.RepeatedLoads(5)))
	if err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	for i := range 8 {
		if _, err := orm.Find[model.Book](t.Context(), em, orm.M{"pages": i}); err != nil {
			t.Fatal(err)
		}
		if _, err := orm.FindOne[model.Author](t.Context(), db.Fork(), orm.M{"name": "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(out.String(), "$in"); n != 1 || !strings.Contains(out.String(), "Book") {
		t.Errorf("%d warnings:\n%s", n, out.String())
	}
}
