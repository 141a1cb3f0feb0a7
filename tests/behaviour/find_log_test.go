package behaviour_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// loggedEngines is engines whose records of queries of any level end up in the buffer.
func loggedEngines(t *testing.T, fn func(t *testing.T, e engine, all *bytes.Buffer)) {
	t.Helper()
	all := &bytes.Buffer{}
	enginesWith(t, []orm.Option{orm.Logger(bufferLog(all), orm.LogOnly(orm.LogQueries))}, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		all.Reset()
		fn(t, e, all)
	})
}

func bufferLog(out *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// records counts the records about an entity, and takes all out.
func records(out *bytes.Buffer, entity string) int {
	n := strings.Count(out.String(), "entity="+entity+" ")
	out.Reset()
	return n
}

// TestFindLogger sends what one find does elsewhere: its statements, those of its relations, and
// nothing of the finds beside it.
func TestFindLogger(t *testing.T) {
	loggedEngines(t, func(t *testing.T, e engine, all *bytes.Buffer) {
		ctx, em := t.Context(), e.db.Fork()
		_, err := orm.Find[model.Author](ctx, em, orm.M{"name": "Ann"}, orm.Populate("books"))
		ok(t, err)
		if authors, books := strings.Count(all.String(), "entity=Author "), strings.Count(all.String(), "entity=Book "); authors != 1 || books != 1 {
			t.Errorf("a find is recorded as\n%s", all)
		}
		all.Reset()
		own := &bytes.Buffer{}
		_, err = orm.Find[model.Author](ctx, e.db.Fork(), orm.M{"name": "Ann"}, orm.Populate("books"), orm.FindLogger(bufferLog(own), orm.LogParams()))
		ok(t, err)
		text := own.String()
		if all.Len() != 0 || strings.Count(text, "entity=Author ") != 1 || strings.Count(text, "entity=Book ") != 1 || !strings.Contains(text, "Ann") {
			t.Errorf("all: %s\nown: %s", all, text)
		}
		_, err = orm.Find[model.Author](ctx, e.db.Fork(), orm.M{"name": "Ann"})
		ok(t, err)
		if n := records(all, "Author"); n != 1 || own.String() != text {
			t.Errorf("the find after it has %d records", n)
		}
	})
}

// TestFindLoggerOfNone makes a find silent, of whatever kind it is.
func TestFindLoggerOfNone(t *testing.T) {
	loggedEngines(t, func(t *testing.T, e engine, all *bytes.Buffer) {
		ctx, em, silent := t.Context(), e.db.Fork(), orm.FindLogger(nil)
		_, err := orm.Find[model.Book](ctx, em, nil, silent, orm.Populate("author"))
		ok(t, err)
		_, err = orm.FindOne[model.Author](ctx, em, orm.M{"name": "Bob"}, silent, orm.Populate("books.tags"))
		ok(t, err)
		_, err = orm.Count[model.Book](ctx, em, nil, silent)
		ok(t, err)
		_, err = orm.FindByCursor[model.Book](ctx, em, nil, orm.Window{First: 1}, silent, orm.OrderBy("title"))
		ok(t, err)
		for _, err := range orm.Stream[model.Book](ctx, em, nil, silent, orm.StreamPage(1)) {
			ok(t, err)
		}
		list, err := orm.Find[model.Author](ctx, e.db.Fork(), nil, silent)
		ok(t, err)
		ok(t, orm.PopulateAll(ctx, em.Fork(), list[:0], silent))
		if all.Len() != 0 {
			t.Errorf("silent finds have records:\n%s", all)
		}
	})
}

// TestFindLoggerLeavesWritesAlone records the flush that a find begins with where all is recorded,
// inside of a transaction too.
func TestFindLoggerLeavesWritesAlone(t *testing.T) {
	loggedEngines(t, func(t *testing.T, e engine, all *bytes.Buffer) {
		work := func(ctx context.Context, em *orm.EntityManager) error {
			own := &bytes.Buffer{}
			em.Persist(&model.Tag{Name: t.Name() + map[bool]string{true: "in", false: "out"}[em.InTransaction()]})
			_, err := orm.Find[model.Tag](ctx, em, nil, orm.FindLogger(bufferLog(own)))
			ok(t, err)
			if written, read := records(all, "Tag"), records(own, "Tag"); written != 1 || read != 1 {
				t.Errorf("%d records of the flush, %d of the find", written, read)
			}
			return nil
		}
		ok(t, work(t.Context(), e.db.Fork()))
		if e.caps.Transactions {
			ok(t, e.db.Fork().Transactional(t.Context(), work))
		}
	})
}

// TestFindLoggerMistakes: a database without a log has nothing to record by.
func TestFindLoggerMistakes(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		_, err := orm.Find[model.Tag](t.Context(), e.db.Fork(), nil, orm.FindLogger(bufferLog(&bytes.Buffer{})))
		if !errors.Is(err, orm.ErrInvalidOption) || !strings.Contains(err.Error(), "orm.Logger") {
			t.Error(err)
		}
	})
	loggedEngines(t, func(t *testing.T, e engine, all *bytes.Buffer) {
		_, err := orm.Find[model.Tag](t.Context(), e.db.Fork(), nil, orm.FindLogger(nil, nil))
		if !errors.Is(err, orm.ErrInvalidOption) || all.Len() != 0 {
			t.Error(err, all)
		}
	})
}
