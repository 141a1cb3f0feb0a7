package lite

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/weft-orm/weft/driver"
)

// AttachedDB implements driver.Attached.
func (e *engine) AttachedDB(schema string) (*sql.DB, error) {
	for _, a := range e.setup.attach {
		if !strings.EqualFold(a.schema, schema) {
			continue
		}
		if strings.Contains(a.path, ":memory:") {
			return nil, refusedSchema(driver.ErrUnsupported, schema, "lies in memory, where one connection cannot make tables for another")
		}
		e.toolsMu.Lock()
		defer e.toolsMu.Unlock()
		if e.attached[schema] == nil {
			own := &setup{binding: e.setup.binding, uri: a.path, config: e.config}
			if e.attached == nil {
				e.attached = map[string]*sql.DB{}
			}
			e.attached[schema] = own.pool(roleTool, 0)
		}
		return e.attached[schema], nil
	}
	return nil, refusedSchema(driver.ErrUndefined, schema, "is no attached database")
}

func refusedSchema(class error, schema, why string) error {
	return (&driver.Error{Class: class, Engine: caps.Name, Err: fmt.Errorf("schema %q %s", schema, why)}).At("", -1, -1)
}
