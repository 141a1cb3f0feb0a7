package orm

import (
	"reflect"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// managed is everything a manager keeps about one entity.
type managed = unit.Managed

// locate returns metadata and address of what the user handed in: a *T.
func (em *EntityManager) locate(op string, entity any) (*mapper.Entity, unsafe.Pointer, error) {
	v := reflect.ValueOf(entity)
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil, &Error{Class: ErrInvalidOption, Op: op, Detail: "the " + typeName(entity) + " is nil"}
	}
	if v.Kind() != reflect.Pointer {
		return nil, nil, &Error{Class: ErrUnknownEntity, Op: op, Detail: "got " + typeName(entity) + ", want a pointer to an entity"}
	}
	e := em.db.registry.ByType(v.Type().Elem())
	switch {
	case em.guard.fault != nil:
		return nil, nil, em.guard.fault
	case e == nil:
		return nil, nil, &Error{Class: ErrUnknownEntity, Op: op, Detail: typeName(entity)}
	}
	return e, v.UnsafePointer(), nil
}

func typeName(v any) string {
	if v == nil {
		return "nil"
	}
	return reflect.TypeOf(v).String()
}

// entityOfValue returns the metadata of an entity type given as a value or pointer.
func (db *DB) entityOfValue(x any) (*mapper.Entity, error) {
	t := reflect.TypeOf(x)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil {
		if e := db.registry.ByType(t); e != nil {
			return e, nil
		}
	}
	return nil, &Error{Class: ErrUnknownEntity, Detail: typeName(x)}
}
