package otel_test

import (
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/otel"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

func TestSpans(t *testing.T) {
	ctx := t.Context()
	recorder := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(recorder))
	db, err := orm.Open(ctx, otel.Wrap(sqlite.Memory(), otel.Provider(provider)), orm.Entities(model.Library()...))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		t.Fatal(err)
	}

	em := db.Fork()
	em.Persist(&model.Tag{Name: "sea"})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	tags, err := orm.Find[model.Tag](ctx, db.Fork(), orm.M{"name": "sea"})
	if err != nil || len(tags) != 1 {
		t.Fatalf("%d tags, %v", len(tags), err)
	}
	em.Persist(&model.Tag{Name: "sea"})
	if err := em.Flush(ctx); err == nil {
		t.Fatal("a second tag of that name was written")
	}

	want := []string{"sqlite write", "sqlite commit", "sqlite query", "sqlite write", "sqlite rollback"}
	var names []string
	for _, span := range recorder.Ended() {
		names = append(names, span.Name())
	}
	if !slices.Equal(names, want) {
		t.Fatalf("spans %q, want %q", names, want)
	}
	for _, a := range recorder.Ended()[0].Attributes() {
		if text := `INSERT INTO "tags" ("name") VALUES (?)`; a.Key == "db.query.text" && a.Value.AsString() != text {
			t.Errorf("the write reports %q, want %q", a.Value.AsString(), text)
		}
	}
	if !slices.ContainsFunc(recorder.Ended()[0].Attributes(), func(a attribute.KeyValue) bool { return a.Key == "db.query.text" }) {
		t.Error("the write does not report its text")
	}
	failed := recorder.Ended()[3]
	if s := failed.Status(); s.Code != codes.Error || s.Description != "unique constraint violated" {
		t.Errorf("the failed write has status %v", s)
	}
	for _, a := range recorder.Ended()[2].Attributes() {
		if a.Key == "db.response.returned_rows" && a.Value.AsInt64() != 1 {
			t.Errorf("the read reports %d rows", a.Value.AsInt64())
		}
	}
}

// TestTracer sees the spans of operations around those of their statements.
func TestTracer(t *testing.T) {
	ctx := t.Context()
	recorder := tracetest.NewSpanRecorder()
	provider := otel.Provider(trace.NewTracerProvider(trace.WithSpanProcessor(recorder)))
	db, err := orm.Open(ctx, otel.Wrap(sqlite.Memory(), provider), orm.Entities(model.Library()...), orm.Trace(otel.Tracer(provider)))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	em.Persist(&model.Book{Title: "Waves", Author: orm.To(&model.Author{Name: "Ann"})})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := orm.Find[model.Author](ctx, db.Fork(), nil, orm.Populate("books.tags")); err != nil {
		t.Fatal(err)
	}
	if _, err := orm.Count[model.Author](ctx, db.Fork(), orm.M{"nam": 1}); err == nil {
		t.Fatal("an unknown property was counted by")
	}
	if _, err := orm.FindOneOrFail[model.Author](ctx, db.Fork(), 1); err != nil {
		t.Fatal(err)
	}

	names := map[string]string{"0000000000000000": "-"}
	for _, span := range recorder.Ended() {
		names[span.SpanContext().SpanID().String()] = span.Name()
	}
	var got []string
	for _, span := range recorder.Ended() {
		got = append(got, span.Name()+" in "+names[span.Parent().SpanID().String()])
	}
	want := []string{
		"sqlite write in flush", "sqlite write in flush", "sqlite commit in flush", "flush in -",
		"sqlite query in find Author", "sqlite query in populate books", "populate books in find Author",
		"sqlite query in populate books.tags", "populate books.tags in find Author", "find Author in -",
		"count Author in -", "sqlite query in find Author", "find Author in -",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	for _, span := range recorder.Ended() {
		if span.Name() == "count Author" && span.Status().Description != "unknown property" {
			t.Errorf("the failed count has status %v", span.Status())
		}
	}
}
