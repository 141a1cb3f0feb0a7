package studio_test

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/studio"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
)

// TestWatched hands on what an application streams, and tells of it when it is gone, without
// its address, which has a token.
func TestWatched(t *testing.T) {
	seen := make(chan string, 10)
	end := make(chan struct{})
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.URL.Query().Get("token")
		if len(seen) > 1 {
			http.Error(w, "no such token", http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, ": begun\n\ndata: {\"id\":1,\"path\":\"/books\"}\n\ndata: no JSON\n\n")
		http.NewResponseController(w).Flush()
		<-end
	}))
	defer application.Close()
	p := open(t, studio.Options{Live: application.URL + "/?token=sesame"})
	if _, model := p.get("/api/model"); !strings.Contains(model, `"live":true`) {
		t.Errorf("the page is not told: %s", model)
	}
	res, err := p.client.Get(p.server.URL + "/api/live")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		for lines.Scan() {
			if text := lines.Text(); strings.HasPrefix(text, "event: ") {
				lines.Scan()
				return text + " " + lines.Text()
			}
		}
		return "the end"
	}
	for _, want := range []string{
		`event: application data: "listening to the application"`,
		`event: request data: {"id":1,"path":"/books"}`,
	} {
		if got := next(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	close(end)
	for _, want := range []string{"its stream has ended", "401 Unauthorized no such token"} {
		if got := next(); !strings.Contains(got, want) || strings.Contains(got, "sesame") {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := <-seen; got != "sesame" {
		t.Errorf("asked with %q", got)
	}
}

// TestLiveAddress refuses what is no address of a stream.
func TestLiveAddress(t *testing.T) {
	trace := studio.NewTrace()
	db, err := orm.Open(t.Context(), memory.New(), orm.Entities(Author{}, Book{}), trace.Option())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, address := range []string{"127.0.0.1:8080", "file:///etc/passwd", "http://", "://"} {
		if _, err := studio.New(db, trace, studio.Options{Live: address}); !errors.Is(err, studio.ErrLive) {
			t.Errorf("%s: got %v", address, err)
		}
	}
}
