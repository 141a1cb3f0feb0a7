package behaviour_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// rawNote has a column of another name, a time, a document and a version.
type rawNote struct {
	ID      int64
	Text    string
	Rank    *int
	At      time.Time      `orm:"written_at"`
	Meta    map[string]any `orm:",json"`
	Secret  string         `orm:",redacted"`
	Author  orm.Ref[rawAuthor]
	Version int `orm:",version"`
}

type rawAuthor struct {
	ID   int64
	Name string
}

var rawEntities = []any{rawNote{}, rawAuthor{}}

var rawTime = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// raws runs fn on the engines with SQL, with three notes, and checks the refusals of the others.
func raws(t *testing.T, options []orm.Option, fn func(t *testing.T, e engine, em *orm.EntityManager)) {
	t.Helper()
	enginesWith(t, options, rawEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		ann := &rawAuthor{Name: "Ann"}
		em.Persist(ann)
		for i, text := range []string{"a", "b", "c"} {
			em.Persist(&rawNote{Text: text, Rank: ptr(i), At: rawTime, Meta: map[string]any{"n": float64(i)}, Author: orm.To(ann)})
		}
		ok(t, em.Flush(t.Context()))
		if e.caps.Language == nil {
			_, err := em.Exec(t.Context(), "delete from raw_notes")
			_, err2 := orm.Rows[int](t.Context(), em, "select 1")
			_, err3 := orm.Map[rawNote](t.Context(), em, "select 1")
			for _, err := range []error{err, err2, err3} {
				if !errors.Is(err, orm.ErrUnsupported) {
					t.Errorf("an engine without SQL says %v", err)
				}
			}
			return
		}
		fn(t, e, e.db.Fork())
	})
}

// TestRawExec writes in SQL, with every form of placeholder.
func TestRawExec(t *testing.T) {
	raws(t, nil, func(t *testing.T, e engine, em *orm.EntityManager) {
		exec := func(want int64, text string, args ...any) {
			t.Helper()
			if n, err := em.Exec(t.Context(), text, args...); err != nil || n != want {
				t.Errorf("%s: %d rows, %v", text, n, err)
			}
		}
		exec(1, "update raw_notes set text = ? where text = ?", "x", "a")
		exec(1, "update raw_notes set text = :to where text = :from -- :not 'a'", orm.M{"to": "a", "from": "x"})
		exec(1, "update raw_notes set text = $2, rank = $1 where text = $2", 7, "a")
		exec(2, "update raw_notes set rank = rank + 0 where text in (:texts) /* :no */", struct{ Texts []string }{[]string{"b", "c"}})
		exec(1, "update raw_notes set rank = :rank where text = :text and ':q' = ':q'", sql.Named("rank", nil), sql.Named("text", "b"))
		exec(0, "delete from raw_notes where text in (?, ?)", "y", "z")
		exec(3, "update raw_notes set written_at = ?", rawTime.Add(time.Hour))
		found, err := orm.Find[rawNote](t.Context(), e.db.Fork(), orm.M{"at": rawTime.Add(time.Hour), "rank": nil})
		if err != nil || len(found) != 1 || found[0].Text != "b" {
			t.Errorf("found %v, %v", found, err)
		}
	})
}

// TestRawMistakes refuses what does not fit before it is sent, and classifies the rest.
func TestRawMistakes(t *testing.T) {
	raws(t, nil, func(t *testing.T, _ engine, em *orm.EntityManager) {
		for _, c := range []struct {
			class error
			says  string
			text  string
			args  []any
		}{
			{orm.ErrPlaceholder, "2 placeholders and 1 values", "select ?, ?", []any{1}},
			{orm.ErrPlaceholder, "1 placeholders and 2 values", "select ?", []any{1, 2}},
			{orm.ErrPlaceholder, "3 placeholders", "select $3", []any{1}},
			{orm.ErrPlaceholder, `no value for :nam`, "select :nam", []any{orm.M{"name": 1}}},
			{orm.ErrPlaceholder, "empty list", "select 1 where 1 in (?)", []any{[]int{}}},
			{orm.ErrPlaceholder, "chan int", "select ?", []any{make(chan int)}},
			{orm.ErrUnended, "byte 8", "select 'a, ?", []any{1}},
			{driver.ErrSyntax, "", "selekt 1", nil},
			{orm.ErrUndefined, "", "select * from nowhere", nil},
		} {
			ctx := orm.MaxStatements(t.Context(), 0)
			if c.class == driver.ErrSyntax || c.class == orm.ErrUndefined {
				ctx = t.Context()
			}
			_, err := orm.Rows[int](ctx, em, c.text, c.args...)
			if !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.text, err)
			}
			if _, err = em.Exec(ctx, c.text, c.args...); !errors.Is(err, c.class) {
				t.Errorf("exec %s: %v", c.text, err)
			}
		}
		if _, err := orm.Rows[int](orm.MaxStatements(t.Context(), 0), em, "select 1"); !errors.Is(err, orm.ErrStatementBudget) {
			t.Errorf("a budget of nothing: %v", err)
		}
	})
}

// TestRawRows reads values of every form a result can have.
func TestRawRows(t *testing.T) {
	raws(t, nil, func(t *testing.T, _ engine, em *orm.EntityManager) {
		type row struct {
			Text      string
			Rank      *int
			WrittenAt time.Time
			Meta      map[string]any
		}
		const text = "select text, rank, written_at, meta from raw_notes where rank >= :rank order by text"
		rows, err := orm.Rows[row](t.Context(), em, text, orm.M{"rank": 1})
		ok(t, err)
		if len(rows) != 2 || rows[1].Text != "c" || *rows[1].Rank != 2 || !rows[1].WrittenAt.Equal(rawTime) || rows[1].Meta["n"] != 2.0 {
			t.Errorf("rows: %+v", rows)
		}
		texts, err := orm.Rows[string](t.Context(), em, "select text from raw_notes order by id")
		ok(t, err)
		same(t, texts, "a", "b", "c")
		n, err := orm.Rows[int](t.Context(), em, "select count(*) as n from raw_notes")
		if err != nil || fmt.Sprint(n) != "[3]" {
			t.Errorf("count: %v, %v", n, err)
		}
		named, err := orm.Rows[map[string]any](t.Context(), em, "select text as label, rank from raw_notes where rank = ?", 0)
		if err != nil || fmt.Sprint(named) != "[map[label:a rank:0]]" {
			t.Errorf("maps: %v, %v", named, err)
		}
		var seen []string
		for text, err := range orm.StreamRows[string](t.Context(), em, "select text from raw_notes order by id") {
			ok(t, err)
			if seen = append(seen, text); len(seen) == 2 {
				break
			}
		}
		same(t, seen, "a", "b")
		if _, err = orm.Rows[struct{ Text string }](t.Context(), em, "select text, rank from raw_notes"); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("a column too many: %v", err)
		}
		if _, err = orm.Rows[struct{ Text, Other string }](t.Context(), em, "select text from raw_notes"); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("a field too many: %v", err)
		}
		if _, err = orm.Rows[struct{ Rank bool }](t.Context(), em, "select rank from raw_notes order by rank desc"); err == nil {
			t.Error("2 is no bool")
		}
	})
}

// TestRawMap makes managed entities of rows, whole and in part.
func TestRawMap(t *testing.T) {
	raws(t, nil, func(t *testing.T, e engine, em *orm.EntityManager) {
		known, err := orm.FindOne[rawNote](t.Context(), em, orm.M{"text": "a"})
		ok(t, err)
		known.Text = "mine"
		all, err := orm.Map[rawNote](t.Context(), em, "select * from raw_notes order by id", orm.FlushRaw(orm.FlushCommit))
		ok(t, err)
		if len(all) != 3 || all[0] != known || known.Text != "mine" || all[2].Text != "c" || !all[2].At.Equal(rawTime) || all[2].Author.Key() == nil {
			t.Errorf("all: %+v", all)
		}
		part, err := orm.Map[rawNote](t.Context(), e.db.Fork(), "select version, text, id from raw_notes where text = ?", "b")
		if err != nil || len(part) != 1 || part[0].Text != "b" || part[0].Rank != nil {
			t.Fatalf("in part: %+v, %v", part, err)
		}
		em = e.db.Fork()
		part, err = orm.Map[rawNote](t.Context(), em, "select version, text, id from raw_notes where text = ?", "b")
		ok(t, err)
		part[0].Text = "B"
		ok(t, em.Flush(t.Context()))
		whole, err := orm.FindOne[rawNote](t.Context(), e.db.Fork(), orm.M{"text": "B"})
		if err != nil || whole == nil || *whole.Rank != 1 || whole.Version != 2 {
			t.Errorf("a partial entity was written as %+v, %v", whole, err)
		}
		for text, class := range map[string]error{
			"select text, version from raw_notes":                     orm.ErrNotLoaded,
			"select id, text from raw_notes":                          orm.ErrNotLoaded,
			"select id, version, text as other from raw_notes":        orm.ErrInvalidOption,
			"select id, version, text as id from raw_notes":           orm.ErrInvalidOption,
			"select null as id, version from raw_notes limit 1":       orm.ErrValue,
			"select id, version, null as text from raw_notes limit 1": orm.ErrValue,
		} {
			if _, err := orm.Map[rawNote](t.Context(), e.db.Fork(), text); !errors.Is(err, class) {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

// TestRawTransaction runs on the manager's own transaction, after what is pending.
func TestRawTransaction(t *testing.T) {
	raws(t, nil, func(t *testing.T, e engine, em *orm.EntityManager) {
		failure := errors.New("no")
		err := em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&rawNote{Text: "pending", At: rawTime})
			n, err := em.Exec(ctx, "update raw_notes set rank = ?", 5)
			if err != nil || n != 4 {
				t.Errorf("updated %d rows, %v", n, err)
			}
			ranks, err := orm.Rows[int](ctx, em, "select distinct rank from raw_notes")
			if err != nil || fmt.Sprint(ranks) != "[5]" {
				t.Errorf("inside: %v, %v", ranks, err)
			}
			return failure
		})
		if !errors.Is(err, failure) {
			t.Fatal(err)
		}
		ranks, err := orm.Rows[int](t.Context(), e.db.Fork(), "select rank from raw_notes order by id")
		if err != nil || fmt.Sprint(ranks) != "[0 1 2]" {
			t.Errorf("after the rollback: %v, %v", ranks, err)
		}
		if e.caps.ReturnsRows {
			ids, err := orm.Rows[int64](t.Context(), e.db.Fork(), "insert into raw_authors (name) values (:a), (:b) returning id", orm.M{"a": "x", "b": "y"})
			if err != nil || len(ids) != 2 {
				t.Errorf("returning: %v, %v", ids, err)
			}
			n, err := orm.Count[rawAuthor](t.Context(), e.db.Fork(), nil)
			if err != nil || n != 3 {
				t.Errorf("%d authors, %v", n, err)
			}
		}
		em = orm.Strict(e.db.Fork())
		em.Persist(&rawAuthor{Name: "Zoe"})
		if _, err := em.Exec(t.Context(), "delete from raw_notes"); !errors.Is(err, orm.ErrStrict) {
			t.Errorf("strict: %v", err)
		}
	})
}

// TestRawLog counts and logs statements, and keeps secrets.
func TestRawLog(t *testing.T) {
	var log strings.Builder
	handler := slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})
	raws(t, []orm.Option{orm.Logger(slog.New(handler), orm.LogOnly(orm.LogQueries), orm.LogParams())}, func(t *testing.T, _ engine, em *orm.EntityManager) {
		log.Reset()
		ctx, stats := orm.WithStats(t.Context())
		_, err := em.Exec(ctx, "update raw_notes set secret = ? where text = ?", orm.Secret("xyzzy"), "a")
		ok(t, err)
		_, err = orm.Rows[string](ctx, em, "select text from raw_notes where secret = :s and text <> :t", orm.M{"s": orm.Secret("xyzzy"), "t": "plugh"})
		ok(t, err)
		if stats.Writes() != 1 || stats.Queries() != 1 || stats.ReadRows() != 1 {
			t.Errorf("%d writes, %d reads, %d rows", stats.Writes(), stats.Queries(), stats.ReadRows())
		}
		got := log.String()
		if strings.Contains(got, "xyzzy") || strings.Count(got, "[redacted]") != 2 || !strings.Contains(got, "plugh") || !strings.Contains(got, "update raw_notes set secret = ") {
			t.Errorf("log:\n%s", got)
		}
	})
}

// TestRawPipeline aggregates in MongoDB's words, and is refused elsewhere.
func TestRawPipeline(t *testing.T) {
	engines(t, rawEntities, func(t *testing.T, e engine) {
		em := e.db.Fork()
		pipeline := []orm.M{{"$match": orm.M{"rank": orm.M{"$gte": 1}}}, {"$group": orm.M{"_id": nil, "n": orm.M{"$sum": "$rank"}, "first": orm.M{"$min": "$text"}}}}
		type row struct {
			ID    *string `orm:"_id"`
			N     int
			First string
			Other int
		}
		if !e.caps.KeyArrays {
			if _, err := orm.Aggregate[rawNote, row](t.Context(), em, pipeline); !errors.Is(err, orm.ErrUnsupported) {
				t.Errorf("an engine without pipelines says %v", err)
			}
			return
		}
		for i, text := range []string{"a", "b", "c"} {
			em.Persist(&rawNote{Text: text, Rank: ptr(i), At: rawTime})
		}
		rows, err := orm.Aggregate[rawNote, row](t.Context(), em, pipeline)
		if err != nil || len(rows) != 1 || rows[0].N != 3 || rows[0].First != "b" {
			t.Errorf("rows: %+v, %v", rows, err)
		}
		texts, err := orm.Aggregate[rawNote, string](t.Context(), em, []any{orm.D{{Key: "$sort", Value: orm.D{{Key: "rank", Value: -1}}}}, orm.M{"$project": orm.M{"_id": 0, "text": 1}}})
		ok(t, err)
		same(t, texts, "c", "b", "a")
		if _, err = orm.Aggregate[rawNote, row](t.Context(), em, orm.M{}); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("a map is no pipeline: %v", err)
		}
	})
}
