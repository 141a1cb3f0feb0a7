package studio

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// live streams what the database is sent, as server-sent events, until the page goes away.
func (s *Studio) live(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	events, end := s.trace.watch()
	defer end()
	w.WriteHeader(http.StatusOK)
	fmt.Fprint(w, ": listening\n\n")
	if out.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case e := <-events:
			text, err := json.Marshal(e)
			if err != nil {
				continue // a value of no JSON form
			}
			fmt.Fprintf(w, "data: %s\n\n", text)
			if out.Flush() != nil {
				return
			}
		}
	}
}
