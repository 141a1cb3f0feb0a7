package weftweb_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/weftweb"
)

// started serves h until stop is called; ended gives what Serve returned.
func started(t *testing.T, h http.Handler, o weftweb.ServeOptions) (url string, stop func(), ended chan error) {
	t.Helper()
	var err error
	if o.Listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended = make(chan error, 1)
	go func() { ended <- weftweb.Serve(ctx, &http.Server{Handler: h, ReadHeaderTimeout: time.Second}, o) }()
	return "http://" + o.Listener.Addr().String(), stop, ended
}

// TestServeLetsRequestsEnd stops a server while a request is under way.
func TestServeLetsRequestsEnd(t *testing.T) {
	db := open(t)
	under, on := make(chan struct{}), make(chan struct{})
	url, stop, ended := started(t, weftweb.Middleware(db)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		persist(r, "kept")
		close(under)
		<-on
	})), weftweb.ServeOptions{})
	answer := make(chan string)
	go func() { answer <- get(t, url) }()
	<-under
	stop()
	time.Sleep(20 * time.Millisecond)
	close(on)
	if got, err := <-answer, <-ended; got != "200" || err != nil {
		t.Errorf("%s %v", got, err)
	}
	if got := stored(t, db); got != "kept" {
		t.Errorf("stored %q", got)
	}
}

// TestServeCutsWhatTakesTooLong sees the context of a request end with the grace.
func TestServeCutsWhatTakesTooLong(t *testing.T) {
	under := make(chan struct{})
	url, stop, ended := started(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(under)
		<-r.Context().Done()
	}), weftweb.ServeOptions{Grace: 20 * time.Millisecond})
	go get(t, url)
	<-under
	stop()
	if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestServeTellsWhyItCannot(t *testing.T) {
	if err := weftweb.Serve(t.Context(), &http.Server{Addr: "127.0.0.1:-1", ReadHeaderTimeout: time.Second}, weftweb.ServeOptions{}); err == nil {
		t.Error("no error")
	}
}

func TestHealth(t *testing.T) {
	db := open(t)
	url, stop, ended := started(t, weftweb.Health(db, time.Second), weftweb.ServeOptions{Drain: 200 * time.Millisecond})
	if got := get(t, url); !strings.HasPrefix(got, `200 {"status":"up"`) || !strings.Contains(got, `"pools":[{`) {
		t.Error(got)
	}
	stop()
	time.Sleep(50 * time.Millisecond)
	if got := get(t, url); !strings.HasPrefix(got, `503 {"status":"draining"`) {
		t.Error(got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	server := serve(t, db, weftweb.Health(db, time.Second).ServeHTTP)
	if got := get(t, server.URL); !strings.HasPrefix(got, `503 {"status":"down","error":"`) {
		t.Error(got)
	}
}
