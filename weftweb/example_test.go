package weftweb_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// Task is the entity of the example.
type Task struct {
	ID    int64  `json:"id"`
	Title string `orm:",unique,length=20" json:"title"`
}

func ExampleMiddleware() {
	db, err := orm.Open(context.Background(), memory.New(), orm.Entities(Task{}))
	if err != nil {
		panic(err)
	}
	add := weftweb.JSON(func(ctx context.Context, r *http.Request) (any, error) {
		task, err := weftweb.ReadJSON[Task](r)
		if err != nil {
			return nil, err
		}
		orm.From(ctx).Persist(&task)
		return &task, nil // flushed before it is encoded
	})
	handler := weftweb.Middleware(db)(add)
	for range 2 {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), "POST", "/", strings.NewReader(`{"title":"paint"}`)))
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 {"id":1,"title":"paint"}
	// 409 {"title":"Conflict","status":409,"errors":[{"path":"title","message":"unique constraint violated"}]}
}

func ExampleStatus() {
	fmt.Println(weftweb.Status(orm.ErrNotFound), weftweb.Status(weftweb.Fail(http.StatusForbidden, "not yours")))
	// Output: 404 403
}
