package schema_test

import (
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// TestSQLiteEngine goes through weft's own driver, whose connections to a
// database in memory are several.
func TestSQLiteEngine(t *testing.T) {
	for name, connector := range map[string]driver.Connector{
		"file":   sqlite.File(filepath.Join(t.TempDir(), "test.db")),
		"memory": sqlite.Memory(),
	} {
		t.Run(name, func(t *testing.T) {
			engine, err := connector.Connect(t.Context())
			must(t, err)
			defer func() { must(t, engine.Close()) }()
			db := target{registry(t, model.All()...), engine}
			must(t, schema.Create(t.Context(), db))
			noDifference(t, db)
			must(t, schema.Drop(t.Context(), db))
			must(t, schema.Ensure(t.Context(), db))
			noDifference(t, db)
		})
	}
}
