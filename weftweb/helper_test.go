package weftweb_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/weftweb"
)

// Note is what the tests store.
type Note struct {
	ID    int64
	Title string `orm:",unique,length=20"`
	Stars int    `orm:",check='stars < 6'"`
	Owner orm.Ref[Owner]
}

// Owner owns notes.
type Owner struct {
	ID   int64
	Name string
}

// open returns a database on a file of its own.
func open(t testing.TB, opts ...orm.Option) *orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.File(filepath.Join(t.TempDir(), "web.db")),
		append(opts, orm.Entities(Note{}, Owner{}))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

// logged is a log that can be read while it is written to.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logged) option() weftweb.Option {
	return weftweb.Logger(slog.New(slog.NewTextHandler(l, nil)))
}

// serve serves one handler behind the middleware.
func serve(t testing.TB, db *orm.DB, h http.HandlerFunc, opts ...weftweb.Option) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(weftweb.Middleware(db, opts...)(h))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// get returns status and body of a request: "200 body".
func get(t testing.TB, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		return "no answer"
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Sprint(res.StatusCode, " cut")
	}
	return strings.TrimSpace(fmt.Sprint(res.StatusCode, " ", string(body)))
}

// stored are the titles in the database, sorted.
func stored(t testing.TB, db *orm.DB) string {
	t.Helper()
	notes, err := orm.Find[Note](context.WithoutCancel(t.Context()), db.Fork(), nil, orm.OrderBy("title"))
	if err != nil {
		t.Fatal(err)
	}
	titles := []string{}
	for _, n := range notes {
		titles = append(titles, n.Title)
	}
	return strings.Join(titles, " ")
}

// persist marks a note in the unit of work of r.
func persist(r *http.Request, title string) *Note {
	n := &Note{Title: title}
	orm.From(r.Context()).Persist(n)
	return n
}
