package outbox_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/outbox"
	"github.com/weft-orm/weft/schema"
)

// A message is stored with what it is about, and a relay hands it on. Programs let it Run;
// this one takes a single step.
func Example() {
	type Order struct {
		ID   int64
		Name string
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(Order{}, outbox.Entity("outbox")))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		panic(err)
	}
	em := db.Fork()
	em.Persist(&Order{Name: "lamp"})
	if err := outbox.Send(em, "order.placed", "customer-7", map[string]string{"name": "lamp"}); err != nil {
		panic(err)
	}
	if err := em.Flush(ctx); err != nil { // both, or neither
		panic(err)
	}
	relay := outbox.NewRelay(db, func(_ context.Context, m *outbox.Message) error {
		fmt.Println(m.Topic, m.Key, string(m.Payload))
		return nil
	}, outbox.Options{})
	fmt.Println(relay.Once(ctx))
	fmt.Println(relay.Once(ctx))
	// Output:
	// order.placed customer-7 {"name":"lamp"}
	// 1 <nil>
	// 0 <nil>
}
