package weftgin_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
	"github.com/weft-orm/weft/weftweb"
	"github.com/weft-orm/weft/weftweb/weftgin"
)

// Note is what the tests store.
type Note struct {
	ID    int64
	Title string `orm:",unique"`
}

func TestWhatIsStored(t *testing.T) {
	gin.SetMode(gin.TestMode)
	clash := `409 {"title":"Conflict","status":409,"errors":[{"path":"title","message":"unique constraint violated"}]}`
	for name, tt := range map[string]struct {
		handle gin.HandlerFunc
		want   string
		stored int
	}{
		"json":             {func(c *gin.Context) { c.JSON(201, gin.H{"a": 1}) }, `201 {"a":1}`, 1},
		"text":             {func(c *gin.Context) { c.String(200, "ok") }, "200 ok", 1},
		"status":           {func(c *gin.Context) { c.Status(204) }, "204", 1},
		"nothing":          {func(c *gin.Context) {}, "200", 1},
		"refused":          {func(c *gin.Context) { c.AbortWithStatusJSON(400, gin.H{"a": 1}) }, `400 {"a":1}`, 0},
		"status refused":   {func(c *gin.Context) { c.Status(404) }, "404", 0},
		"error":            {func(c *gin.Context) { _ = c.Error(weftweb.Fail(403, "no")) }, `403 {"title":"Forbidden","status":403,"detail":"no"}`, 0},
		"error, answered":  {func(c *gin.Context) { _ = c.Error(errors.New("x")); c.String(418, "tea") }, "418 tea", 0},
		"panic":            {func(c *gin.Context) { panic("x") }, `500 {"title":"Internal Server Error","status":500}`, 0},
		"clash":            {func(c *gin.Context) { persist(c, "taken"); c.JSON(201, gin.H{"a": 1}) }, clash, 0},
		"clash, no answer": {func(c *gin.Context) { persist(c, "taken") }, clash, 0},
		"redirect":         {func(c *gin.Context) { c.Redirect(303, "/x") }, `303 <a href="/x">See Other</a>.`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			db := ormtest.Open(t, Note{})
			em := db.Fork()
			em.Persist(&Note{Title: "taken"})
			if err := em.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := gin.New()
			r.Use(weftgin.Middleware(db, weftweb.Logger(nil)))
			r.GET("/", func(c *gin.Context) { persist(c, "new"); tt.handle(c) })
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
			if got := strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			n, err := orm.Count[Note](t.Context(), db.Fork(), nil)
			if err != nil || int(n) != 1+tt.stored {
				t.Errorf("stored %d, %v", n-1, err)
			}
		})
	}
}

func persist(c *gin.Context, title string) {
	orm.From(c.Request.Context()).Persist(&Note{Title: title})
}

// TestParallel sends many requests at once over HTTP.
func TestParallel(t *testing.T) {
	gin.SetMode(gin.TestMode)
	db := ormtest.Open(t, Note{})
	r := gin.New()
	r.Use(weftgin.Middleware(db))
	r.GET("/:title", func(c *gin.Context) { persist(c, c.Param("title")); c.JSON(201, nil) })
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
