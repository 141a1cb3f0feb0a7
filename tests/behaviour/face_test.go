package behaviour_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestRepository does the day's work of a handler by a repository alone.
func TestRepository(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		ctx, em := t.Context(), e.db.Fork()
		books := orm.Repo[model.Book](em)
		list, total, err := books.FindAndCount(ctx, orm.M{"pages >": 100}, orm.OrderBy("title"), orm.Limit(1))
		ok(t, err)
		book := list[0]
		if total != 2 || book.Title != "Winter" || !books.Contains(book) {
			t.Errorf("%d books, the first is %s", total, book.Title)
		}
		if loaded, err := books.IsLoaded(book, "tags"); err != nil || loaded {
			t.Errorf("the tags are loaded: %t, %v", loaded, err)
		}
		keys, err := books.ItemKeys(ctx, book, "tags")
		ok(t, err)
		ok(t, books.LoadHint(ctx, book, orm.Hint{Path: "tags", OrderBy: []string{"name"}}))
		key, err := books.Key(book, "author")
		ok(t, err)
		if len(keys) != 2 || book.Tags.Len() != 2 || key != book.Author.Key() || !books.CanPopulate("tags.books") || books.CanPopulate("pages") {
			t.Errorf("%d keys, %d tags, author %v", len(keys), book.Tags.Len(), key)
		}
		cond, err := books.FromJSON([]byte(`{"title": "Waves"}`), orm.Policy{Paths: []string{"title"}})
		ok(t, err)
		waves, err := books.FindOneOrFail(ctx, cond)
		ok(t, err)
		ok(t, books.Assign(ctx, waves, orm.M{"pages": 77}))
		dto, err := books.ToDTO(waves, orm.SerializeFields("title", "pages"))
		ok(t, err)
		text, err := books.JSON(waves, orm.SerializeFields("title", "pages"))
		ok(t, err)
		var streamed bytes.Buffer
		ok(t, books.WriteJSON(&streamed, orm.Listed([]*model.Book{waves}), orm.SerializeFields("title", "pages")))
		want := `{"pages":77,"title":"Waves"}`
		if len(dto) != 2 || string(text) != want || !bytes.Contains(streamed.Bytes(), text) {
			t.Errorf("%v, %s, %s", dto, text, &streamed)
		}
		ok(t, em.Flush(ctx))
		books.Forget(waves)
		if books.Contains(waves) {
			t.Error("what was forgotten is managed")
		}
		again, err := books.FindOneOrFail(ctx, orm.M{"title": "Waves"})
		ok(t, err)
		if again == waves || again.Pages != 77 {
			t.Errorf("%d pages", again.Pages)
		}
		books.RemoveHard(again)
		ok(t, em.Flush(ctx))
		if n, err := books.Count(ctx, nil); n != 3 || err != nil {
			t.Errorf("%d books, %v", n, err)
		}
	})
}

// TestQueriesEndThemselves asks, counts, streams and writes by queries of a type.
func TestQueriesEndThemselves(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		ctx, em := t.Context(), e.db.Fork()
		q := orm.QB[model.Book](em, "b").Where(orm.M{"b.pages >=": 200}).OrderBy("b.title")
		all, err := q.All(ctx)
		ok(t, err)
		if len(all) != 2 || all[0].Title != "Winter" || !em.Contains(all[0]) {
			t.Errorf("%d books", len(all))
		}
		one, err := q.Limit(1).OneOrFail(ctx)
		if err != nil || one != all[0] {
			t.Errorf("%v, %v", one, err)
		}
		none, err := orm.QB[model.Book](em, "b").Where(orm.M{"b.title": "none"}).One(ctx)
		if none != nil || err != nil {
			t.Errorf("%v, %v", none, err)
		}
		if _, err := orm.QB[model.Book](em, "b").Where(orm.M{"b.title": "none"}).OneOrFail(ctx); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("none: %v", err)
		}
		if n, err := q.Count(ctx); n != 2 || err != nil {
			t.Errorf("%d books, %v", n, err)
		}
		var streamed []string
		for b, err := range q.Stream(ctx) {
			ok(t, err)
			streamed = append(streamed, b.Title)
		}
		if !slices.Equal(streamed, []string{"Winter", "Woods"}) {
			t.Errorf("streamed %v", streamed)
		}
		if n, err := orm.QB[model.Book](em, "").Update(orm.M{"pages": 1}).Where(orm.M{"title": "Woods"}).Exec(ctx); n != 1 || err != nil {
			t.Errorf("%d rows, %v", n, err)
		}
		if n, err := orm.QB[model.Tag](em, "").Insert(orm.M{"name": "new"}).Exec(ctx); n != 1 || err != nil {
			t.Errorf("%d rows, %v", n, err)
		}
		rows, err := orm.Result[struct{ Title string }](ctx, em, orm.QB[model.Book](em, "b").Select("b.title").Where(orm.M{"b.pages": 1}))
		if err != nil || len(rows) != 1 || rows[0].Title != "Woods" {
			t.Errorf("%v, %v", rows, err)
		}
	})
}

// TestErrorsByOneImport tells errors of every layer apart by what orm calls them.
func TestErrorsByOneImport(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		ctx, em := t.Context(), e.db.Fork()
		ann, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": "Ann"})
		ok(t, err)
		dup := e.db.Fork()
		dup.Persist(&model.Author{Name: "Ann", Email: ann.Email})
		flushed := dup.Flush(ctx)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		for name, c := range map[string]struct {
			class error
			err   error
		}{
			"unique":      {orm.ErrUniqueViolation, flushed},
			"property":    {orm.ErrUnknownProperty, second(orm.Find[model.Book](ctx, em, orm.M{"titel": "x"}))},
			"operator":    {orm.ErrUnknownOperator, second(orm.Find[model.Book](ctx, em, orm.M{"title:lkie": "x"}))},
			"value":       {orm.ErrValue, second(orm.Find[model.Book](ctx, em, orm.M{"pages": "many"}))},
			"path":        {orm.ErrUnknownPath, second(orm.Find[model.Book](ctx, em, nil, orm.Populate("tagz")))},
			"not found":   {orm.ErrNotFound, second(orm.FindOneOrFail[model.Book](ctx, em, orm.M{"title": "none"}))},
			"entity":      {orm.ErrUnknownEntity, second(orm.Find[struct{ ID int64 }](ctx, em, nil))},
			"ended":       {orm.ErrCanceled, second(orm.Find[model.Book](ended, e.db.Fork(), nil))},
			"budget":      {orm.ErrStatementBudget, second(orm.Find[model.Book](orm.MaxStatements(ctx, 0), em, nil))},
			"transaction": {orm.ErrTransaction, em.Lock(ctx, ann)},
			"empty":       {orm.ErrEmptyCondition, second(orm.NativeDelete[model.Book](ctx, em, nil))},
			"invalid":     {orm.ErrInvalidOption, second(orm.Find[model.Book](ctx, em, nil, orm.Limit(-1)))},
		} {
			if !errors.Is(c.err, c.class) {
				t.Errorf("%s: %v is no %v", name, c.err, c.class)
			}
		}
		if !orm.IsUnique(flushed, "email") || orm.IsUnique(flushed, "name") {
			t.Errorf("the violated constraint: %v", flushed)
		}
	})
}

// TestForksKeepTheirOwn gives forks settings that the manager they come from does not have.
func TestForksKeepTheirOwn(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		ctx, em := t.Context(), e.db.Fork()
		strict := em.Fork(orm.WithStrict())
		list, err := orm.Find[model.Book](ctx, strict, nil, orm.OrderBy("title"))
		ok(t, err)
		if _, err := list[0].Author.Load(ctx); err != nil {
			t.Error(err)
		}
		if _, err := list[1].Tags.Peek(); err {
			t.Error("the tags are loaded")
		}
		ok(t, list[1].Tags.Load(ctx))
		if err := list[2].Tags.Load(ctx); !errors.Is(err, orm.ErrStrict) {
			t.Errorf("the second load one by one: %v", err)
		}
		lax, err := orm.Find[model.Book](ctx, em, nil, orm.OrderBy("title"))
		ok(t, err)
		for _, b := range lax {
			ok(t, b.Tags.Load(ctx))
		}
		if lax[0] == list[0] {
			t.Error("two managers share an entity")
		}
		commit := em.Fork(orm.WithFlushMode(orm.FlushCommit), orm.BatchSize(1))
		commit.Persist(&model.Tag{Name: "late"}, &model.Tag{Name: "later"})
		if n, err := orm.Count[model.Tag](ctx, commit, nil); n != 3 || err != nil {
			t.Errorf("%d tags before the flush, %v", n, err)
		}
		ok(t, commit.Flush(ctx))
		if n, err := orm.Count[model.Tag](ctx, em, nil); n != 5 || err != nil {
			t.Errorf("%d tags after it, %v", n, err)
		}
	})
}
