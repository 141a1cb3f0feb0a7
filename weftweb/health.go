package weftweb

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/weft-orm/weft/orm"
)

// health is the answer of Health.
type health struct {
	Status string  `json:"status"` // "up", "down" or "draining"
	Error  string  `json:"error,omitempty"`
	TookMS float64 `json:"took_ms"`
	Pools  []pool  `json:"pools,omitempty"`
}

type pool struct {
	Name     string  `json:"name,omitempty"`
	Max      int     `json:"max,omitempty"`
	Open     int     `json:"open"`
	Idle     int     `json:"idle"`
	InUse    int     `json:"in_use"`
	Waits    int64   `json:"waits"`
	WaitedMS float64 `json:"waited_ms"`
}

// Health answers whether requests can be served: 200 when the database answers
// within timeout (0 is two seconds), else 503, and 503 while [Serve] drains. The body tells
// the state of the connection pools. It belongs outside of the middleware, on an
// address that the public does not reach.
func Health(db *orm.DB, timeout time.Duration) http.Handler {
	if timeout <= 0 {
		timeout = 2 * time.Second
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		start := time.Now()
		err := db.Ping(ctx)
		h := health{Status: "up", TookMS: milliseconds(time.Since(start)), Pools: pools(db)}
		status := http.StatusOK
		switch {
		case err != nil && !errors.Is(err, orm.ErrUnsupported): // an engine that cannot be asked is there
			h.Status, h.Error, status = "down", reason(err), http.StatusServiceUnavailable
		case isDraining(r):
			h.Status, status = "draining", http.StatusServiceUnavailable
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(h) // the client is gone when this fails
	})
}

// reason is the class of a failed ping.
func reason(err error) string {
	for _, class := range []error{context.DeadlineExceeded, orm.ErrCanceled, orm.ErrConnection} {
		if errors.Is(err, class) {
			return class.Error()
		}
	}
	return "the database does not answer"
}

func pools(db *orm.DB) []pool {
	var list []pool
	for _, s := range db.PoolStats() {
		list = append(list, pool{s.Name, s.Max, s.Open, s.Idle, s.InUse, s.Waits, milliseconds(s.Waited)})
	}
	return list
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
