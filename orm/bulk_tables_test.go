package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

type gear struct {
	_    struct{} `orm:"inheritance=joined,discriminator=kind"`
	ID   int64    `orm:",assigned"`
	Name string
}

type cog struct {
	gear
	Teeth int `orm:",optional,default=12"`
}

// TestInsertManyOfTablesWithDefaults: what the table of a subtype gives back is not
// asked of that of its base, and the metadata is as before.
func TestInsertManyOfTablesWithDefaults(t *testing.T) {
	b := newBench(t, gear{}, cog{})
	for i := range int64(2) {
		c := &cog{gear: gear{ID: i + 1, Name: "c"}}
		b.ok(orm.BulkInsert(b.ctx, b.db.Fork(), []*cog{c}))
		if c.Teeth != 12 {
			t.Errorf("the default %d was read back", c.Teeth)
		}
	}
	b.rec.Take()
	if list := must(orm.Find[cog](b.ctx, b.db.Fork(), orm.M{"teeth": 12})); len(list) != 2 {
		t.Errorf("%d rows", len(list))
	}
}
