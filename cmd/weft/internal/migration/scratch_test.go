package migration

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/schema"
)

// TestUnmadeScratch says how to go on where no scratch database can be made, and nothing of
// that where the server cannot be reached.
func TestUnmadeScratch(t *testing.T) {
	refused := errors.New("permission denied to create database")
	err := unmade(&schema.StatementError{SQL: "create database x", Err: refused})
	if !errors.Is(err, refused) || !strings.Contains(err.Error(), "migrations.scratch") || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("got %v", err)
	}
	lost := &driver.Error{Class: driver.ErrConnection}
	if err := unmade(lost); err != error(lost) {
		t.Errorf("got %v", err)
	}
}
