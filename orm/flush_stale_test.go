package orm

import (
	"testing"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

type versioned struct {
	ID      int64
	Version int `orm:",version"`
}

func TestDiffers(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, versioned{})
	if err != nil {
		t.Fatal(err)
	}
	version := reg.Entities()[0].Version.Columns[0]
	row := func(v int) *managed {
		return &managed{Entry: slot.Entry{Entity: unsafe.Pointer(&versioned{Version: v})}}
	}
	update := &changeset.Change{Kind: changeset.Update, Lock: &changeset.Cell{Column: version, Before: int64(1), After: int64(2)}}
	remove := &changeset.Change{Kind: changeset.Delete, Lock: &changeset.Cell{Column: version, Before: int64(1)}}
	for _, tt := range []struct {
		name string
		m    *managed
		c    *changeset.Change
		want bool
	}{
		{"updated", row(2), update, false},
		{"changed by another", row(7), update, true},
		{"gone", &managed{}, update, true},
		{"deleted", &managed{}, remove, false},
		{"still there", row(7), remove, true},
	} {
		if got := differs(tt.m, tt.c); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
