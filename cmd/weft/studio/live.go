package studio

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// live streams what the database is sent, as server-sent events, until the page goes away;
// and the requests of the application that is watched, where there is one.
func (s *Studio) live(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	events, end := s.trace.watch()
	defer end()
	var requests <-chan told
	if s.opts.Live != "" {
		requests = s.follow(r.Context())
	}
	w.WriteHeader(http.StatusOK)
	fmt.Fprint(w, ": listening\n\n")
	if out.Flush() != nil {
		return
	}
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case e := <-events:
			text, unwritable := json.Marshal(e)
			if unwritable != nil {
				continue // a value of no JSON form
			}
			_, err = fmt.Fprintf(w, "data: %s\n\n", text)
		case x := <-requests:
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", x.kind, x.text)
		}
		if err != nil || out.Flush() != nil {
			return
		}
	}
}

// told is what is heard of the application: a request, or the state of the connection.
type told struct{ kind, text string }

// follow reads the stream of the application, again and again until the context ends.
func (s *Studio) follow(ctx context.Context) <-chan told {
	ch := make(chan told, 64)
	tell := func(kind, text string) {
		select {
		case ch <- told{kind, text}:
		case <-ctx.Done():
		}
	}
	go func() {
		for wait := time.Second / 4; ctx.Err() == nil; wait = min(2*wait, 5*time.Second) {
			err := read(ctx, s.opts.Live, func(text string) {
				wait = time.Second / 4
				if text == "" {
					tell("application", `"listening to the application"`)
					return
				}
				tell("request", text)
			})
			text, unwritable := json.Marshal("the application does not answer: " + reason(err))
			if unwritable == nil {
				tell("application", string(text))
			}
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
		}
	}()
	return ch
}

// read hands on each event of a stream; "" says that it has begun.
func read(ctx context.Context, address string, heard func(text string)) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 200)) // what of it can be read is good enough
		return fmt.Errorf("%s %s", res.Status, strings.TrimSpace(string(text)))
	}
	heard("")
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Valid([]byte(text)) {
			heard(text)
		}
	}
	return lines.Err()
}

// reason is an error without the address, which holds a token.
func reason(err error) string {
	if wrapped, ok := err.(*url.Error); ok {
		err = wrapped.Err
	}
	if err == nil {
		return "its stream has ended"
	}
	return err.Error()
}

// checkLive refuses an address that no stream can be read from.
func checkLive(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ErrLive
	}
	return nil
}
