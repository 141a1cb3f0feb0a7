package otel

import (
	"context"
	"errors"

	api "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/weft-orm/weft/driver"
)

// scope names the instrumentation in spans.
const scope = "github.com/weft-orm/weft/otel"

// Option configures [Wrap].
type Option func(*config)

type config struct{ provider trace.TracerProvider }

// Provider sets the tracer provider; the default is the global one.
func Provider(p trace.TracerProvider) Option { return func(c *config) { c.provider = p } }

// errNoConnector is what connecting a wrapped nil gives.
var errNoConnector = (&driver.Error{Class: driver.ErrConnection, Engine: "otel", Err: errors.New("there is no connector to wrap")}).At("", -1, -1)

// Wrap returns a connector whose engine makes spans.
func Wrap(inner driver.Connector, opts ...Option) driver.Connector {
	c := config{provider: api.GetTracerProvider()}
	for _, opt := range opts {
		opt(&c)
	}
	return connector{inner, c.provider.Tracer(scope)}
}

type connector struct {
	inner  driver.Connector
	tracer trace.Tracer
}

// Unwrap gives the connector below.
func (c connector) Unwrap() driver.Connector { return c.inner }

// Connect connects the engine below.
func (c connector) Connect(ctx context.Context) (driver.Engine, error) {
	if c.inner == nil {
		return nil, errNoConnector
	}
	e, err := c.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &engine{Engine: e, spans: spans{c.tracer, e.Caps().Name}}, nil
}

type engine struct {
	driver.Engine
	spans spans
}

// Unwrap gives tools the engine below.
func (e *engine) Unwrap() driver.Engine { return e.Engine }

// Session starts a session that makes spans.
func (e *engine) Session(ctx context.Context, opts driver.SessionOptions) (driver.Session, error) {
	inner, err := e.Engine.Session(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := &session{Session: inner, spans: e.spans, transaction: opts.Transaction}
	if points, ok := inner.(driver.Savepoints); ok {
		return &savepointSession{s, points}, nil
	}
	return s, nil
}
