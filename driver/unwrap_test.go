package driver_test

import (
	"database/sql"
	"testing"

	"github.com/weft-orm/weft/driver"
)

type plainEngine struct{ driver.Engine }

type sqlEngine struct{ driver.Engine }

func (sqlEngine) DB() *sql.DB { return nil }

type wrapped struct{ driver.Engine }

func (w wrapped) Unwrap() driver.Engine { return w.Engine }

func TestEngineAs(t *testing.T) {
	if _, ok := driver.EngineAs[driver.SQLHandle](wrapped{wrapped{sqlEngine{}}}); !ok {
		t.Error("the handle of a twice wrapped engine was not found")
	}
	if _, ok := driver.EngineAs[driver.SQLHandle](wrapped{plainEngine{}}); ok {
		t.Error("an engine without a handle was taken for one with it")
	}
	if _, ok := driver.EngineAs[driver.SQLHandle](plainEngine{sqlEngine{}}); ok {
		t.Error("an engine that does not unwrap was unwrapped")
	}
}
