package weftweb

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// ServeOptions configures [Serve].
type ServeOptions struct {
	// Listener is where to listen; nil listens on the server's Addr.
	Listener net.Listener
	// Drain is how long to go on accepting requests after ctx has ended, while [Health]
	// answers 503, so that load balancers send them elsewhere. 0 stops at once.
	Drain time.Duration
	// Grace is how long requests under way may take after that; 0 is ten seconds. Those
	// that take longer are cut, and their contexts end.
	Grace time.Duration
}

// Serve serves until ctx ends, then lets the requests under way end. The database is
// closed after it returned. It returns nil after a stop in good order, and an error that matches
// context.DeadlineExceeded when requests had to be cut.
//
//	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//	defer stop()
//	err := weftweb.Serve(ctx, server, weftweb.ServeOptions{Drain: 5 * time.Second})
//	err = errors.Join(err, db.Close())
func Serve(ctx context.Context, server *http.Server, o ServeOptions) error {
	if o.Grace <= 0 {
		o.Grace = 10 * time.Second
	}
	ended := make(chan error, 1)
	go func() {
		if o.Listener != nil {
			ended <- server.Serve(o.Listener)
			return
		}
		ended <- server.ListenAndServe()
	}()
	select {
	case err := <-ended:
		return ordinary(err)
	case <-ctx.Done():
	}
	draining.Store(server, true)
	defer draining.Delete(server)
	select {
	case err := <-ended:
		return ordinary(err)
	case <-time.After(o.Drain):
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.Grace)
	defer cancel()
	err := server.Shutdown(grace)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	return errors.Join(err, ordinary(<-ended))
}

// ordinary takes away the error of a server that was asked to stop.
func ordinary(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// draining holds the servers that were told to stop.
var draining sync.Map

func isDraining(r *http.Request) bool {
	_, yes := draining.Load(r.Context().Value(http.ServerContextKey))
	return yes
}
