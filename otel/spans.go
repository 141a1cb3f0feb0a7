package otel

import (
	"context"

	api "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/weft-orm/weft/orm"
)

// spans starts the spans of one engine.
type spans struct {
	tracer trace.Tracer
	system string
}

// start begins a client span named after the engine and what is done.
func (s spans) start(ctx context.Context, what string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	attrs = append(attrs, attribute.String("db.system.name", s.system))
	return s.tracer.Start(ctx, s.system+" "+what, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attrs...))
}

// Tracer returns what makes spans of finds, of relations that are populated, and of
// flushes, for orm.Trace. The statements in them are spans of [Wrap].
func Tracer(opts ...Option) orm.Tracer {
	c := config{provider: api.GetTracerProvider()}
	for _, opt := range opts {
		opt(&c)
	}
	tracer := c.provider.Tracer(scope)
	return func(ctx context.Context, op orm.Operation) (context.Context, func(error)) {
		name := op.Name
		var attrs []attribute.KeyValue
		if op.Entity != "" {
			name, attrs = name+" "+op.Entity, append(attrs, attribute.String("weft.entity", op.Entity))
		}
		if op.Path != "" {
			name, attrs = op.Name+" "+op.Path, append(attrs, attribute.String("weft.path", op.Path))
		}
		ctx, span := tracer.Start(ctx, name, trace.WithAttributes(attrs...))
		return ctx, func(err error) { finish(span, err) }
	}
}

// finish ends a span with the outcome of its call. The error's text stays out:
// engines put values into it.
func finish(span trace.Span, err error) {
	if err != nil {
		class := className(err)
		span.SetAttributes(attribute.String("error.type", class))
		span.SetStatus(codes.Error, class)
	}
	span.End()
}
