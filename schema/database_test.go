package schema_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/schema"
)

// TestClear empties tables that refer to each other, and counts from 1 again.
func TestClear(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			db := target{registry(t, shelfV1{}, tomeV1{}), engine}
			must(t, schema.Clear(t.Context(), db))
			must(t, schema.Create(t.Context(), db))
			exec(t, engine, "create table foreigner (id int)")
			exec(t, engine, "insert into foreigner values (1)")
			fill := func() {
				exec(t, engine, "insert into shelves (code) values ('x')")
				exec(t, engine, "insert into tomes (title, pages, kind, shelf_id) values ('t', 3, 'a', 1)")
			}
			fill()
			must(t, schema.Clear(t.Context(), db))
			if got := count(t, engine, "select (select count(*) from shelves) + (select count(*) from tomes) * 10 + (select count(*) from foreigner) * 100"); got != 100 {
				t.Errorf("got %d", got)
			}
			fill()
			if tryExec(t, engine, "insert into tomes (title, pages, kind, shelf_id) values ('t', 3, 'a', 17)") == nil {
				t.Error("foreign keys stayed off")
			}
		})
	}
}

// TestDatabases makes and drops one.
func TestDatabases(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			db := target{registry(t), server.open(t)}
			name := testdb.Name()
			err := schema.CreateDatabase(t.Context(), db, name)
			if server.name == "sqlite" {
				if !errors.Is(err, schema.ErrUnsupported) {
					t.Errorf("got %v", err)
				}
				return
			}
			must(t, err)
			if err := schema.CreateDatabase(t.Context(), db, name); !errors.As(err, new(*schema.StatementError)) {
				t.Errorf("got %v", err)
			}
			must(t, schema.DropDatabase(t.Context(), db, name))
			must(t, schema.DropDatabase(t.Context(), db, name))
		})
	}
}
