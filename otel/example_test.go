package otel_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/otel"
)

func Example() {
	type Tag struct{ ID int64 }
	ctx := context.Background()
	recorder := tracetest.NewSpanRecorder()
	provider := otel.Provider(trace.NewTracerProvider(trace.WithSpanProcessor(recorder)))
	db, err := orm.Open(ctx, otel.Wrap(memory.New(), provider), orm.Entities(Tag{}), orm.Trace(otel.Tracer(provider)))
	if err != nil {
		panic(err)
	}
	if _, err := orm.Find[Tag](ctx, db.Fork(), nil); err != nil {
		panic(err)
	}
	for _, span := range recorder.Ended() {
		fmt.Println(span.Name())
	}
	// Output:
	// memory query
	// find Tag
}
