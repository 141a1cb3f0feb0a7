package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/weftweb"
)

// engines are the databases the blog runs on, each new and empty.
var engines = map[string]func(t *testing.T) driver.Connector{
	"memory": func(*testing.T) driver.Connector { return memory.New() },
	"mongo":  func(t *testing.T) driver.Connector { return mongo.URI(testdb.Mongo(t)) },
}

// start serves an empty blog.
func start(t *testing.T, engine string) string {
	t.Helper()
	db, err := open(t.Context(), engines[engine](t))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler(db, weftweb.Logger(nil)))
	t.Cleanup(func() {
		server.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

// send makes a request and returns status and body.
func send(t *testing.T, method, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(fmt.Sprint(res.StatusCode, " ", string(text)))
}

func where(text string) string { return "/posts?where=" + url.QueryEscape(text) }

func TestBlog(t *testing.T) {
	waves := `{"slug":"waves","title":"Waves","text":"wet","author":"Ann","tags":["sea"],"comments":[],"version":1}`
	edited := `{"slug":"waves","title":"High waves","text":"wet","author":"Ann","tags":["sea","storm"],"comments":[],"version":2}`
	liked := strings.Replace(strings.Replace(edited, `"comments":[]`, `"comments":[{"by":"Bob","text":"fine","stars":5}]`, 1), `"version":2`, `"version":3`, 1)
	steps := []struct{ method, path, body, want string }{
		{"GET", "/posts", "", "200 []"},
		{"POST", "/posts", `{"slug":"waves","title":"Waves","text":"wet","author":"Ann","tags":["sea"]}`, "201 " + waves},
		{"POST", "/posts", `{"slug":"walls","title":"Walls","author":"Bob"}`, `201 {"slug":"walls",`},
		{"POST", "/posts", `{"slug":"waves","author":"Ann"}`, `409 {"title":"Conflict","status":409,"errors":[{"path":"slug","message":"unique constraint violated"}]}`},
		{"POST", "/posts", `{"title":"x"}`, `422 {"title":"Unprocessable Entity","status":422,"detail":"a post has a slug and an author"}`},
		{"GET", where(`{"tags":{"$contains":["sea"]}}`), "", "200 [" + waves + "]"},
		{"GET", where(`{"author.name":"Ann","title":{"$startsWith":"W"}}`), "", "200 [" + waves + "]"},
		{"PATCH", "/posts/waves", `{"title":"High waves","tags":["sea","storm"],"version":1}`, "200 " + edited},
		{"PATCH", "/posts/waves", `{"title":"Low waves","version":1}`, `409 {"title":"Conflict","status":409}`},
		{"PATCH", "/posts/waves", `{"author":"Bob"}`, `422 {"title":"Unprocessable Entity","status":422,"errors":[{"path":"author","message":"property may not be assigned"}]}`},
		{"POST", "/posts/waves/comments", `{"by":"Bob","text":"fine","stars":5}`, "200 " + liked},
		{"POST", "/posts/none/comments", `{"by":"Bob"}`, `404 {"title":"Not Found","status":404}`},
		{"GET", where(`{"comments":{"$elemMatch":{"stars":{"$gte":4}}}}`), "", "200 [" + liked + "]"},
		{"GET", where(`{"text":"wet"}`), "", `400 {"title":"Bad Request","status":400,"errors":[{"path":"/text","message":"not allowed"}]}`},
		{"DELETE", "/posts/walls", "", "204"},
		{"GET", where(`{"author.name":"Bob"}`), "", "200 []"},
		{"GET", "/healthz", "", `200 {"status":"up"`},
	}
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			base := start(t, engine)
			for _, s := range steps {
				got := send(t, s.method, base+s.path, s.body)
				if got != s.want && (strings.HasSuffix(s.want, "}") || !strings.HasPrefix(got, s.want)) {
					t.Errorf("%s %s:\ngot  %s\nwant %s", s.method, s.path, got, s.want)
				}
			}
		})
	}
}

// TestParallelComments loses none of many comments on one post.
func TestParallelComments(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			base := start(t, engine)
			send(t, "POST", base+"/posts", `{"slug":"waves","title":"Waves","author":"Ann"}`)
			var wg sync.WaitGroup
			for i := range 10 {
				wg.Go(func() {
					if got := send(t, "POST", base+"/posts/waves/comments", fmt.Sprintf(`{"by":"%d"}`, i)); !strings.HasPrefix(got, "200 ") {
						t.Error(got)
					}
				})
			}
			wg.Wait()
			if got := send(t, "GET", base+"/posts", ""); strings.Count(got, `"by":`) != 10 || !strings.Contains(got, `"version":11`) {
				t.Error(got)
			}
		})
	}
}

// TestRun starts the program as it stands, asks it, and stops it.
func TestRun(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, listener, "memory:") }()
	if got := send(t, "GET", "http://"+listener.Addr().String()+"/posts", ""); got != "200 []" {
		t.Error(got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
