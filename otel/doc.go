// Package otel makes OpenTelemetry spans of what weft sends to a database. It is
// a module of its own, so that weft itself does not depend on OpenTelemetry.
//
//	db, err := orm.Open(ctx, otel.Wrap(postgres.URL(url)), orm.Entities(...), orm.Trace(otel.Tracer()))
//
// Tracer makes spans of finds, populated relations and flushes; Wrap makes those of what they
// send. Every read is a span, from the call to the end of its rows; so is every round
// of writes and every commit or rollback. Spans are children of the span in the
// context of the call. They carry the statement's text and never its arguments.
package otel
