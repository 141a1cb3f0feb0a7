package ormtest_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
)

func ExampleNewRecorder() {
	type Tag struct {
		ID   int64
		Name string
	}
	ctx := context.Background()
	recorder := ormtest.NewRecorder(memory.New())
	db, err := orm.Open(ctx, recorder, orm.Entities(Tag{}))
	if err != nil {
		panic(err)
	}
	em := db.Fork()
	em.Persist(&Tag{Name: "sea"})
	if err := em.Flush(ctx); err != nil {
		panic(err)
	}
	for _, line := range recorder.Take() {
		fmt.Println(line)
	}
	fmt.Println(em.Flush(ctx), len(recorder.Take()))
	// Output:
	// begin
	// insert into tags name ['sea']
	// commit
	// <nil> 0
}
