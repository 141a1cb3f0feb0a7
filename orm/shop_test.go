package orm_test

import (
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

func shop(t *testing.T) *bench { return newBench(t, Shop()...) }

// order stores an order with two lines.
func order(b *bench) *Order {
	b.Helper()
	em := b.db.Fork()
	o := &Order{Customer: orm.To(&Customer{Name: "c", JoinedAt: time.Unix(0, 0)}), PlacedAt: time.Unix(0, 0)}
	for _, name := range []string{"p", "q"} {
		o.Lines.Add(&OrderLine{Product: orm.To(&Product{Name: name, Status: "draft", Price: "1.00"}), Quantity: 1})
	}
	em.Persist(o)
	b.ok(em.Flush(b.ctx))
	return o
}

func TestCompositeKeyOfNewRows(t *testing.T) {
	b := shop(t)
	o := order(b)
	lines := b.rec.Take()
	want := `INSERT INTO "order_lines" ("order_id", "product_id", "quantity", "shipment_id") VALUES (?, ?, ?, ?) [1 1 1 null] [1 2 1 null]`
	if len(lines) != 6 || lines[4] != want {
		t.Errorf("statements = %q", lines)
	}
	if o.Customer.Get().ID == [16]byte{} {
		t.Error("the client key was not made")
	}
	em := b.db.Fork()
	line := must(orm.FindOneOrFail[OrderLine](b.ctx, em, []any{1, 2}))
	if must(orm.FindOneOrFail[OrderLine](b.ctx, em, orm.M{"order": 1, "product": 2})) != line {
		t.Error("one row has two pointers")
	}
	line.Quantity = 5
	line.Shipment = orm.To(&Shipment{First: orm.To(line)})
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`INSERT INTO "shipments" ("first_order_id", "first_product_id", "note") VALUES (?, ?, ?) [1 2 null]`,
		`UPDATE "order_lines" SET "quantity" = ?, "shipment_id" = ? WHERE "order_id" = ? AND "product_id" = ? [5 1 1 2]`,
		`commit`)
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestOrphanRemoval(t *testing.T) {
	b := shop(t)
	order(b)
	em := b.db.Fork()
	o := must(orm.FindOneOrFail[Order](b.ctx, em, 1, orm.Populate("lines")))
	lines := o.Lines.Items()
	b.rec.Take()
	o.Lines.Remove(lines[0])
	o.Lines.Add(lines[0])
	b.ok(em.Flush(b.ctx))
	b.sent()
	o.Lines.Remove(lines[0])
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `DELETE FROM "order_lines" WHERE "order_id" = ? AND "product_id" = ? [1 1]`, `commit`)
	if em.Contains(lines[0]) || o.Lines.Len() != 1 {
		t.Error("the orphan is still there")
	}
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestReplacedUnloadedCollectionRemovesWhatWasNeverLoaded(t *testing.T) {
	b := shop(t)
	order(b)
	em := b.db.Fork()
	o := must(orm.FindOneOrFail[Order](b.ctx, em, 1))
	o.Lines.Set(&OrderLine{Product: orm.To(&Product{Name: "r", Status: "draft", Price: "1.00"}), Quantity: 9})
	b.flush(em)
	lines := must(orm.Find[OrderLine](b.ctx, b.db.Fork(), nil))
	if len(lines) != 1 || lines[0].Quantity != 9 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestRemoveCascadeLoadsFirst(t *testing.T) {
	b := shop(t)
	order(b)
	em := b.db.Fork()
	em.Remove(must(orm.FindOneOrFail[Order](b.ctx, em, 1)))
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	sent := b.rec.Take()
	if len(sent) != 5 || sent[2] != `DELETE FROM "order_lines" WHERE "order_id" = ? AND "product_id" = ? [1 1] [1 2]` ||
		sent[3] != `DELETE FROM "orders" WHERE "id" = ? [1]` {
		t.Errorf("statements = %q", sent)
	}
}
