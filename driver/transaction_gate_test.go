package driver_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
)

func TestGate(t *testing.T) {
	cases := []struct {
		class    error
		restores bool
	}{
		{driver.ErrUniqueViolation, true},
		{driver.ErrSyntax, true},
		{driver.ErrLockTimeout, true},
		{driver.ErrDeadlock, false},
		{driver.ErrSerialization, false},
		{driver.ErrConnection, false},
		{driver.ErrCanceled, false},
	}
	for _, c := range cases {
		var g driver.Gate
		if err := g.Check(); err != nil {
			t.Fatalf("a new gate refuses: %v", err)
		}
		g.Fail(&driver.Error{Class: c.class, Engine: "test"})
		if err := g.Check(); !errors.Is(err, driver.ErrDoomed) || !errors.Is(err, c.class) {
			t.Errorf("%v: refusal is %v", c.class, err)
		}
		if restores := g.CheckRestore() == nil; restores != c.restores {
			t.Errorf("%v: restores is %t", c.class, restores)
		}
		g.Restored()
		if open := g.Check() == nil; open != c.restores {
			t.Errorf("%v: open after the rollback to a savepoint is %t", c.class, open)
		}
	}
}
