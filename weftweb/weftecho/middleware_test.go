package weftecho_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
	"github.com/weft-orm/weft/weftweb"
	"github.com/weft-orm/weft/weftweb/weftecho"
)

// Note is what the tests store.
type Note struct {
	ID    int64
	Title string `orm:",unique"`
}

func TestWhatIsStored(t *testing.T) {
	clash := `409 {"title":"Conflict","status":409,"errors":[{"path":"title","message":"unique constraint violated"}]}`
	for name, tt := range map[string]struct {
		handle echo.HandlerFunc
		want   string
		stored int
	}{
		"json":             {func(c echo.Context) error { return c.JSON(201, echo.Map{"a": 1}) }, `201 {"a":1}`, 1},
		"text":             {func(c echo.Context) error { return c.String(200, "ok") }, "200 ok", 1},
		"status":           {func(c echo.Context) error { return c.NoContent(204) }, "204", 1},
		"nothing":          {func(c echo.Context) error { return nil }, "200", 1},
		"refused":          {func(c echo.Context) error { return c.JSON(400, echo.Map{"a": 1}) }, `400 {"a":1}`, 0},
		"error":            {func(c echo.Context) error { return weftweb.Fail(403, "no") }, `403 {"title":"Forbidden","status":403,"detail":"no"}`, 0},
		"error of echo":    {func(c echo.Context) error { return echo.NewHTTPError(418, "tea") }, `418 {"message":"tea"}`, 0},
		"not found":        {func(c echo.Context) error { return echo.ErrNotFound }, `404 {"message":"Not Found"}`, 0},
		"error, answered":  {func(c echo.Context) error { return errors.Join(c.String(418, "tea"), errors.New("x")) }, "abort", 0},
		"panic":            {func(c echo.Context) error { panic("x") }, `500 {"title":"Internal Server Error","status":500}`, 0},
		"clash":            {func(c echo.Context) error { persist(c, "taken"); return c.JSON(201, echo.Map{"a": 1}) }, clash, 0},
		"clash, no answer": {func(c echo.Context) error { persist(c, "taken"); return nil }, clash, 0},
		"redirect":         {func(c echo.Context) error { return c.Redirect(303, "/x") }, "303", 1},
	} {
		t.Run(name, func(t *testing.T) {
			db := ormtest.Open(t, Note{})
			em := db.Fork()
			em.Persist(&Note{Title: "taken"})
			if err := em.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := echo.New()
			r.Use(weftecho.Middleware(db, weftweb.Logger(nil)))
			r.GET("/", func(c echo.Context) error { persist(c, "new"); return tt.handle(c) })
			w := httptest.NewRecorder()
			func() {
				defer func() {
					if p := recover(); (p == http.ErrAbortHandler) != (tt.want == "abort") {
						t.Errorf("panic %v", p)
					}
				}()
				r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
			}()
			if got := strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body)); got != tt.want && tt.want != "abort" {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			n, err := orm.Count[Note](t.Context(), db.Fork(), nil)
			if err != nil || int(n) != 1+tt.stored {
				t.Errorf("stored %d, %v", n-1, err)
			}
		})
	}
}

func persist(c echo.Context, title string) {
	orm.From(c.Request().Context()).Persist(&Note{Title: title})
}

// TestParallel sends many requests at once over HTTP.
func TestParallel(t *testing.T) {
	db := ormtest.Open(t, Note{})
	r := echo.New()
	r.Use(weftecho.Middleware(db))
	r.GET("/:title", func(c echo.Context) error { persist(c, c.Param("title")); return c.JSON(201, nil) })
	server := httptest.NewServer(r)
	defer server.Close()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			res, err := http.Get(fmt.Sprint(server.URL, "/", i))
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			if res.StatusCode != 201 {
				t.Error(res.Status)
			}
		})
	}
	wg.Wait()
	if n, err := orm.Count[Note](t.Context(), db.Fork(), nil); err != nil || n != 20 {
		t.Errorf("stored %d, %v", n, err)
	}
}
