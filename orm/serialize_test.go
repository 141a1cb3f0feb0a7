package orm_test

import (
	"encoding/json"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

func TestJSON(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	book := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Winter"}, orm.Populate("tags", "publisher.books")))
	want := `{"author":1,"id":1,"isbn":null,"pages":0,"price":0,"publisher":{"books":[1],"code":"p1","country":null,"name":"Penguin"},"tags":[{"id":2,"name":"fantasy"},{"id":3,"name":"snow"}],"title":"Winter"}`
	if got := string(must(orm.JSON(em, book))); got != want {
		t.Errorf("JSON = %s", got)
	}
	want = `{"ID":1,"Title":"Winter","ISBN":null,"Pages":0,"Price":0,"Author":1,"Publisher":"p1","Tags":[2,3]}`
	if got := string(must(json.Marshal(book))); got != want {
		t.Errorf("json.Marshal = %s", got)
	}
}

// Post is hidden when it is deleted.
type Post struct {
	ID      int64
	Text    string
	Deleted bool
	Thread  orm.Ref[Thread]
}

type Thread struct {
	ID    int64
	Posts orm.Collection[Post] `orm:",mappedBy=Thread"`
}

func TestFilters(t *testing.T) {
	post := mapper.Define[Post](func(e *mapper.Builder[Post]) {
		e.Filter(mapper.Filter{Name: "alive", Default: true, Where: func(mapper.Params) any { return orm.M{"deleted": false} }})
	})
	b := newBench(t, post, Thread{})
	em := b.db.Fork()
	thread := &Thread{}
	gone := &Post{Text: "gone", Deleted: true}
	thread.Posts.Add(&Post{Text: "here"}, gone)
	em.Persist(thread)
	b.flush(em)
	em = b.db.Fork()
	count := func(opts ...orm.FindOption) int64 { return must(orm.Count[Post](b.ctx, em, nil, opts...)) }
	if count() != 1 || count(orm.WithoutFilter("alive")) != 2 || count() != 1 {
		t.Error("the filter does not hold")
	}
	if must(orm.FindOne[Post](b.ctx, em, gone.ID)) != nil {
		t.Error("a hidden row was found by key")
	}
	got := must(orm.FindOneOrFail[Thread](b.ctx, em, 1, orm.Populate("posts")))
	if got.Posts.Len() != 1 {
		t.Errorf("%d posts", got.Posts.Len())
	}
	em.DisableFilter("alive")
	if count() != 2 {
		t.Error("the filter was not switched off")
	}
	b.ok(em.Flush(b.ctx))
}
