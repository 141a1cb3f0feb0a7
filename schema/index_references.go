package schema

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
)

// indexForeignKeys gives every foreign key that no key or index begins with an
// index: populate and the database's own checks look rows up by it.
func (l *layout) indexForeignKeys(t *table) {
	for _, fk := range t.foreignKeys {
		if t.covered(fk.columns) {
			continue
		}
		name := naming.Index(naming.KindIndex, t.name, fk.columns, l.maxName)
		t.indexes = append(t.indexes, &index{Index: &mapper.Index{Name: name}, columns: fk.columns})
	}
}
