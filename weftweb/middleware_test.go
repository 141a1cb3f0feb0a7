package weftweb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// TestWhatIsStored sees what the status of an answer makes of the unit of work, with
// and without a transaction around it.
func TestWhatIsStored(t *testing.T) {
	tests := []struct {
		name   string
		handle func(w http.ResponseWriter, r *http.Request)
		answer string
		stored string
		logs   string
	}{
		{"no answer", func(w http.ResponseWriter, r *http.Request) {}, "200", "new", ""},
		{"a body", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }, "200 ok", "new", ""},
		{"created", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(201); io.WriteString(w, "ok") }, "201 ok", "new", ""},
		{"redirect", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(304) }, "304", "new", ""},
		{"bad request", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", 400) }, "400 no", "", ""},
		{"server error", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }, "500", "", ""},
		{"early hints", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(103); w.WriteHeader(404) }, "404", "", ""},
		{"an error", func(w http.ResponseWriter, r *http.Request) { weftweb.Error(w, r, weftweb.Fail(403, "not yours")) },
			`403 {"title":"Forbidden","status":403,"detail":"not yours"}`, "", ""},
		{"an error of the program", func(w http.ResponseWriter, r *http.Request) { weftweb.Error(w, r, errors.New("secret")) },
			`500 {"title":"Internal Server Error","status":500}`, "", "secret"},
		{"panic", func(w http.ResponseWriter, r *http.Request) { panic("secret") },
			`500 {"title":"Internal Server Error","status":500}`, "", "secret"},
		{"panic of an error", func(w http.ResponseWriter, r *http.Request) { panic(orm.ErrNotFound) },
			`500 {"title":"Internal Server Error","status":500}`, "", "middleware_test.go"},
		{"abort", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "no answer", "", ""},
		{"change after the answer", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok"); persist(r, "late") },
			"200 ok", "late new", ""},
		{"change after a refusal", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(400); persist(r, "late") }, "400", "", ""},
		{"clash", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/notes/9")
			w.WriteHeader(201)
			if _, err := io.WriteString(w, "ok"); err == nil {
				t.Error("the body of an answer that was refused is written")
			}
		}, `409 {"title":"Conflict","status":409,"errors":[{"path":"title","message":"unique constraint violated"}]}`, "new", ""},
		{"clash without answer", func(w http.ResponseWriter, r *http.Request) {},
			`409 {"title":"Conflict","status":409,"errors":[{"path":"title","message":"unique constraint violated"}]}`, "new", ""},
		{"clash after the answer", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "ok")
			http.NewResponseController(w).Flush()
			persist(r, "new")
		}, "200 cut", "new", "unique"},
		{"error after the answer", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "ok")
			http.NewResponseController(w).Flush()
			weftweb.Error(w, r, errors.New("the stream broke"))
		}, "200 cut", "new", "the stream broke"},
		{"panic after the answer", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "ok")
			http.NewResponseController(w).Flush()
			panic("late")
		}, "200 cut", "new", "late"},
	}
	for _, mode := range []struct {
		name string
		opts []weftweb.Option
	}{{"flush", nil}, {"transaction", []weftweb.Option{weftweb.Transaction()}}} {
		for _, tt := range tests {
			t.Run(mode.name+"/"+tt.name, func(t *testing.T) {
				db := open(t)
				if strings.HasPrefix(tt.name, "clash") && tt.name != "clash after the answer" {
					em := db.Fork()
					em.Persist(&Note{Title: "new"})
					if err := em.Flush(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				var log logged
				server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
					persist(r, "new")
					tt.handle(w, r)
				}, append(mode.opts, log.option())...)
				if got := get(t, server.URL); got != tt.answer {
					t.Errorf("got  %s\nwant %s", got, tt.answer)
				}
				server.Close()
				if got := stored(t, db); got != tt.stored {
					t.Errorf("stored %q, want %q", got, tt.stored)
				}
				if got := log.String(); tt.logs == "" && got != "" || !strings.Contains(got, tt.logs) {
					t.Errorf("logged %q, want %q", got, tt.logs)
				}
			})
		}
	}
}

// TestTransactionCoversWhatWasFlushed sees a flush undone by what follows.
func TestTransactionCoversWhatWasFlushed(t *testing.T) {
	for status, want := range map[int]string{200: "flushed", 409: ""} {
		db := open(t)
		server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
			em := orm.From(r.Context())
			if !em.InTransaction() {
				t.Error("there is no transaction")
			}
			persist(r, "flushed")
			if err := em.Flush(r.Context()); err != nil {
				t.Error(err)
			}
			w.WriteHeader(status)
		}, weftweb.Transaction())
		get(t, server.URL)
		if got := stored(t, db); got != want {
			t.Errorf("status %d: stored %q", status, got)
		}
	}
}

func TestManual(t *testing.T) {
	db := open(t)
	server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
		em := orm.From(r.Context())
		persist(r, "mine")
		if err := em.Flush(r.Context()); err != nil {
			t.Error(err)
		}
		persist(r, "forgotten")
		if err := em.Begin(r.Context()); err != nil { // and leaves it open
			t.Error(err)
		}
		w.WriteHeader(200)
	}, weftweb.Manual())
	get(t, server.URL)
	if got := stored(t, db); got != "mine" {
		t.Errorf("stored %q", got)
	}
}

// TestStreamReachesTheClient reads the first line of an answer while its handler runs.
func TestStreamReachesTheClient(t *testing.T) {
	db := open(t)
	more := make(chan struct{})
	server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
		persist(r, "first")
		io.WriteString(w, "one\n")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-more
		io.Copy(w, strings.NewReader("two\n"))
	})
	res, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	line := make([]byte, 4)
	if _, err := io.ReadFull(res.Body, line); err != nil || string(line) != "one\n" {
		t.Errorf("%q %v", line, err)
	}
	if got := stored(t, db); got != "first" {
		t.Errorf("the client had an answer, and stored was %q", got)
	}
	close(more)
	if rest, err := io.ReadAll(res.Body); err != nil || string(rest) != "two\n" {
		t.Errorf("%q %v", rest, err)
	}
}

func TestHijackStoresFirst(t *testing.T) {
	db := open(t)
	server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
		persist(r, "kept")
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
		conn.Close()
	})
	if got := get(t, server.URL); got != "200 hi" {
		t.Error(got)
	}
	if got := stored(t, db); got != "kept" {
		t.Errorf("stored %q", got)
	}
}

// TestTimeout sees a statement ended with its request, and nothing written.
func TestTimeout(t *testing.T) {
	db := open(t)
	server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
		persist(r, "late")
		<-r.Context().Done()
	}, weftweb.Timeout(20*time.Millisecond), weftweb.Logger(nil))
	if got := get(t, server.URL); got != `503 {"title":"Service Unavailable","status":503}` {
		t.Error(got)
	}
	if got := stored(t, db); got != "" {
		t.Errorf("stored %q", got)
	}
}

// TestClientGone sees nothing written for a client that did not wait.
func TestClientGone(t *testing.T) {
	db := open(t)
	var log logged
	done := make(chan struct{})
	server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		persist(r, "for nobody")
		<-r.Context().Done()
	}, log.option())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		t.Error("there was an answer")
	}
	<-done
	server.Close()
	if got := stored(t, db); got != "" || log.String() != "" {
		t.Errorf("stored %q, logged %q", got, log.String())
	}
}

func TestFork(t *testing.T) {
	db := open(t)
	server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
		notes, err := orm.Find[Note](r.Context(), orm.From(r.Context()), nil)
		fmt.Fprint(w, len(notes), err)
	}, weftweb.Fork(func(r *http.Request, db *orm.DB) (*orm.EntityManager, error) {
		if r.Header.Get("Tenant") == "" {
			return nil, weftweb.Fail(401, "who are you?")
		}
		return db.Fork(), nil
	}))
	if got := get(t, server.URL); got != `401 {"title":"Unauthorized","status":401,"detail":"who are you?"}` {
		t.Error(got)
	}
}

// TestParallel sends many requests at once: their units of work know nothing of each other.
func TestParallel(t *testing.T) {
	db := open(t)
	server := serve(t, db, func(w http.ResponseWriter, r *http.Request) {
		persist(r, r.URL.Query().Get("title"))
	})
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			if got := get(t, fmt.Sprintf("%s?title=%02d", server.URL, i%20)); got != "200" && !strings.HasPrefix(got, "409") {
				t.Error(got)
			}
		})
	}
	wg.Wait()
	if got := strings.Fields(stored(t, db)); len(got) != 20 {
		t.Errorf("stored %q", got)
	}
}
