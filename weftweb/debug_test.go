package weftweb_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// debugged is what the stream tells of a request, as far as the tests look at it.
type debugged struct {
	Method, Path, Pattern string
	Status                int
	Statements            []struct {
		Kind, Text, Entity, Line, Func, Error string
		Slow                                  bool
		Params                                any
	}
	Warnings      []struct{ About, Hint, Line string }
	Flushes       []struct{ Plan, Line string }
	Sent, Managed int
	Budget, Rows  int
}

// watched serves a handler under a recorder, and returns what tells of the next request.
func watched(t *testing.T, opts weftweb.DebugOptions, fill func(db *orm.DB), handle http.HandlerFunc) (*httptest.Server, *weftweb.Debug, func() debugged) {
	t.Helper()
	d := weftweb.NewDebug(opts)
	db := open(t, d.Options()...)
	if fill != nil {
		fill(db)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /debug/weft", d)
	app := http.NewServeMux()
	app.HandleFunc("GET /notes/{id}", handle)
	mux.Handle("/", d.Middleware(weftweb.Middleware(db)(app)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	res, err := http.Get(server.URL + "/debug/weft?token=" + d.Token())
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	return server, d, func() (x debugged) {
		t.Helper()
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(text), &x); err != nil {
					t.Fatal(err)
				}
				return x
			}
		}
		t.Fatal("the stream has ended")
		return x
	}
}

// TestDebug sees what a request did: its statements with the lines that sent them, the
// load one by one, the flush at its end.
func TestDebug(t *testing.T) {
	fill := func(db *orm.DB) {
		em := db.Fork()
		for i := range 4 {
			o := &Owner{Name: fmt.Sprint("owner ", i)}
			em.Persist(o, &Note{Title: fmt.Sprint("secret ", i), Owner: orm.To(o)})
		}
		if err := em.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	server, _, next := watched(t, weftweb.DebugOptions{Statements: 3}, fill, func(w http.ResponseWriter, r *http.Request) {
		em := orm.From(r.Context())
		notes, err := orm.Find[Note](r.Context(), em, orm.M{"title:ne": "hidden"})
		if err != nil {
			t.Error(err)
		}
		for _, n := range notes {
			if _, err := n.Owner.Load(r.Context()); err != nil {
				t.Error(err)
			}
		}
		notes[0].Title = "private"
		io.WriteString(w, "ok")
	})
	if got := get(t, server.URL+"/notes/7?name=hidden"); got != "200 ok" {
		t.Fatal(got)
	}
	x := next()
	if x.Method != "GET" || x.Path != "/notes/7" || x.Pattern != "GET /notes/{id}" || x.Status != 200 || x.Managed != 8 || x.Sent != 6 || x.Budget != 3 || x.Rows != 9 {
		t.Errorf("got %+v", x)
	}
	if s := x.Statements[0]; s.Entity != "Note" || !strings.HasPrefix(s.Line, "weftweb/debug_test.go:") || !strings.HasPrefix(s.Func, "weftweb_test.TestDebug") || s.Params != nil {
		t.Errorf("got %+v", s)
	}
	if len(x.Warnings) != 1 || x.Warnings[0].About != "Owner" || !strings.Contains(x.Warnings[0].Hint, `orm.Populate("owner")`) || !strings.HasPrefix(x.Warnings[0].Line, "weftweb/debug_test.go:") {
		t.Errorf("warned %+v", x.Warnings)
	}
	if len(x.Flushes) != 1 || x.Flushes[0].Line != "the end of the request" || x.Flushes[0].Plan != "1 update Note\n    set title=? where id=?\n" {
		t.Errorf("flushed %+v", x.Flushes)
	}
	if all := fmt.Sprintf("%+v", x); strings.Contains(all, "secret") || strings.Contains(all, "hidden") || strings.Contains(all, "private") {
		t.Errorf("a value is in %s", all)
	}
}

// TestDebugValues shows values when asked to, and takes records on.
func TestDebugValues(t *testing.T) {
	var log logged
	fill := func(db *orm.DB) {
		em := db.Fork()
		em.Persist(&Note{Title: "old"})
		if err := em.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	server, _, next := watched(t, weftweb.DebugOptions{Values: true, Slow: 1, Log: slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})}, fill, func(w http.ResponseWriter, r *http.Request) {
		persist(r, "old")
	})
	if got := get(t, server.URL+"/notes/7?name=shown"); !strings.HasPrefix(got, "409") {
		t.Fatal(got)
	}
	x := next()
	if x.Path != "/notes/7?name=shown" || x.Status != 409 || len(x.Flushes) != 0 {
		t.Errorf("got %+v", x)
	}
	var failed bool
	for _, s := range x.Statements {
		failed = failed || strings.Contains(s.Error, "unique constraint violated") && strings.Contains(fmt.Sprint(s.Params), "old") && s.Line == "the end of the request"
	}
	if !failed {
		t.Errorf("got %+v", x.Statements)
	}
	if !strings.Contains(log.String(), "insert into") && !strings.Contains(log.String(), "INSERT INTO") {
		t.Errorf("logged %s", log.String())
	}
}

// TestDebugStatus tells a handler that says nothing from one that cuts the connection.
func TestDebugStatus(t *testing.T) {
	server, _, next := watched(t, weftweb.DebugOptions{}, nil, func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("id") {
		case "1":
			panic(http.ErrAbortHandler)
		case "2":
			w.WriteHeader(http.StatusTeapot)
		}
	})
	for _, want := range []int{200, 0, 418} {
		id := map[int]string{200: "0", 0: "1", 418: "2"}[want]
		got := get(t, server.URL+"/notes/"+id)
		x := next()
		for x.Path != "/notes/"+id { // a client may ask again when a connection is cut
			x = next()
		}
		if x.Status != want {
			t.Errorf("answered %s, told %+v", got, x)
		}
	}
}

// TestDebugGuard lets nobody in but who knows the token, on this machine.
func TestDebugGuard(t *testing.T) {
	server, d, _ := watched(t, weftweb.DebugOptions{}, nil, func(http.ResponseWriter, *http.Request) {})
	for name, c := range map[string]struct {
		query  string
		change func(r *http.Request)
		status int
	}{
		"no token":        {"", func(*http.Request) {}, 401},
		"another token":   {"?token=x", func(*http.Request) {}, 401},
		"another host":    {"?token=" + d.Token(), func(r *http.Request) { r.Host = "evil.example" }, 421},
		"another origin":  {"?token=" + d.Token(), func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		"another site":    {"?token=" + d.Token(), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"who knows":       {"?token=" + d.Token(), func(*http.Request) {}, 200},
		"the page itself": {"?token=" + d.Token(), func(r *http.Request) { r.Header.Set("Origin", server.URL) }, 200},
	} {
		r, err := http.NewRequest(http.MethodGet, server.URL+"/debug/weft"+c.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.change(r)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != c.status {
			t.Errorf("%s: %s, want %d", name, res.Status, c.status)
		}
	}
}
