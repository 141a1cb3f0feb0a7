package otel

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
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
