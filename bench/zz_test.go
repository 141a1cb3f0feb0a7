package bench

import (
	"testing"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/schema"
)

var _ = mysql.DSN
var _ = postgres.URL

type zitem struct {
	ID int64
	Name string
	Age int
}

func BenchmarkZZ(b *testing.B) {
	for _, e := range []struct{ name string; c driver.Connector }{{"sqlite", sqlite.File(b.TempDir()+"/x.db", sqlite.Pragma("synchronous", "normal"))}} {
	b.Run(e.name, func(b *testing.B) {
	ctx := b.Context()
	db, err := orm.Open(ctx, e.c, orm.Entities(zitem{}))
	if err != nil { b.Fatal(err) }
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil { b.Fatal(err) }
	var list []*zitem
	for i := range 10000 { list = append(list, &zitem{ID: int64(i+1), Name: "x", Age: i}) }
	if err := orm.BulkInsert(ctx, db.Fork(), list); err != nil { b.Fatal(err) }
	keys := make([]int64, 1000)
	for i := range keys { keys[i] = int64(100001+i) }
	b.Run("delete nothing", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := orm.NativeDelete[zitem](ctx, db.Fork(), orm.M{"id": keys}); err != nil { b.Fatal(err) }
		}
	})
	b.Run("by key", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if _, err := orm.FindOneOrFail[zitem](ctx, db.Fork(), int64(1 + i*7 % 10000)); err != nil { b.Fatal(err) }
		}
	})
	b.Run("by key, read-only", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if _, err := orm.FindOneOrFail[zitem](ctx, db.Fork(), int64(1 + i*7 % 10000), orm.ReadOnly()); err != nil { b.Fatal(err) }
		}
	})
	})
	}
}
