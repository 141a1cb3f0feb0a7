package changeset_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

type gadget struct {
	ID      int64
	Code    string `orm:",unique,length=5"`
	Note    *string
	Price   float64
	Data    []byte
	Seen    time.Time
	Version int `orm:",version"`
}

func entity(t *testing.T, v any) *mapper.Entity {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, v)
	if err != nil {
		t.Fatal(err)
	}
	return reg.Entities()[0]
}

func options(e *mapper.Entity) *changeset.Options {
	return &changeset.Options{
		Unique: func(*mapper.Entity) [][]*mapper.Column {
			return [][]*mapper.Column{e.KeyColumns, e.Property("code").Columns}
		},
		Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

// text prints a computed change.
func text(c *changeset.Change) string {
	var b strings.Builder
	for i := range c.Columns() {
		cell := c.Written(i)
		fmt.Fprintf(&b, "%s:%v>%v ", cell.Column.Name, cell.Before, cell.After)
	}
	for _, column := range c.Entity.KeyColumns {
		if cell, carried := c.Cell(column); carried && c.Kind == changeset.Delete {
			fmt.Fprintf(&b, "(%s:%v) ", cell.Column.Name, cell.Before)
		}
	}
	for _, cell := range c.Carried() {
		fmt.Fprintf(&b, "(%s:%v) ", cell.Column.Name, cell.Before)
	}
	for _, column := range c.Returning() {
		fmt.Fprintf(&b, "<%s> ", column.Name)
	}
	if c.Lock != nil {
		fmt.Fprintf(&b, "lock:%v", c.Lock.Before)
	}
	return strings.TrimSpace(b.String())
}

func TestCompute(t *testing.T) {
	e := entity(t, gadget{})
	when := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	base := gadget{ID: 7, Code: "a", Price: 1.5, Data: []byte("x"), Seen: when, Version: 3}
	note := "n"
	tests := []struct {
		name   string
		kind   changeset.Kind
		change func(*gadget)
		want   string
	}{
		{"insert", changeset.Insert, func(g *gadget) { g.ID = 0 },
			"code:<nil>>a note:<nil>><nil> price:<nil>>1.5 data:<nil>>[120] seen:<nil>>2026-01-01 00:00:00 +0000 UTC version:<nil>>1 <id> lock:<nil>"},
		{"nothing", changeset.Update, func(*gadget) {}, ""},
		{"same instant", changeset.Update, func(g *gadget) { g.Seen = when.In(time.FixedZone("x", 3600)) }, ""},
		{"below the precision", changeset.Update, func(g *gadget) { g.Seen = when.Add(time.Nanosecond) }, ""},
		{"zero value", changeset.Update, func(g *gadget) { g.Price = 0 }, "price:1.5>0 version:3>4 lock:3"},
		{"null to value", changeset.Update, func(g *gadget) { g.Note = &note }, "note:<nil>>n version:3>4 lock:3"},
		{"in place", changeset.Update, func(g *gadget) { g.Data[0] = 'y' }, "data:[120]>[121] version:3>4 lock:3"},
		{"unique key", changeset.Update, func(g *gadget) { g.Code = "b" }, "code:a>b version:3>4 lock:3"},
		{"version alone is not the user's", changeset.Update, func(g *gadget) { g.Version = 9 }, ""},
		{"delete", changeset.Delete, func(*gadget) {}, "(id:7) (code:a) lock:3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := base, base
			before.Data, after.Data = []byte("x"), []byte("x")
			tt.change(&after)
			c := &changeset.Change{Entity: e, Kind: tt.kind, Key: int64(7), Current: unsafe.Pointer(&after), Snapshot: unsafe.Pointer(&before)}
			if tt.kind == changeset.Insert {
				c.Key, c.Snapshot = nil, nil
			}
			write, err := c.Compute(options(e))
			if err != nil {
				t.Fatal(err)
			}
			if got := text(c); got != tt.want || write != (tt.want != "") {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestComputeSkipsWhatIsNotLoaded(t *testing.T) {
	e := entity(t, gadget{})
	before := gadget{ID: 7}
	after := gadget{ID: 7, Code: "b", Price: 2}
	loaded := changeset.NoLeaves(len(e.Leaves))
	loaded.Add(e.Property("price").Index)
	c := &changeset.Change{Entity: e, Kind: changeset.Update, Key: int64(7), Current: unsafe.Pointer(&after), Snapshot: unsafe.Pointer(&before), Loaded: loaded}
	if _, err := c.Compute(options(e)); err != nil {
		t.Fatal(err)
	}
	if got := text(c); got != "price:0>2" {
		t.Errorf("got %s", got)
	}
}

func TestComputeRefusesWhatCannotBeStored(t *testing.T) {
	e := entity(t, gadget{})
	for name, code := range map[string]string{"NUL": "a\x00", "invalid UTF-8": "\xff", "too long": "abcdef"} {
		g := gadget{Code: code}
		c := &changeset.Change{Entity: e, Kind: changeset.Insert, Current: unsafe.Pointer(&g)}
		_, err := c.Compute(options(e))
		var p *changeset.PropertyError
		if !errors.Is(err, mapper.ErrValue) || !errors.As(err, &p) || p.Property.Path != "code" {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}

func TestTimeVersionAlwaysGrows(t *testing.T) {
	type clocked struct {
		ID      int64
		Code    string
		Version time.Time `orm:",version,precision=3"`
	}
	e := entity(t, clocked{})
	now := options(e).Now
	for _, tt := range []struct{ before, want time.Time }{
		{now.Add(-time.Hour), now},
		{now, now.Add(time.Millisecond)},
		{now.Add(time.Hour), now.Add(time.Hour + time.Millisecond)},
	} {
		before, after := clocked{1, "a", tt.before}, clocked{1, "b", tt.before}
		c := &changeset.Change{Entity: e, Kind: changeset.Update, Key: int64(1), Current: unsafe.Pointer(&after), Snapshot: unsafe.Pointer(&before)}
		if _, err := c.Compute(options(e)); err != nil {
			t.Fatal(err)
		}
		if got := c.Lock.After.(time.Time); !got.Equal(tt.want) {
			t.Errorf("after %v comes %v, want %v", tt.before, got, tt.want)
		}
	}
}
