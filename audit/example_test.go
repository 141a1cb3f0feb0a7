package audit_test

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/audit"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type user struct {
	ID   int64
	Name string
}

// Each flush leaves an entry for every entity that it changed.
func ExampleTrail() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(user{}, audit.Entity("audit_entries")),
		audit.Trail(audit.Options{Actor: func(context.Context) (string, error) { return "root", nil }}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		panic(err)
	}
	em := db.Fork()
	ann := &user{Name: "Ann"}
	em.Persist(ann)
	if err := em.Flush(ctx); err != nil {
		panic(err)
	}
	ann.Name = "Anne"
	if err := em.Flush(ctx); err != nil {
		panic(err)
	}
	entries, err := orm.Find[audit.Entry](ctx, db.Fork(), nil, orm.OrderBy("id"))
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		fmt.Println(e.Actor, e.Kind, e.Entity, string(e.Changes))
	}
	// Output:
	// root create user {"name":{"old":null,"new":"Ann"}}
	// root update user {"name":{"old":"Ann","new":"Anne"}}
}
