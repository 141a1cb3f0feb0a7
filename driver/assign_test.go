package driver_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
)

func TestAssignChecksRange(t *testing.T) {
	var (
		small    int8
		unsigned uint64
		wide     int64
		text     string
		flag     bool
	)
	cases := []struct {
		dest, src any
		ok        bool
	}{
		{&small, int64(-128), true},
		{&small, int64(128), false},
		{&unsigned, int64(-1), false},
		{&unsigned, uint64(1 << 63), true},
		{&wide, uint64(1 << 63), false},
		{&wide, []byte("-42"), true},
		{&wide, "4x", false},
		{&wide, nil, false},
		{&text, []byte("x"), true},
		{&text, nil, false},
		{&flag, int64(2), true},
		{&flag, "true", false},
	}
	for _, c := range cases {
		err := driver.Assign(c.dest, c.src)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, driver.ErrScan) {
			t.Errorf("%T from %T %v: error is %v", c.dest, c.src, c.src, err)
		}
	}
}
